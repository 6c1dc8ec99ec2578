package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobRunnerTest {
  private record Run(int status, String out, String err) {}

  private static Run capture(IntSupplier run) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      return new Run(
          run.getAsInt(),
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "optimizer.learning_rat=1 | command line: optimizer.learning_rat: unknown key; did you mean learning_rate?",
        "train_batch_size=-3 | train_batch_size must be 1 or more, got -3",
        "train_batch_size=many | train_batch_size",
        "precision=FP8 | precision",
        "--colour | unknown option --colour",
        "steps | settings are key=value",
        "seed=[1 | not valid YAML"
      })
  void theUsersMistakeIsOneLineAndStatusTwo(String word, String message) {
    Run run = capture(() -> JobRunner.run(TrainSft.JOB, word));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .singleElement()
        .asString()
        .startsWith("TrainSft: ")
        .contains(message);
  }

  @Test
  void aMissingConfigFileIsNamed() {
    Run run = capture(() -> JobRunner.run(TrainSft.JOB, "--config", "no/such.yaml"));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("no/such.yaml: no such file");
  }

  @Test
  void helpExplainsEveryKeyOfTheJob() {
    Run run = capture(() -> JobRunner.run(TrainSft.JOB, "--help"));
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("gradient_shards: 4")
        .contains("warehouse: ./warehouse")
        .contains("TrainSft: supervised");
  }
}
