package io.atomforge.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.sandbox.Tests;
import io.atomforge.sandbox.Verdict;
import io.atomforge.value.Equality;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutTest {
  private static final Sandbox SANDBOX = Sandbox.shared(SandboxSettings.DEFAULT);

  private static TaskLine read(ObjectNode row) {
    return Layout.read("auto", JsonRow.parse(row.toString()));
  }

  private static ObjectNode row() {
    return JsonRow.JSON.createObjectNode();
  }

  private static Verdict judge(TaskLine task, String code) {
    return task.check().judge(SANDBOX, code, JudgeOptions.DEFAULT);
  }

  private static ObjectNode humanEval() {
    return row()
        .put("task_id", "HumanEval/0")
        .put("prompt", "def double(x):\n    \"\"\"Twice x.\"\"\"\n")
        .put("entry_point", "double")
        .put("canonical_solution", "    return 2 * x\n")
        .put("test", "def check(candidate):\n    assert candidate(2) == 4\n");
  }

  @Test
  void humanEvalHasAHeadToContinue() {
    TaskLine task = read(humanEval());
    assertThat(task.id()).isEqualTo("HumanEval/0");
    assertThat(task.prompt()).contains("```python\ndef double(x):");
    Task continued = task.task(new ResponseFormat.Continuation());
    assertThat(continued.prompt()).isEqualTo(task.given());
    assertThat(continued.judge(SANDBOX, null, "    return x + x\n").outcome())
        .isEqualTo(Outcome.PASSED);
    assertThat(continued.judge(SANDBOX, null, "    return x\n").outcome())
        .isEqualTo(Outcome.WRONG_ANSWER);
    assertThat(judge(task, task.solutions().get(0)).outcome()).isEqualTo(Outcome.PASSED);
  }

  @Test
  void evalPlusIsJudgedWithoutNumpy() {
    ObjectNode row = humanEval();
    row.put(
        "test",
        """
        import numpy as np

        def is_floats(x):
            return isinstance(x, float) or isinstance(x, np.ndarray) and x.dtype == np.float64

        def check(candidate):
            for x, exp in [(1, 2), (0.1, 0.2)]:
                out = candidate(x)
                assert out == exp or is_floats(exp) and np.allclose(out, exp, rtol=1e-07, atol=1e-6)
        """);
    TaskLine task = read(row);
    assertThat(judge(task, "def double(x): return x * 2.0000001").outcome())
        .isEqualTo(Outcome.WRONG_ANSWER);
    assertThat(judge(task, "def double(x): return x * 2 + (1e-8 if x < 1 else 0)").outcome())
        .isEqualTo(Outcome.PASSED);
  }

  @Test
  void evalPlusInputsAreComparedWithTheCanonicalSolution() {
    ObjectNode row = humanEval();
    row.putArray("base_input").addArray().add(3);
    row.putArray("plus_input").addArray().add(-0.5);
    row.put("atol", 0);
    TaskLine task = read(row);
    assertThat(judge(task, "def double(x): return x + x").outcome()).isEqualTo(Outcome.PASSED);
    Verdict overfit = judge(task, "def double(x): return 2 * abs(x)");
    assertThat(overfit.outcome()).as(overfit.detail()).isNotEqualTo(Outcome.PASSED);
  }

  @Test
  void mbppAsksWithItsTests() {
    ObjectNode row = row().put("task_id", 11).put("text", "Double x.");
    row.put("code", "def double(x):\r\n  return 2 * x").put("test_setup_code", "TWO = 2");
    row.putArray("test_list").add("assert double(TWO) == 4").add("assert double(0) == 0");
    row.putArray("challenge_test_list");
    TaskLine task = read(row);
    assertThat(task.id()).isEqualTo("11");
    assertThat(task.prompt())
        .isEqualTo(
            "Double x.\nYour code should pass these tests:\n\n"
                + "assert double(TWO) == 4\nassert double(0) == 0\n");
    assertThat(judge(task, task.solutions().get(0)).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(judge(task, "def double(x): return x * x").outcome()).isEqualTo(Outcome.PASSED);
    assertThat(judge(task, "def double(x): return 4").outcome()).isEqualTo(Outcome.WRONG_ANSWER);
  }

  @Test
  void anMbppFunctionMayBeNamedLikeABuiltin() {
    ObjectNode row = row().put("task_id", 126).put("text", "Add.");
    row.put("code", "def helper(a): return a\ndef sum(a, b): return helper(a) + b");
    row.putArray("test_list").add("assert sum(1, 2) == 3");
    TaskLine task = read(row);
    assertThat(judge(task, task.solutions().get(0)).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(judge(task, "def sum(a, b): return a").outcome()).isEqualTo(Outcome.WRONG_ANSWER);
  }

  @Test
  void kodCodesTestFunctionsAreCalled() {
    TaskLine task =
        read(
            row()
                .put("question_id", "K_1")
                .put("question", "Double x.")
                .put("solution", "def double(x): return 2 * x")
                .put(
                    "test",
                    "from solution import double\n\ndef test_two():\n    assert double(2) == 4\n\n"
                        + "def test_no():\n    assert double(0) == 0\n"));
    assertThat(judge(task, task.solutions().get(0)).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(judge(task, "def double(x): return 4").outcome()).isNotEqualTo(Outcome.PASSED);
  }

  @Test
  void appsHasInputsForAProgramOrForAFunction() {
    ObjectNode row = row().put("problem_id", 7).put("question", "Add.").put("starter_code", "");
    row.put("solutions", "[\"print(sum(map(int, input().split())))\", \"print(3)\"]");
    row.put(
        "input_output",
        "{\"inputs\": [\"1 2\\n\", \"4 5\\n\"], \"outputs\": [\"3\\n\", \"9\\n\"]}");
    TaskLine program = read(row);
    assertThat(program.prompt()).contains("standard input");
    assertThat(judge(program, program.solutions().get(0)).passed()).isEqualTo(2);
    assertThat(judge(program, program.solutions().get(1)).passed()).isEqualTo(1);
    row.put(
        "input_output",
        "{\"fn_name\": \"add\", \"inputs\": [[1, 2], [[], 0]], \"outputs\": [[3], [0]]}");
    TaskLine function = read(row);
    String code = "def add(a, b): return a + b if b else False";
    assertThat(judge(function, code).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(judge(function, "def add(a, b): return 3").passed()).isEqualTo(1);
  }

  private static String pickled(String text, int protocol) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer pickle = ByteBuffer.allocate(bytes.length + 64).order(ByteOrder.LITTLE_ENDIAN);
    pickle.put((byte) 0x80).put((byte) protocol);
    if (protocol >= 4) {
      pickle.put((byte) 0x95).putLong(bytes.length + 6);
    }
    pickle.put((byte) 'X').putInt(bytes.length).put(bytes).put((byte) 0x94).put((byte) '.');
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(out)) {
      deflated.write(pickle.array(), 0, pickle.position());
    }
    return Base64.getEncoder().encodeToString(out.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void liveCodeBenchHasPublicTestsAndPackedOnes(int protocol) throws IOException {
    ObjectNode row =
        row()
            .put("question_id", "abc_a")
            .put("question_content", "Double x. é")
            .put("starter_code", "")
            .put(
                "public_test_cases",
                "[{\"input\": \"2\", \"output\": \"4\", \"testtype\": \"stdin\"}]")
            .put(
                "private_test_cases",
                pickled(
                    "[{\"input\": \"é\", \"output\": \"éé\", \"testtype\": \"stdin\"}]", protocol))
            .put("metadata", "{}");
    TaskLine task = read(row);
    Tests tests = ((Check.Run) task.check()).tests();
    assertThat(tests)
        .isEqualTo(
            new Tests.Stdin(
                List.of(new Tests.Stdin.Case("2", "4"), new Tests.Stdin.Case("é", "éé"))));
    row.put("private_test_cases", "AAAA");
    assertThatThrownBy(() -> read(row)).hasMessageContaining("private_test_cases");
  }

  @Test
  void liveCodeBenchCallsFunctionsWithOneArgumentALine() {
    ObjectNode row =
        row()
            .put("question_id", "3")
            .put("question_content", "Join.")
            .put("starter_code", "def join(a: List[int], b: str):\n    ")
            .put(
                "public_test_cases",
                "[{\"input\": \"[1, 2]\\n\\\"x\\\"\", \"output\": \"[1, 2, \\\"x\\\"]\","
                    + " \"testtype\": \"functional\"}]")
            .put("metadata", "{\"func_name\": \"join\"}");
    TaskLine task = read(row);
    Task asked = task.task(new ResponseFormat.FencedBlock());
    String code = "```python\ndef join(a: List[int], b: str):\n    return (*a, b)\n```";
    assertThat(asked.judge(SANDBOX, null, code).outcome()).isEqualTo(Outcome.PASSED);
    assertThatThrownBy(() -> task.task(new ResponseFormat.Continuation()))
        .hasMessageContaining("fenced_block");
  }

  @Test
  void whatIsMissingMayBeNullOrNaN() {
    TaskLine task =
        Layout.read(
            "auto",
            JsonRow.parse(
                "{\"id\": \"a\", \"code\": \"def f(x): return x\", \"entry_point\": \"f\","
                    + " \"test\": null, \"stdin_tests\": NaN, \"calls\": [{\"args\": [NaN],"
                    + " \"kwargs\": null, \"expected\": NaN}, {\"args\": [null], \"expected\":"
                    + " null}]}"));
    Check.Run check = (Check.Run) task.check();
    assertThat(((Tests.Calls) check.tests()).cases())
        .extracting(c -> c.call().argsJson() + c.expectedJson())
        .containsExactly("[{\"$float\":\"nan\"}]{\"$float\":\"nan\"}", "[null]null");
    assertThat(check.equality()).isEqualTo(Equality.DEFAULT);
  }

  @Test
  void aTaskIsTheSameOnceItHasBeenInTheTable() {
    TaskLine task = read(humanEval());
    Check stored = Check.of("double", List.of(task.stored()));
    assertThat(stored).isEqualTo(task.check());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\": ", "{\"a\": 1,}", "{\"a\": 1, \"a\": 2}", "{'a': 1}", "nul"})
  void whatIsNoJsonIsToldInTheUsersWords(String text) {
    assertThatThrownBy(() -> JsonRow.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not JSON: ")
        .hasMessageNotContaining("StreamReadConstraints")
        .hasMessageNotContaining("Unexpected");
  }
}
