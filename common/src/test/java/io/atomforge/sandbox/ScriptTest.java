package io.atomforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.value.Equality;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScriptTest {
  private static final JudgeOptions OPTIONS =
      new JudgeOptions(new Limits(2, 256, 64), Equality.DEFAULT, Program.AfterFailure.GO_ON);

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

  private static Stream<ScriptCorpus> corpora() throws IOException {
    return Stream.of("runners.txt", "invalid.txt", "objects.txt", "attacks.txt")
        .flatMap(
            file -> {
              try {
                return ScriptCorpus.read(file).stream();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @ParameterizedTest
  @MethodSource("corpora")
  void eachProgramGetsTheOutcomeThatIsRight(ScriptCorpus test) {
    check(test, code -> sandbox.judge(code, test.script(), OPTIONS));
  }

  private static void check(ScriptCorpus test, Function<String, Verdict> judge) {
    List<String> programs = List.of(test.programs());
    for (int i = 0; i < programs.size(); i++) {
      Verdict verdict = judge.apply(programs.get(i));
      Outcome right = i < programs.size() - 1 ? Outcome.PASSED : test.outcome();
      assertThat(verdict.outcome()).as("program %s: %s", i, verdict).isEqualTo(right);
    }
  }

  private static List<ScriptCorpus> references() throws IOException {
    return ScriptCorpus.read("references.txt");
  }

  @ParameterizedTest
  @MethodSource("references")
  void aTestThatTheProgramNeverEntersKnowsItsObjectsByReferences(ScriptCorpus test) {
    check(test, code -> judge(code, test.test(), Trust.SCRIPT));
  }

  private static Verdict judge(String code, String test, Trust minimumTrust) {
    SandboxSettings settings =
        new SandboxSettings(
            "python3", 1, IsolationLevel.PROCESS, 0, Limits.DEFAULT, 0, minimumTrust);
    try (Sandbox other = new Sandbox(settings, IsolationLevel.FULL)) {
      return other.judge(code, new Tests.Script(test, ""), OPTIONS);
    }
  }

  @Test
  void theVerdictSaysHowFarTheProgramCouldHaveAHandInIt() {
    String code = "def f(x): return x";
    for (Trust trust : Trust.values()) {
      String test =
          switch (trust) {
            case VALUES -> "assert f(1) == 1";
            case SCRIPT -> "for i in range(2): assert f(i) == i";
            case SHARED -> "l = []\nassert f(l) is l";
          };
      Verdict verdict = sandbox.judge(code, new Tests.Script(test, ""), OPTIONS);
      assertThat(verdict.outcome()).isEqualTo(Outcome.PASSED);
      assertThat(verdict.trust()).isEqualTo(trust);
    }
  }

  /** What a test's text asks for is no fault of the program's. */
  @Test
  void aTestThatNeedsMoreTrustThanIsGivenIsInvalid() {
    String code = "def f(x): return x";
    assertThat(judge(code, "l = []\nassert f(l) is l", Trust.SCRIPT).outcome())
        .isEqualTo(Outcome.INVALID_TEST);
    assertThat(judge(code, "for i in range(2): assert f(i) == i", Trust.VALUES).outcome())
        .isEqualTo(Outcome.INVALID_TEST);
    assertThat(judge(code, "for i in range(2): assert f(i) == i", Trust.SCRIPT).outcome())
        .isEqualTo(Outcome.PASSED);
    assertThat(judge(code, "assert f(1) == 1", Trust.VALUES).outcome()).isEqualTo(Outcome.PASSED);
  }

  /** Else a program could make itself one that is not judged. */
  @Test
  void aProgramThatAsksForLessTrustThanIsDemandedFails() {
    String code = "class V:\n  def __eq__(self, other): return True\ndef f(x): return V()";
    Verdict verdict = judge(code, "for i in range(2): assert f(i) == i", Trust.SCRIPT);
    assertThat(verdict.outcome()).isEqualTo(Outcome.RUNTIME_ERROR);
    assertThat(verdict.detail()).contains("needs the program's process: __eq__");
    assertThat(verdict.trust()).isEqualTo(Trust.SCRIPT);
  }

  /** What the test alone does is not the program's fault; what the program returned may be. */
  @Test
  void aTestThatNeedsMoreTrustByItselfIsInvalid() {
    Verdict callback =
        judge(
            "def ap(f, x): return f(x)",
            "def test_a():\n  assert ap(lambda v: v + 1, 3) == 4",
            Trust.SCRIPT);
    assertThat(callback.outcome()).isEqualTo(Outcome.INVALID_TEST);
    assertThat(callback.detail()).contains("the test's own: an argument of type function");
    String large = "for i in range(1):\n  assert f(list(range(1000000))) == 499999500000";
    assertThat(judge("def f(l): return sum(l)", large, Trust.SCRIPT).outcome())
        .isEqualTo(Outcome.INVALID_TEST);
    String returned = "class V: pass\ndef g(): return V()\ndef f(x): return 1";
    Verdict mixed =
        judge(returned, "v = g()\nfor i in range(2): assert f(lambda: v) == 1", Trust.SCRIPT);
    assertThat(mixed.outcome()).isEqualTo(Outcome.RUNTIME_ERROR);
  }
}
