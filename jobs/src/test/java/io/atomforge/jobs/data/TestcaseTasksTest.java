package io.atomforge.jobs.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.atoms.AtomCatalog;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.TestCase;
import io.atomforge.task.Judged;
import io.atomforge.task.Task;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestcaseTasksTest {
  private static final Sandbox SANDBOX = Sandbox.shared(SandboxSettings.DEFAULT);
  private static final AtomLibrary LIBRARY = new AtomLibrary(AtomCatalog.load("").atoms());
  private static final String WIRING =
      "def solve(n):\n    x = digit_square_sum(n)\n    x = round_to_multiple(x, 3)\n    return x\n";

  private static Problem problem(String wiring, List<TestCase> tests) {
    return new Problem(
        "0123",
        "composite_a",
        List.of("digit_square_sum", "round_to_multiple"),
        2,
        "solve",
        "solve(n: int) -> int",
        "Add the squares of the digits, then round.",
        "求和，再取整。",
        "",
        wiring,
        tests,
        1,
        "",
        "",
        "test");
  }

  private static TestCase test(String args, String expected) {
    return new TestCase(args, expected, false);
  }

  private static Optional<Problem> task(boolean signature, TestCase... tests) {
    return new TestcaseTasks(2, 3, signature, 17)
        .of(problem(WIRING, List.of(tests)), LIBRARY, SANDBOX);
  }

  @Test
  void theReferenceAssertionsKillMutants() {
    Problem task =
        task(true, test("[12]", "6"), test("[34]", "24"), test("[5]", "24")).orElseThrow();
    assertThat(task.problemId()).isEqualTo("testcase/0123");
    assertThat(task.split()).isEqualTo("test");
    assertThat(task.referenceCall()).isEqualTo("assert solve(12) == 6\nassert solve(34) == 24");
    assertThat(task.promptEn())
        .isEqualTo(
            "Write 2 lines `assert solve(...) == ...` that test a function `solve` with the"
                + " signature solve(n: int) -> int. What it does: Add the squares of the digits,"
                + " then round.");
    Task asked = Task.of(task, task.promptEn(), "program");
    Judged judged = asked.judge(SANDBOX, LIBRARY, task.referenceCall());
    assertThat(judged.total()).isEqualTo(4);
    assertThat(judged.passed()).isGreaterThan(1);
    assertThat(asked.judge(SANDBOX, LIBRARY, "assert solve(12) == 7").outcome())
        .isEqualTo(Outcome.WRONG_ANSWER);
  }

  @Test
  void theSignatureCanBeLeftOut() {
    Problem task = task(false, test("[12]", "6"), test("[34]", "24")).orElseThrow();
    assertThat(task.family()).isEqualTo("testcase_no_signature");
    assertThat(task.promptEn()).doesNotContain("int").contains("a function `solve`. What");
  }

  @Test
  void aProblemWhoseTestsCannotBeWrittenOrTellNothingHasNoTask() {
    assertThat(task(true, test("[12]", "6"))).as("too few").isEmpty();
    assertThat(task(true, test("[12]", "6"), test("[{\"$set\": [1]}]", "6"))).isEmpty();
    TestcaseTasks tasks = new TestcaseTasks(1, 3, true, 17);
    Problem constant = problem("def solve(n):\n    return 1\n", List.of(test("[12]", "1")));
    assertThat(tasks.of(constant, LIBRARY, SANDBOX)).as("no mutant").isEmpty();
  }

  /**
   * The digits of a number that is largest already stay in place, so a program with one of the two
   * calls left out is no mutant that a test could kill.
   */
  @Test
  void aMutantThatEqualsTheReferenceIsLeftOut() {
    String twice =
        "def solve(n):\n    x = largest_from_digits(n)\n    x = largest_from_digits(x)\n"
            + "    return x\n";
    Problem task =
        new TestcaseTasks(2, 9, true, 17)
            .of(problem(twice, List.of(test("[12]", "21"), test("[102]", "210"))), LIBRARY, SANDBOX)
            .orElseThrow();
    Task asked = Task.of(task, task.promptEn(), "program");
    Judged judged = asked.judge(SANDBOX, LIBRARY, task.referenceCall());
    assertThat(judged.outcome()).as(judged.toString()).isEqualTo(Outcome.PASSED);
    assertThat(judged.passed()).isEqualTo(judged.total());
  }

  @Test
  void valuesAreWrittenAsPythonWritesThem() {
    Problem listed =
        problem(
            "def solve(n):\n    return [n % 2 == 0, None, {'a': 'b'}, round_to_multiple(n, 3)]\n",
            List.of(test("[4]", "[true, null, {\"a\": \"b\"}, 3]")));
    Problem task = new TestcaseTasks(1, 1, true, 17).of(listed, LIBRARY, SANDBOX).orElseThrow();
    assertThat(task.referenceCall())
        .isEqualTo("assert solve(4) == [True, None, {\"a\": \"b\"}, 3]");
    Task asked = Task.of(task, task.promptEn(), "program");
    assertThat(asked.judge(SANDBOX, LIBRARY, task.referenceCall()).passed()).isEqualTo(2);
  }
}
