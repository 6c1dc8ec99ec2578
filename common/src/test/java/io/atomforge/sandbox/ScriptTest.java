package io.atomforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
    return Stream.of("runners.txt", "invalid.txt")
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
    List<String> programs = List.of(test.programs());
    for (int i = 0; i < programs.size(); i++) {
      Verdict verdict = sandbox.judge(programs.get(i), test.script(), OPTIONS);
      Outcome right = i < programs.size() - 1 ? Outcome.PASSED : test.outcome();
      assertThat(verdict.outcome()).as("program %s: %s", i, verdict).isEqualTo(right);
    }
  }
}
