package io.atomforge.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.sandbox.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestcasesTest {
  private static final Sandbox SANDBOX = Sandbox.shared(SandboxSettings.DEFAULT);
  private static final String REFERENCE = "def solve(a, b):\n    return 2 * a - b\n";

  /** Of these the assertions about (0, 0) tell none from the reference, about (1, 0) two. */
  private static final Check CHECK =
      new Check.Testcases(
          REFERENCE,
          List.of(
              "def solve(a, b):\n    return 2 * a + b\n",
              "def solve(a, b):\n    return 3 * a - b\n",
              "def solve(a, b):\n    return a - b\n",
              "def solve(a, b):\n    return 2 * a - b if b < 9 else 1 // 0\n"));

  private static Verdict judge(String answer) {
    return CHECK.judge(SANDBOX, answer, JudgeOptions.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "assert solve(0, 0) == 0 | WRONG_ANSWER | 1",
        "assert solve(1, 0) == 2 | WRONG_ANSWER | 3",
        "assert solve(1, 1) == 1 | WRONG_ANSWER | 4",
        "assert solve(1, 1) == 1\\nassert solve(0, 9) == -9 | PASSED | 5",
        "assert solve(1, 1) == 2 | WRONG_ANSWER | 0",
        "assert solve(1, 1) == 1\\nassert solve(1, 1) == 2 | WRONG_ANSWER | 0",
        "assert solve(1) == 2 | WRONG_ANSWER | 0",
        "assert solve(1, 1) == | COMPILE_ERROR | 0",
        "a sentence | COMPILE_ERROR | 0"
      })
  void anAnswerIsWorthTheMutantsOfWhichItFails(String answer, Outcome outcome, int passed) {
    Verdict verdict = judge(answer.replace("\\n", "\n"));
    assertThat(verdict.outcome()).as(verdict.detail()).isEqualTo(outcome);
    assertThat(verdict.passed()).isEqualTo(passed);
    assertThat(verdict.total()).isEqualTo(5).isEqualTo(CHECK.total());
    assertThat(verdict.calls()).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "assert True",
        "pass",
        "solve(1, 1)",
        "assert solve",
        "import random\\nassert solve(1, 1) == 1 or random.random() < 0.5",
        "def solve(a, b):\\n    return 2 * a - b\\nassert solve(1, 1) == 1",
        "import sys\\nsys.exit(0)",
        "assert solve(1, 1) == solve(1, 1)"
      })
  void whatDoesNotCompareAResultWithAValueIsNotAligned(String answer) {
    Verdict verdict = judge(answer.replace("\\n", "\n"));
    assertThat(verdict.outcome()).isEqualTo(Outcome.WRONG_ANSWER);
    assertThat(verdict.passed()).isZero();
  }

  @Test
  void aLineOfJsonHasReferenceAndMutants() {
    TaskLine line =
        TaskLine.of(
            JsonRow.parse(
                "{\"reference\": \"def f(a):\\n    return a\\n\","
                    + " \"mutants\": [\"def f(a):\\n    return -a\\n\"]}"));
    Check check = line.check();
    assertThat(check.total()).isEqualTo(2);
    assertThat(check.judge(SANDBOX, "assert f(1) == 1", JudgeOptions.DEFAULT).outcome())
        .isEqualTo(Outcome.PASSED);
    assertThatThrownBy(() -> TaskLine.of(JsonRow.parse("{\"mutants\": [\"a\"]}")).check())
        .hasMessageContaining("reference");
    assertThatThrownBy(
            () -> TaskLine.of(JsonRow.parse("{\"mutants\": [], \"reference\": \"\"}")).check())
        .hasMessageContaining("one mutant or more");
  }

  @Test
  void theHashGoesByTheMutantsToo() {
    String own = CHECK.contentHash(SANDBOX, "assert True", JudgeOptions.DEFAULT);
    assertThat(own)
        .isEqualTo(CHECK.contentHash(SANDBOX, "assert True", JudgeOptions.DEFAULT))
        .isNotEqualTo(CHECK.contentHash(SANDBOX, "assert False", JudgeOptions.DEFAULT))
        .isNotEqualTo(
            new Check.Testcases(REFERENCE, List.of(REFERENCE))
                .contentHash(SANDBOX, "assert True", JudgeOptions.DEFAULT));
  }
}
