package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobRunnerTest {
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
    Run run = Run.of(TrainSft.JOB, word);
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
    Run run = Run.of(TrainSft.JOB, "--config", "no/such.yaml");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("no/such.yaml: no such file");
  }

  @Test
  void helpExplainsEveryKeyOfTheJob() {
    Run run = Run.of(TrainSft.JOB, "--help");
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("gradient_shards: 4")
        .contains("warehouse: ./warehouse")
        .contains("TrainSft: supervised");
  }
}
