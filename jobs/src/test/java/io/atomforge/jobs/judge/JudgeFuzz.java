package io.atomforge.jobs.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Limits;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.sandbox.Verdict;
import io.atomforge.value.Equality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Judges programs, tests and lines that are made at random. */
public final class JudgeFuzz implements AutoCloseable {
  private static final JudgeOptions OPTIONS =
      new JudgeOptions(
          new Limits(0.3, 128, 256, 256), Equality.DEFAULT, Program.AfterFailure.GO_ON);
  private static final ObjectMapper READER = new ObjectMapper(); // as others have it

  private static final String NAMES =
      "import collections, decimal, fractions, enum, math, os, sys, threading, gc, builtins, json\n"
          + "class Own:\n"
          + "  def __init__(s, x=0): s.x = x\n"
          + "class Liar:\n"
          + "  def __eq__(s, o): return True\n"
          + "  def __hash__(s): return 1\n"
          + "  def __repr__(s): return chr(0xd800)\n"
          + "class Text(str): pass\n"
          + "class Number(int):\n"
          + "  def __eq__(s, o): return True\n"
          + "  __hash__ = None\n"
          + "class Level(enum.IntEnum):\n"
          + "  LOW = 1\n"
          + "cycle = []\n"
          + "cycle.append(cycle)\n";

  /** Values that equal themselves, and that a test can write down. */
  private static final String[] PLAIN = {
    "0",
    "-1",
    "True",
    "None",
    "7 ** 77",
    "10 ** 4000",
    "-0.0",
    "1e308",
    "1.5",
    "'a'",
    "''",
    "'\\x00\\n'",
    "'\\u20ac\\U0001f600'",
    "b'\\xff'",
    "[]",
    "()",
    "{}",
    "set()",
    "frozenset({1})",
    "'x' * 2000",
    "[0] * 500",
    "'$tuple'",
    "{'$set': [1]}",
    "1e-320",
    "2 ** 63",
    "-2 ** 63 - 1"
  };

  private static final String[] STRANGE = {
    "float('nan')",
    "float('inf')",
    "'\\ud800'",
    "cycle",
    "object()",
    "Own()",
    "Liar()",
    "Text('a')",
    "Number(3)",
    "Level.LOW",
    "decimal.Decimal('NaN')",
    "decimal.Decimal('1e999999')",
    "fractions.Fraction(1, 3)",
    "collections.Counter('aab')",
    "collections.OrderedDict(a=1)",
    "lambda: 0",
    "range(10 ** 9)",
    "(i for i in [1])",
    "1j",
    "memoryview(b'ab')",
    "type",
    "os",
    "bytearray(b'a')",
    "{1: 2}.keys()",
    "10 ** 200000",
    "'x' * 10 ** 7",
    "[[]] * 10 ** 6",
    "...",
    "NotImplemented",
    "collections.deque([1])",
    "b'x' * 10 ** 6",
    "Own",
    "sys.stdout",
    "ValueError(1)"
  };

  /** What a program may do on its way; none makes its result right. */
  private static final String[] DEEDS = {
    "print('x' * 100)",
    "os.write(1, bytes(range(256)))",
    "sys.stderr.write('e' * 1000)",
    "pass",
    "os.close(1)",
    "os.closerange(0, 64)",
    "sys.exit(0)",
    "os._exit(0)",
    "raise KeyError(Liar())",
    "raise BaseException",
    "sys.setrecursionlimit(50)",
    "gc.set_threshold(1)",
    "builtins.len = None",
    "builtins.isinstance = lambda *a: True",
    "json.JSONEncoder.encode = lambda *a: '1'",
    "threading.Thread(target=print).start()",
    "os.write(3, b'[\"PASSED\",0,9]\\n')",
    "sys.modules.clear()",
    "sys.stdout = None",
    "del builtins.print",
    "os.kill(os.getpid(), 9)",
    "open('/tmp/f', 'w').write('x' * 1000)",
    "raise MemoryError",
    "raise SystemExit('\\ud800')",
    "sys.set_int_max_str_digits(0)",
    "os.environ.clear()",
    "raise RecursionError",
    "1 / 0",
    "os.dup2(0, 3)",
    "sys.stdout.close()",
    "os.chdir('/tmp')",
    "threading.stack_size(1 << 16)",
    "[].append(os.fork())",
    "import ctypes; ctypes.string_at(0)",
    "bytearray(10 ** 9)",
    "sys.settrace(lambda *a: None)",
    "os.setsid()",
    "raise type('\\ud800', (Exception,), {})",
    "os.write(2, b'\\xff' * 70000)",
    "exec('while True: pass')",
    "os.abort()",
    "cycle.clear()"
  };

  private static final String[] LINES = {
    "{\"id\": \"a\", \"code\": \"def f(x): return x * x\", \"entry_point\": \"f\", \"calls\": [{\"args\":"
        + " [3], \"kwargs\": {}, \"expected\": 9}], \"limits\": {\"time_limit_seconds\": 0.3}}",
    "{\"id\": \"b\", \"code\": \"def f(x): return [x]\", \"entry_point\": \"f\", \"test\": \"def check(g):\\n"
        + "  for i in range(3):\\n    assert g(i) == [i]\\n\", \"stop_at_first_failure\": true}",
    "{\"id\": 3, \"code\": \"print(int(input()) / 3)\", \"stdin_tests\": [{\"stdin\": \"1\","
        + " \"expected_stdout\": \"0.333333\"}], \"comparison\": \"tolerance\", \"tolerance\": 0.01}",
    "{\"task_id\": \"HumanEval/0\", \"prompt\": \"def f(x):\\n\", \"canonical_solution\": \"    return x\\n\","
        + " \"test\": \"def check(c):\\n    assert c(1) == 1\\n\", \"entry_point\": \"f\"}",
    "{\"task_id\": 1, \"text\": \"t\", \"code\": \"def f(x): return x\", \"test_list\": [\"assert f(1) == 1\"],"
        + " \"test_setup_code\": \"\", \"challenge_test_list\": []}",
    "{\"id\": \"c\", \"code\": \"print(2)\", \"stdin_tests\": [{\"stdin\": \"\", \"expected_stdout\": \"2\"}],"
        + " \"checker\": \"def check(stdin, expected, printed):\\n    return printed == expected\"}",
    "{\"id\": \"d\", \"code\": \"42\", \"answer\": \"42\"}"
  };

  private final Sandbox sandbox =
      Sandbox.shared(new SandboxSettings("python3", 2, IsolationLevel.PROCESS, 0, Limits.DEFAULT));
  private final Map<String, Integer> ends = new TreeMap<>();

  /** How often each outcome came. */
  public Map<String, Integer> ends() {
    return ends;
  }

  /**
   * A line that may be refused, and judged if it is not; what is wrong with that, empty if nothing.
   */
  public String line(Random random) throws IOException {
    String line = FuzzedText.changed(LINES[random.nextInt(LINES.length)], random);
    List<SolutionLine> solutions;
    try {
      solutions = SolutionLine.parse(new RowFiles.Line("fuzz", 1, line), "auto", OPTIONS);
    } catch (IllegalArgumentException e) {
      ends.merge("refused line", 1, Integer::sum);
      return e.getClass() == IllegalArgumentException.class ? "" : e + " of " + line;
    }
    for (SolutionLine solution : solutions) {
      if (solution.options().limits().timeLimitSeconds() <= 1) {
        String fault = end(solution, null);
        if (!fault.isEmpty()) {
          return fault + " of " + line;
        }
      }
    }
    return "";
  }

  /** A program with a test; what is wrong with its verdict, empty if nothing. */
  public String program(Random random) throws IOException {
    boolean plain = random.nextBoolean();
    String value = value(random, plain ? PLAIN : STRANGE, plain ? 2 : 1);
    String other = "[" + value(random, PLAIN, 1) + ", 'other']";
    StringBuilder code = new StringBuilder(NAMES);
    boolean harmless = random.nextInt(3) == 0;
    for (int i = harmless ? 0 : random.nextInt(3); i > 0; i--) {
      code.append(DEEDS[random.nextInt(DEEDS.length)]).append('\n');
    }
    code.append("def f(*a):\n");
    for (int i = harmless ? 0 : 1 + random.nextInt(3); i > 0; i--) {
      String deed = DEEDS[random.nextInt(DEEDS.length)];
      code.append(
          random.nextBoolean() ? "  " + deed : "  try: " + deed + "\n  except BaseException: pass");
      code.append('\n');
    }
    code.append("  return ").append(value).append('\n');
    boolean right = harmless && plain && random.nextBoolean();
    String expected = right ? value : other;
    ObjectNode line = READER.createObjectNode().put("id", "fuzz");
    switch (random.nextInt(4)) {
      case 0 -> line.put("test", "assert f(1) == " + expected + "\n");
      case 1 -> line.put("test", "for i in range(2):\n  assert f(i) == " + expected + "\n");
      case 2 ->
          line.put(
              "test",
              "import unittest\nclass T(unittest.TestCase):\n  def test_f(self):\n    self.assertEqual(f(1), "
                  + expected
                  + ")\n");
      default -> {
        code.append("if not isinstance(f(0), str) or True: print('printed')\n");
        line.putArray("stdin_tests")
            .addObject()
            .put("stdin", "\u0000\n")
            .put("expected_stdout", right ? "printed" : "not printed");
      }
    }
    line.put("code", code.toString());
    SolutionLine solution =
        SolutionLine.parse(new RowFiles.Line("fuzz", 1, line.toString()), "auto", OPTIONS).get(0);
    String fault = end(solution, right);
    return fault.isEmpty() ? "" : fault + " of " + line;
  }

  private String end(SolutionLine solution, Boolean right) throws IOException {
    Verdict verdict = solution.check().judge(sandbox, solution.code(), solution.options());
    ends.merge(verdict.outcome().name(), 1, Integer::sum);
    String line = solution.verdict(verdict);
    READER.readTree(line);
    boolean passed = verdict.outcome() == Outcome.PASSED;
    boolean named =
        verdict.outcome().judgesProgram()
            || right == null && verdict.outcome() == Outcome.INVALID_TEST;
    boolean asItShould = right == null || right == passed;
    return named && asItShould && !line.contains("\n")
        ? ""
        : verdict.outcome() + " " + verdict.detail();
  }

  private static String value(Random random, String[] leaves, int depth) {
    String leaf = leaves[random.nextInt(leaves.length)];
    if (depth == 0 || random.nextInt(3) == 0) {
      return leaf;
    }
    List<String> items = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      items.add(value(random, leaves, depth - 1));
    }
    return switch (random.nextInt(3)) {
      case 0 -> "[" + String.join(", ", items) + "]";
      case 1 -> "(" + String.join(", ", items) + (items.isEmpty() ? ")" : ",)");
      default -> "{'k': " + leaf + ", 2: [" + String.join(", ", items) + "]}";
    };
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
