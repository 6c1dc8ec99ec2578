package io.atomforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atomforge.value.Equality;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestsTest {
  private static final Limits LIMITS = new Limits(0.3, 128, 16, 16);
  private static final JudgeOptions OPTIONS =
      new JudgeOptions(LIMITS, Equality.DEFAULT, Program.AfterFailure.GO_ON);
  private static final JudgeOptions STOP =
      new JudgeOptions(LIMITS, Equality.DEFAULT, Program.AfterFailure.STOP);
  private static final String SQUARE = "def f(x):\n    return x * x\n";

  /** Stays a script: its values are known only when it runs. */
  private static final String LOOP = "for i in range(3):\n    assert f(i) == i * i\n";

  private static Sandbox sandbox;

  @BeforeAll
  static void open() {
    sandbox =
        new Sandbox(
            new SandboxSettings("python3", 1, IsolationLevel.PROCESS, 0, LIMITS),
            IsolationLevel.FULL);
  }

  @AfterAll
  static void close() {
    sandbox.close();
  }

  private static Verdict script(String code, String test) {
    return sandbox.judge(code, new Tests.Script(test, "f"), OPTIONS);
  }

  private static LiftedTest lifted(String test) {
    try {
      return LiftedTest.of(sandbox, new Tests.Script(test, "f")).orElseThrow();
    } catch (LiftedTest.InvalidTestException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "assert f(1, [2, (3,)], k={'a': {1}}) == 4, 'message'",
        "assert 4 == f(-1)",
        "assert f(1) is True",
        "assert f(1) is None",
        "assert f(1)",
        "assert not f(1)",
        "assert abs(f(1) - 0.5) < 1e-6",
        "import math\nassert math.isclose(f(1), 2.0 / 3, rel_tol=0.001)",
        "assert set(f('a' + 'b')) == set([1, 2])",
        "assert sorted(f(3 * 5))[0] == -1",
        "assert f(Pair(1, 2)) == 3",
        "METADATA = {}\n"
            + "def check(candidate):\n"
            + "    'doc'\n"
            + "    assert True\n"
            + "    assert candidate(1) == 2",
        "def check(g):\n    assert g(1) == 2\ncheck(f)",
      })
  void assertionsThatCompareWithAValueAreLifted(String test) {
    LiftedTest lifted = lifted(test);

    assertThat(lifted.expressions()).hasSize(1);
    assertThat(lifted.script()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x = g()\nassert f(x) == 4",
        "assert f(1) == f(2)",
        "assert (f(1) == 4) is True",
        "assert (f(1) == 4) == True",
        "assert bool(f(1) == 4) == True",
        "assert f(1).startswith('a') == True",
        "assert isinstance(f(1), int)",
        "assert f(1) != 4",
        "assert f(1) < 4",
        "assert f(1) in [4, 5]",
        "assert f(1) == 4 == g(1)",
        "assert f(1) == 4 and g(1) == 2",
        "if True:\n    assert f(1) == 4",
        "len = max\nassert len(f(1)) == 4",
        "assert f(1) == undefined",
        "assert f(1) == [object()]",
        "prepare()\nassert f(1) == 4",
      })
  void theRestStaysAScript(String test) {
    LiftedTest lifted = lifted(test);

    assertThat(lifted.expressions()).isEmpty();
    assertThat(lifted.script()).isPresent();
  }

  @Test
  void liftedAssertionsKeepTheirOrderBeforeTheScript() {
    LiftedTest lifted = lifted("assert f(1) == 1\nassert f(2) != 5\nassert f(3) == 9\n");

    assertThat(lifted.expressions()).containsExactly(new Probe.Expression("f(1)"));
    assertThat(lifted.script().orElseThrow().source())
        .isEqualTo("assert f(2) != 5\nassert f(3) == 9");
  }

  private static Stream<Arguments> honest() {
    return Stream.of(
        Arguments.of(SQUARE, "assert f(2) == 4.0\nassert f(1) == True\nassert 9 == f(3)"),
        Arguments.of(SQUARE, LOOP),
        Arguments.of(SQUARE, "assert f(2) == 4\n" + LOOP),
        Arguments.of(
            SQUARE, "def check(c):\n    for i in range(3):\n        assert c(i) == i ** 2"),
        Arguments.of("def f(x): return (1, [x], {True: {x}})", "assert f(2) == (1, [2], {1: {2}})"),
        Arguments.of("def f(x): return x == 1 or None", "assert f(1) is True\nassert f(2) is None"),
        Arguments.of("def f(x): return 1 / 3", "assert abs(f(0) - 0.3333) <= 1e-4"),
        Arguments.of("def f(x): return 3", "assert abs(f(0) - 3.0000001) < 1e-6"),
        Arguments.of(
            "from collections import *\n"
                + "def f(x): return Counter(x), defaultdict(int), OrderedDict()",
            "assert f('aab') == ({'a': 2, 'b': 1}, {}, {})"),
        Arguments.of("def f(x): return frozenset(x)", "assert f([1]) == {True}"),
        Arguments.of("def f(x): x.sort()", "x = [2, 1]\nf(x)\nassert x == [1, 2]"),
        Arguments.of("def f(x): x.add(2); x.add(3)", "x = {1}\nf(x)\nassert x == {1, 2, 3}"),
        Arguments.of("def f(x): return x + 2j", "y = f(1)\nassert y == 1 + 2j"),
        Arguments.of(
            "def f(x):\n    if x < 0: raise ValueError('no')\n    return x",
            "try:\n"
                + "    f(-1)\n"
                + "    assert False\n"
                + "except ValueError as e:\n"
                + "    assert 'no' in str(e)"),
        Arguments.of(
            "class Node:\n    def __init__(self, v): self.v, self.left = v, None\n"
                + "    def __len__(self): return 7\n    def double(self): return 2 * self.v\n"
                + "def f(n): return n.left.v",
            "n = Node(1)\nn.left = Node(5)\nassert f(n) == 5\nassert n.left is n.left\n"
                + "assert len(n) == 7 and n.left.double() == 10"),
        Arguments.of("def f(x):\n    yield from range(x)", "assert list(f(3)) == [0, 1, 2]"),
        Arguments.of(
            "def f(x):\n    yield x", "g = f(4)\nassert next(g) == 4\nassert list(g) == []"),
        Arguments.of("import math\ndef f(x): return x", "assert math.floor(f(2.5)) == 2"),
        Arguments.of(
            "import random\ndef f(x): return x",
            "import random\n" + "y = random.random()\n" + "assert f(y) == y"));
  }

  @ParameterizedTest
  @MethodSource("honest")
  void rightProgramsPass(String code, String test) {
    Verdict verdict = script(code, test);

    assertThat(verdict.outcome()).as(verdict.toString()).isEqualTo(Outcome.PASSED);
    assertThat(verdict.passed()).isEqualTo(verdict.total()).isPositive();
    boolean values = lifted(test).script().isEmpty();
    assertThat(verdict.trust() == Trust.VALUES).isEqualTo(values);
    assertThat(verdict.detail()).isEqualTo(values ? "" : verdict.trust().word());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1, 2] | (1, 2)",
        "1 | '1'",
        "{1: 2} | {1}",
        "2 | True",
        "float('nan') | float('nan')",
        "3.0000001 | 3",
        "None | 0",
        "{'a': [1]} | {'a': (1,)}"
      })
  void liftedValuesAreEqualAsPythonSaysAndNoMore(String returned, String expected) {
    String code = "def f(): return " + returned;

    assertThat(script(code, "assert f() == " + expected).outcome()).isEqualTo(Outcome.WRONG_ANSWER);
    assertThat(script(code, "assert f() is True").outcome()).isEqualTo(Outcome.WRONG_ANSWER);
  }

  private static final String LIFTED =
      "assert f(2) == 4\nassert f(3) == 9\nassert abs(f(4) - 16) < 1";
  private static final String ALWAYS =
      "class Always:\n"
          + "    def __eq__(self, other): return True\n"
          + "    def __ne__(self, other): return False\n"
          + "    def __sub__(self, other): return 0\n"
          + "    def __hash__(self): return 1\n"
          + "    def __bool__(self): return True\n";

  private static Stream<Arguments> cheats() {
    return Stream.of(
            ALWAYS + "def f(x): return Always()",
            ALWAYS.replace("Always:", "Always(int):") + "def f(x): return Always(0)",
            "def f(x): raise SystemExit(0)",
            "import os\ndef f(x): os._exit(0)",
            "import os\nos._exit(0)",
            "import sys\nsys.exit(0)",
            "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.len = builtins.range = abs\n"
                + "class AssertionError(BaseException): pass\n"
                + "builtins.AssertionError = AssertionError\ndef f(x): return 0",
            "import sys\nsys.settrace(lambda *a: None)\ndef f(x): return 1",
            "import sys, gc\ndef f(x):\n    for i in range(20):\n"
                + "        for n, v in sys._getframe(1).f_globals.items(): pass\n    return x",
            "import os\n"
                + "for d in range(3, 64):\n"
                + "    try: os.write(d, b'[\"PASSED\",0,null]\\n"
                + "[\"END\"]\\n"
                + "')\n"
                + "    except OSError: pass\n"
                + "def f(x): return 0",
            "import os\n"
                + "def f(x):\n"
                + "  for d in range(3, 64):\n"
                + "    try: os.write(d, b'[\"PASSED\",0,null]\\n"
                + "[\"END\"]\\n"
                + "')\n"
                + "    except OSError: pass\n"
                + "  os._exit(0)",
            "import atexit, os\natexit.register(lambda: os._exit(0))\ndef f(x): return 0",
            "import threading, os\nthreading.Thread(target=lambda: os._exit(0)).start()\n"
                + "def f(x): return 0",
            "def f(x): return None\ndef check(g): return None\nrange = lambda n: []\n",
            "def f(x): return AssertionError",
            "import sys\nsys.modules['math'] = None\ndef f(x): raise StopIteration",
            "def f(x): raise KeyboardInterrupt",
            "def f(x): raise GeneratorExit")
        .flatMap(
            code ->
                Stream.of(
                        LIFTED,
                        LOOP,
                        "def check(c):\n    assert c(2) == 4\n    for i in range(2, 5):\n"
                            + "        assert abs(c(i) - i * i) < 1",
                        "y = f(3)\nassert y == 9",
                        "assert (f(3) == 9) is True",
                        "assert f(3) == 9 and f(4) == 16")
                    .map(test -> Arguments.of(code, test)));
  }

  @ParameterizedTest
  @MethodSource("cheats")
  void cheatingProgramsDoNotPass(String code, String test) {
    Verdict verdict = script(code, test);

    assertThat(verdict.outcome())
        .as(verdict.toString())
        .isNotIn(Outcome.PASSED, Outcome.SANDBOX_ERROR);
    assertThat(script(SQUARE, test).outcome()).isEqualTo(Outcome.PASSED);
  }

  @ParameterizedTest
  @EnumSource(IsolationLevel.class)
  void everyLevelRunsEveryForm(IsolationLevel level) throws InterruptedException {
    SandboxSettings one =
        new SandboxSettings("python3", 1, IsolationLevel.PROCESS, 0, Limits.DEFAULT);
    try (Sandbox here = new Sandbox(one, level)) {
      assumeTrue(here.isolation() == level, here::isolationReasons);
      Tests.Script loop = new Tests.Script(LOOP, "f");
      for (int i = 0; i < 3; i++) {
        assertThat(here.judge(SQUARE, loop, OPTIONS).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(here.judge("import os\ndef f(x): os._exit(0)", loop, OPTIONS).outcome())
            .isEqualTo(Outcome.RUNTIME_ERROR);
        assertThat(here.judge("print(input())", runs("a", "a"), OPTIONS).outcome())
            .isEqualTo(Outcome.PASSED);
      }
      for (int i = 0; i < 500 && isAnyoneLeft(here); i++) {
        Thread.sleep(20); // what was killed takes its time to go
      }
      assertThat(isAnyoneLeft(here)).isFalse();
    }
  }

  private static boolean isAnyoneLeft(Sandbox sandbox) {
    return sandbox.processes().stream().anyMatch(w -> w.descendants().findAny().isPresent());
  }

  /** The value is found nowhere in the process that runs the program. */
  @Test
  void programFindsNoExpectedValue() {
    String search =
        "import gc, sys, os\n"
            + "def f(x):\n"
            + "    found = [repr(o) for o in gc.get_objects() if isinstance(o, (dict, list,"
            + " tuple))]\n"
            + "    frame = sys._getframe()\n"
            + "    while frame:\n"
            + "        found.append(repr(frame.f_locals) + repr(frame.f_globals))\n"
            + "        frame = frame.f_back\n"
            + "    return x + 1 if str(x + 1) in ''.join(found) else 0\n";

    assertThat(script(search, "assert f(918273645) == 918273646").passed()).isZero();
    assertThat(script(search, "y = f(918273645)\nassert y == 918273646").passed()).isZero();
  }

  @Test
  void mixedTestsNeedTheCallsAndTheScript() {
    String test = "assert f(2) == 4\nassert f(9) == 0\n" + LOOP;

    Verdict verdict = script(SQUARE, test);
    assertThat(verdict.calls())
        .extracting(CallResult::outcome)
        .containsExactly(Outcome.PASSED, Outcome.WRONG_ANSWER, Outcome.PASSED);
    assertThat(verdict.outcome()).isEqualTo(Outcome.WRONG_ANSWER);

    Verdict lateFailure =
        script("def f(x): return 4 if x == 2 else 0", "assert f(2) == 4\n" + LOOP);
    assertThat(lateFailure.passed()).isEqualTo(1);
    assertThat(lateFailure.outcome()).isEqualTo(Outcome.WRONG_ANSWER);
    assertThat(lateFailure.detail()).startsWith("script: AssertionError");
  }

  @Test
  void whatEndsAScriptIsNamed() {
    assertThat(script("def f(x):\n  while True: pass", LOOP).outcome()).isEqualTo(Outcome.TIMEOUT);
    assertThat(script(SQUARE, "f(1)\nwhile True: pass\nassert f(1)").outcome())
        .isEqualTo(Outcome.TIMEOUT);
    assertThat(script("def f(x): return 1 // x", LOOP).detail())
        .startsWith("script: ZeroDivisionError");
    assertThat(script("def f(x: return", LOOP).outcome()).isEqualTo(Outcome.COMPILE_ERROR);
    assertThat(script("g = 1", LOOP).outcome()).isEqualTo(Outcome.RUNTIME_ERROR);
    assertThat(script("def f(x): return 'x' * 10**6", LOOP).outcome()).isNotEqualTo(Outcome.PASSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"assert f(1 == 2", "", "x = 1", "def check(c):\n    pass"})
  void testsThatAreNoTestsSayNothingAboutTheProgram(String test) {
    Verdict verdict = script(SQUARE, test);

    assertThat(verdict.outcome()).isEqualTo(Outcome.INVALID_TEST);
    assertThat(verdict.passed()).isZero();
    assertThat(verdict.detail()).startsWith("the test ");
  }

  @Test
  void hostileTestTextsBreakNothing() {
    List<Process> workers = sandbox.processes();

    for (String test :
        List.of("assert f(" + "(".repeat(100_000), "assert f(1) == " + "-".repeat(100_000) + "1")) {
      assertThat(script(SQUARE, test).outcome()).isEqualTo(Outcome.INVALID_TEST);
    }
    assertThat(sandbox.processes()).isEqualTo(workers);
    assertThat(script(SQUARE, LOOP).outcome()).isEqualTo(Outcome.PASSED);
  }

  private static Tests.Stdin runs(String... both) {
    return new Tests.Stdin(
        Stream.iterate(0, i -> i < both.length, i -> i + 2)
            .map(i -> new Tests.Stdin.Case(both[i], both[i + 1]))
            .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a, b = map(int, input().split())\nprint(a + b)",
        "import sys\nprint(sum(map(int, sys.stdin.read().split())))",
        "import sys\nfor line in sys.stdin: print(sum(map(int, line.split())), ' ')\nprint()",
        "import sys\n"
            + "sys.stdout.write(str(sum(map(int, sys.stdin.buffer.read().split()))))\n"
            + "sys.exit(0)",
        "import os\nprint(sum(map(int, os.read(0, 100).split())))\nexit()",
        "print(sum(map(int, open(0).read().split())))",
        "import sys\nprint('noise', file=sys.stderr)\nif __name__ == '__main__':\n"
            + "    print(sum(map(int, input().split())))",
        "import threading\n"
            + "t = threading.Thread(target=lambda: print(sum(map(int, input().split()))))\n"
            + "t.start()",
        "import atexit\natexit.register(lambda: print(sum(map(int, input().split()))))",
      })
  void programsThatReadStandardInputPass(String code) {
    Verdict verdict = sandbox.judge(code, runs("1 2\n", "3\n", "40 2", "42"), OPTIONS);

    assertThat(verdict.outcome()).as(verdict.toString()).isEqualTo(Outcome.PASSED);
    assertThat(verdict.passed()).isEqualTo(2);
  }

  @Test
  void eachInputMeetsAFreshProcess() {
    String code = "import os\nprint(os.path.exists('x'))\nopen('x', 'w').close()";

    assertThat(sandbox.judge(code, runs("", "False", "", "False"), OPTIONS).passed()).isEqualTo(2);
  }

  @Test
  void whatARunDoesWrongIsNamed() {
    Tests.Stdin tests = runs("1", "a\nb\n", "2", "a\nc");
    String code = "print('a')\nprint('b' if input() == '1' else 'd')";

    Verdict verdict = sandbox.judge(code, tests, OPTIONS);

    assertThat(verdict.outcome()).isEqualTo(Outcome.WRONG_ANSWER);
    assertThat(verdict.passed()).isEqualTo(1);
    assertThat(verdict.detail()).isEqualTo("line 2: expected \"c\", got \"d\"");
    assertThat(outcome("print('a\\nb')\nraise SystemExit(3)")).isEqualTo(Outcome.RUNTIME_ERROR);
    assertThat(outcome("print(1 / 0)")).isEqualTo(Outcome.RUNTIME_ERROR);
    assertThat(outcome("print('a\\nb')\nwhile True: pass")).isEqualTo(Outcome.TIMEOUT);
    assertThat(outcome("print('x' * 100000)")).isEqualTo(Outcome.OUTPUT_LIMIT);
    assertThat(outcome("print(")).isEqualTo(Outcome.COMPILE_ERROR);
    assertThat(outcome("print(input(), input())")).isEqualTo(Outcome.RUNTIME_ERROR);
    assertThat(outcome("print(' a')\nprint('b')")).isEqualTo(Outcome.WRONG_ANSWER);
  }

  private static Outcome outcome(String code) {
    return sandbox.judge(code, runs("1", "a\nb"), OPTIONS).outcome();
  }

  @Test
  void nothingCountsAfterTheFirstFailureIfSoAsked() {
    Outcome[] stopped = {Outcome.PASSED, Outcome.WRONG_ANSWER, Outcome.NOT_RUN, Outcome.NOT_RUN};
    Tests.Calls calls =
        new Tests.Calls(
            "f",
            Stream.of("1", "2", "3", "1")
                .map(x -> new Tests.Calls.Case(new Call("[" + x + "]"), "1"))
                .toList());
    String raising = "def f(x):\n  if x > 1: raise ValueError(x)\n  return x";
    Tests.Script script =
        new Tests.Script("assert f(1) == 1\nassert f(2) == 3\nassert f(3) == 9\n" + LOOP, "f");

    assertThat(outcomes(SQUARE, calls)).containsExactly(stopped);
    assertThat(outcomes(SQUARE, script)).containsExactly(stopped);
    assertThat(outcomes("print(input())", runs("1", "1", "2", "1", "3", "1", "1", "1")))
        .containsExactly(stopped);
    stopped[1] = Outcome.RUNTIME_ERROR;
    assertThat(outcomes(raising, calls)).containsExactly(stopped);
    assertThat(outcomes(raising, script)).containsExactly(stopped);
  }

  /** A call that would use up the time limit is not even started after an exception. */
  @Test
  void callsAfterAnExceptionDoNotRunIfSoAsked() {
    Tests.Calls calls =
        new Tests.Calls("f", Collections.nCopies(2, new Tests.Calls.Case(new Call("[1]"), "1")));
    String code = "n = 0\ndef f(x):\n  global n\n  n += 1\n  while n > 1: pass\n  raise ValueError";

    assertThat(sandbox.judge(code, calls, STOP).outcome()).isEqualTo(Outcome.RUNTIME_ERROR);
    assertThat(outcomes(code, calls)).containsExactly(Outcome.RUNTIME_ERROR, Outcome.NOT_RUN);
    assertThat(sandbox.judge(code, calls, OPTIONS).calls().get(1).outcome())
        .isEqualTo(Outcome.TIMEOUT);
  }

  private static List<Outcome> outcomes(String code, Tests tests) {
    return sandbox.judge(code, tests, STOP).calls().stream().map(CallResult::outcome).toList();
  }

  @Test
  void probesThatDoNotGoTogetherAreRefused() {
    Probe script = new Probe.Script("pass", "", Trust.SCRIPT);
    Probe input = new Probe.Input("");

    for (List<Probe> probes : List.of(List.of(script, script), List.of(input, input))) {
      assertThatThrownBy(() -> new Program("", "f", probes))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new Program("", "", List.of(new Call("[]"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Tests.Stdin(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
