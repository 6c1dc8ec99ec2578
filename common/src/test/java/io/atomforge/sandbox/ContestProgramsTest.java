package io.atomforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atomforge.value.Comparison;
import io.atomforge.value.Equality;
import io.atomforge.value.Values;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that read a standard input and print, as contests ask for them. */
class ContestProgramsTest {
  private static final Limits SHORT = new Limits(1, 256, 64, 64);
  private static Sandbox sandbox;

  @BeforeAll
  static void open() {
    sandbox =
        new Sandbox(
            new SandboxSettings("python3", 1, IsolationLevel.PROCESS, 0, Limits.DEFAULT),
            IsolationLevel.FULL);
  }

  @AfterAll
  static void close() {
    sandbox.close();
  }

  private static Verdict run(Sandbox on, String code, String stdin, String stdout) {
    Tests.Stdin tests = new Tests.Stdin(List.of(new Tests.Stdin.Case(stdin, stdout)));
    return on.judge(code, tests, JudgeOptions.DEFAULT);
  }

  /** Each prints the sum of the numbers that it reads. */
  private static Stream<String> sums() {
    String sum = "str(sum(map(int, %s.split())))";
    return Stream.of(
        "import sys, io\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\nprint("
            + sum.formatted("input()"),
        "import sys\nsys.stdout = open(1, 'w', buffering=1 << 20, closefd=False)\nprint("
            + sum.formatted("input()"),
        "f = open(1, 'w')\nf.write(" + sum.formatted("input()"),
        "import os\nf = os.fdopen(1, 'w')\nf.write(" + sum.formatted("input()"),
        "import sys, io\nout = io.StringIO()\nsys.stdout, real = out, sys.stdout\nprint("
            + sum.formatted("input()")
            + ")\nreal.write(out.getvalue()",
        "import sys\nw = sys.stdout.buffer.write\nw((" + sum.formatted("input()") + ").encode()",
        "import sys, io\n"
            + "b = io.BufferedWriter(io.FileIO(1, 'w', closefd=False), 1 << 16)\n"
            + "b.write(("
            + sum.formatted("input()")
            + ").encode()",
        "import sys\nsys.stdout = open('/dev/stdout', 'w')\nprint(" + sum.formatted("input()"),
        "def main():\n  global f\n  f = [open(1, 'w')]\n  f.append(f)\n  f[0].write("
            + sum.formatted("input()")
            + ")\nmain(",
        "import sys\nclass Out:\n  def __init__(self): self.parts = []\n"
            + "  def write(self, s): self.parts.append(s)\n"
            + "  def flush(self): sys.__stdout__.write(''.join(self.parts)); self.parts = []\n"
            + "sys.stdout = Out()\nprint("
            + sum.formatted("input()"),
        "class Out:\n  def __del__(self): print(self.x)\no = Out()\no.x = "
            + sum.formatted("input()").replaceAll("\\)$", ""),
        "import atexit, sys\natexit.register(sys.stdout.write, " + sum.formatted("input()"),
        "print(" + sum.formatted("open('/dev/stdin').read()"),
        "import sys\nsys.stdin = open('/dev/stdin', 'r')\nprint(" + sum.formatted("input()"),
        "import os\nfd = os.open('/dev/stdin', os.O_RDONLY)\nprint("
            + sum.formatted("os.read(fd, 99)"),
        "import pathlib\nprint(" + sum.formatted("pathlib.Path('/dev/fd/0').read_text()"),
        "import fileinput\nprint(" + sum.formatted("''.join(fileinput.input('/dev/stdin'))"),
        "import io\nprint(" + sum.formatted("io.open('/proc/self/fd/0', 'rb').read()"),
        "import codecs\nprint(" + sum.formatted("codecs.open('/dev/stdin', 'r', 'utf-8').read()"),
        "import sys\nprint(" + sum.formatted("sys.stdin.buffer.raw.readall()"),
        "import os, sys\nprint(" + sum.formatted("input()") + ")\nsys.stdout.flush()\nos._exit(0",
        "import os\nos.write(1, (" + sum.formatted("input()") + ").encode())\nos._exit(0",
        "import threading, sys\nsys.setrecursionlimit(10 ** 6)\n"
            + "threading.stack_size(512 * 1024 * 1024)\n"
            + "def f(n): return 0 if n == 0 else 1 + f(n - 1)\n"
            + "def main():\n  f(50000)\n  print("
            + sum.formatted("input()")
            + ")\nt = threading.Thread(target=main)\nt.start()\nt.join(",
        "import _thread, threading\n"
            + "_thread.stack_size(1 << 28)\n"
            + "t = threading.Thread(target=lambda: print("
            + sum.formatted("input()")
            + "))\nt.start(",
        "import resource\nresource.setrlimit(resource.RLIMIT_STACK,"
            + " (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\nprint("
            + sum.formatted("input()"),
        "import os, sys\n"
            + "assert os.path.basename(__file__) == 'program.py' and sys.argv == [__file__]\n"
            + "print("
            + sum.formatted("input()"),
        "import locale\nlocale.setlocale(locale.LC_ALL, '')\nprint(" + sum.formatted("input()"),
        "import locale\nlocale.setlocale(locale.LC_ALL, 'C.UTF-8')\nprint("
            + sum.formatted("input()"),
        "import sys\nprint(" + sum.formatted("input()") + ")\nsys.stdout.close(",
        "import sys\nprint(" + sum.formatted("input()") + ")\nsys.exit(None",
        "import sys\nprint('x' * 10 ** 6, file=sys.stderr)\nprint(" + sum.formatted("input()"),
        "import traceback\n"
            + "try:\n  1 / 0\nexcept ZeroDivisionError:\n  assert '1 / 0' in traceback.format_exc()\n"
            + "print("
            + sum.formatted("input()"));
  }

  @ParameterizedTest
  @MethodSource("sums")
  void howeverAProgramReadsAndPrintsItsOutputArrives(String code) {
    Verdict verdict = run(sandbox, code + ")", "1 2 39\n", "42\n");

    assertThat(verdict.outcome()).as(verdict.toString()).isEqualTo(Outcome.PASSED);
  }

  @Test
  void otherBytesAreAnotherOutput() {
    String write = "import sys\nsys.stdout.buffer.write(b'%s')";
    assertThat(run(sandbox, write.formatted("\\xff"), "", "\ufffd").outcome())
        .isEqualTo(Outcome.WRONG_ANSWER);
    assertThat(run(sandbox, write.formatted("\\xef\\xbf\\xbd"), "", "\ufffd").outcome())
        .isEqualTo(Outcome.PASSED);
    assertThat(run(sandbox, write.formatted("1\\r2"), "", "1\n2").outcome())
        .isEqualTo(Outcome.WRONG_ANSWER);
    assertThat(run(sandbox, write.formatted("1\\r\\n2"), "", "1\n2").outcome())
        .isEqualTo(Outcome.PASSED);
  }

  @ParameterizedTest
  @EnumSource(IsolationLevel.class)
  void streamsHaveTheirNamesAtEveryLevel(IsolationLevel level) {
    SandboxSettings one =
        new SandboxSettings("python3", 1, IsolationLevel.PROCESS, 0, Limits.DEFAULT);
    try (Sandbox here = new Sandbox(one, level)) {
      assumeTrue(here.isolation() == level, here::isolationReasons);
      String code = "open('/dev/stdout', 'w').write(open('/dev/stdin').read())";

      assertThat(run(here, code, "abc", "abc").outcome()).isEqualTo(Outcome.PASSED);
      assertThat(run(here, "print(input())", "abc", "abc").outcome()).isEqualTo(Outcome.PASSED);
    }
  }

  /** A program may give numbers to its descriptors, and close all that there are. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "os.dup2(1, 5); os.write(5, b'7'); os.close(1) | PASSED",
        "print(7, flush=True); os.closerange(0, 256) | PASSED",
        "print(8, flush=True); os.closerange(0, 256) | WRONG_ANSWER",
        "print(7, flush=True); os.closerange(0, 256); 1 / 0 | RUNTIME_ERROR"
      })
  void descriptorsAreTheProgramsOwn(String code, Outcome outcome) {
    assertThat(run(sandbox, "import os; " + code, "", "7").outcome()).isEqualTo(outcome);
  }

  @Test
  void timeZonesAreThere() {
    assumeTrue(Files.isDirectory(Path.of("/usr/share/zoneinfo/Europe")));
    String zone =
        "import datetime, os, time\nfrom zoneinfo import ZoneInfo\n"
            + "print(datetime.datetime(2020, 1, 1, tzinfo=ZoneInfo('Europe/Berlin')).utcoffset())\n"
            + "os.environ['TZ'] = 'Asia/Tokyo'\ntime.tzset()\nprint(time.localtime(0).tm_hour)";

    assertThat(run(sandbox, zone, "", "1:00:00\n9").outcome()).isEqualTo(Outcome.PASSED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "import os; print(1); os._exit(0) | WRONG_ANSWER",
        "import os; print(1, flush=True); os._exit(3) | RUNTIME_ERROR",
        "print(1); raise SystemExit('no') | RUNTIME_ERROR",
        "print(1); raise ValueError | RUNTIME_ERROR",
        "import sys; print(1); sys.stdout = None | PASSED",
        "import sys; print(1); del sys.stdout | PASSED",
        "import sys, io; sys.stdout = io.StringIO(); print(1) | WRONG_ANSWER",
        "import ctypes; print(1, flush=True); ctypes.string_at(0) | RUNTIME_ERROR",
        "import os; os.write(3, b'[]'); print(1) | RUNTIME_ERROR",
        "print('1' * 10**5) | OUTPUT_LIMIT",
        "import os; os.ftruncate(1, 10**5) | OUTPUT_LIMIT",
        "import sys; [print(i) for i in range(10**6)] | OUTPUT_LIMIT",
        "print(1 | COMPILE_ERROR",
      })
  void theEndOfAProgramIsTheOneThatPythonGives(String code, Outcome outcome) {
    Tests.Stdin one = new Tests.Stdin(List.of(new Tests.Stdin.Case("", "1")));
    JudgeOptions options = new JudgeOptions(SHORT, Equality.DEFAULT, Program.AfterFailure.GO_ON);

    Verdict verdict = sandbox.judge(code, one, options);

    assertThat(verdict.outcome()).as(verdict.toString()).isEqualTo(outcome);
  }

  @Test
  void megabytesOfOutputAreNoFault() {
    StringBuilder numbers = new StringBuilder();
    for (int i = 0; i < 400_000; i++) {
      numbers.append(i).append('\n');
    }

    assertThat(
            run(sandbox, "print('\\n'.join(map(str, range(400000))))", "", numbers.toString())
                .outcome())
        .isEqualTo(Outcome.PASSED);
    assertThat(run(sandbox, "print('é' * 10**6)", "", "é".repeat(1_000_000)).outcome())
        .isEqualTo(Outcome.PASSED);
  }

  /** In calls nobody compares what is printed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "print('x' * 10**7)",
        "import sys; sys.stderr.write('x' * 10**6)",
        "for i in range(20000): print('debug', i)",
        "import os; os.write(1, bytes(10**6)); os.write(2, bytes(10**6))",
        "import sys; sys.stdout.buffer.write(bytes(10**6)); sys.stdout.flush()",
        "import logging; [logging.warning('x' * 1000) for i in range(1000)]",
        "import warnings; warnings.warn('x' * 10**6)",
        "import sys; print('x' * 10**6, file=sys.stderr, flush=True)",
      })
  void whatIsPrintedBesideCallsCostsNothing(String printing) {
    String code = "def f(x):\n  " + printing + "\n  return x\n";
    Tests.Calls calls = new Tests.Calls("f", List.of(new Tests.Calls.Case(new Call("[1]"), "1")));

    for (Tests tests :
        List.of(calls, new Tests.Script("assert f(1) == 1\nx = f(1)\nassert x == 1", "f"))) {
      Verdict verdict = sandbox.judge(code, tests, JudgeOptions.DEFAULT);
      assertThat(verdict.outcome()).as(verdict.toString()).isEqualTo(Outcome.PASSED);
      assertThat(verdict.peakMemoryKib()).isLessThan(80_000);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "list(range(50000))",
        "[i / 7 for i in range(50000)]",
        "'x' * 10**6",
        "[[i, i] for i in range(50000)]",
        "{str(i): i for i in range(50000)}",
        "[str(i) for i in range(50000)]",
      })
  void largeResultsAreCompared(String value) {
    String code = "def f(): return " + value + "\ndef g(): return " + value + " == f()";
    List<CallResult> calls = sandbox.run(new Program(code, "f", List.of(new Call("[]")))).calls();
    Tests.Calls same =
        new Tests.Calls(
            "f", List.of(new Tests.Calls.Case(new Call("[]"), calls.get(0).outputJson())));

    assertThat(sandbox.judge(code, same, JudgeOptions.DEFAULT).outcome()).isEqualTo(Outcome.PASSED);
  }

  private static Outcome compared(Comparison comparison, String printed, String expected) {
    Tests.Stdin tests = new Tests.Stdin(List.of(new Tests.Stdin.Case("7\n", expected)), comparison);
    String code = "import sys\nsys.stdout.write(" + Values.json(printed) + ")";
    return sandbox.judge(code, tests, JudgeOptions.DEFAULT).outcome();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "1 2\\n|1 2|true|true|true",
        "1 2 \\n\\n|1 2|true|true|true",
        "1  2|1 2|false|true|true",
        "1\\n2|1 2|false|true|true",
        " 1 2|1 2|false|true|true",
        "1 2.0|1 2|false|false|true",
        "1 2.0000001|1 2.0|false|false|true",
        "1 2.001|1 2|false|false|false",
        "1|1 2|false|false|false",
        "1 2 3|1 2|false|false|false",
        "0.1e1 +2|1.0 2|false|false|true",
        "1000000 2|1000001 2|false|false|false",
        "1 nan|1 2|false|false|false",
        "1 inf|1 inf|true|true|true",
        "1 0x2|1 2|false|false|false",
        "1 2f|1 2|false|false|false",
        "Yes|YES|false|false|false",
        "``|1 2|false|false|false",
        "1e999|1e998|false|false|false",
      })
  void printedTextsAreComparedAsAsked(
      String printed, String expected, boolean exact, boolean tokens, boolean tolerance) {
    String text = printed.replace("\\n", "\n");

    assertThat(compared(new Comparison.Exact(), text, expected) == Outcome.PASSED).isEqualTo(exact);
    assertThat(compared(new Comparison.Tokens(), text, expected) == Outcome.PASSED)
        .isEqualTo(tokens);
    assertThat(compared(new Comparison.Tolerance(1e-6, 1e-6), text, expected) == Outcome.PASSED)
        .isEqualTo(tolerance);
  }

  private static final String DIVISOR =
      "def check(stdin, expected, printed):\n"
          + "  return int(stdin) % int(printed) == 0 and int(expected) > 0\n";

  @Test
  void aCheckerAcceptsEveryRightAnswer() {
    Comparison divisor = new Comparison.Checker(DIVISOR);

    assertThat(compared(divisor, "7", "1")).isEqualTo(Outcome.PASSED);
    assertThat(compared(divisor, "1", "7")).isEqualTo(Outcome.PASSED);
    assertThat(compared(divisor, "2", "7")).isEqualTo(Outcome.WRONG_ANSWER);
  }

  /** What a program prints to make the checker fail is a wrong answer, and no invalid test. */
  @ParameterizedTest
  @ValueSource(strings = {"x", "0", "", "9" + "9999999999999999999999999", "\ud83d\ude00\u0000"})
  void aProgramDoesNotGainByMakingTheCheckerFail(String printed) {
    String printedLong = printed.startsWith("99") ? "9".repeat(5000) : printed;

    assertThat(compared(new Comparison.Checker(DIVISOR), printedLong, "1"))
        .isEqualTo(Outcome.WRONG_ANSWER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "def check(stdin, expected, printed): raise ValueError",
        "def check(stdin, expected, printed): return 'yes'",
        "def check(stdin, expected, printed): return 1",
        "def check(stdin): return True",
        "def other(stdin, expected, printed): return True",
        "import numpy\ndef check(stdin, expected, printed): return True",
        "def check(",
        "import os\ndef check(stdin, expected, printed): os._exit(0)",
        "class T:\n  __bool__ = __eq__ = lambda *a: True\ndef check(*a): return T()",
      })
  void aCheckersOwnFaultIsNeverThePrograms(String checker) {
    for (String printed : List.of("1", "2")) {
      assertThat(compared(new Comparison.Checker(checker), printed, "1"))
          .isEqualTo(Outcome.INVALID_TEST);
    }
  }

  @Test
  void aCheckerIsNotAskedAboutAProgramThatFailed() {
    Tests.Stdin tests =
        new Tests.Stdin(
            List.of(new Tests.Stdin.Case("", "1")),
            new Comparison.Checker("def check(*a): return True"));

    assertThat(sandbox.judge("1 / 0", tests, JudgeOptions.DEFAULT).outcome())
        .isEqualTo(Outcome.RUNTIME_ERROR);
    assertThat(sandbox.judge("", tests, JudgeOptions.DEFAULT).outcome()).isEqualTo(Outcome.PASSED);
  }

  @Test
  void tolerancesThatAreNoneAreRefused() {
    for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Comparison.Tolerance(wrong, 0))
          .hasMessageContaining("relative_tolerance");
      assertThatThrownBy(() -> new Comparison.Tolerance(0, wrong))
          .hasMessageContaining("absolute_tolerance");
    }
  }
}
