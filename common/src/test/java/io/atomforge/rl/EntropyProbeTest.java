package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.model.CausalLM;
import io.atomforge.model.LossScript;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.task.Check;
import io.atomforge.task.Judged;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.training.LocalGradients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntropyProbeTest {
  private static final LossScript LOSS = LossScript.NEGATIVE_LOG_LIKELIHOOD;

  /** The formula itself, in double precision. */
  private static double entropy(double temperature, double... logits) {
    double[] weights = Arrays.stream(logits).map(z -> Math.exp(z / temperature)).toArray();
    double sum = Arrays.stream(weights).sum();
    return -Arrays.stream(weights).map(w -> w / sum * Math.log(w / sum)).sum();
  }

  /** Golden values that an independent program computed. */
  @ParameterizedTest
  @CsvSource({"0.25, 0.095973", "0.5, 0.514662", "1, 1.048705", "2, 1.294722"})
  void theFormulaOfTheTestIsRight(double temperature, double expected) {
    assertThat(entropy(temperature, 2, 1, 0, 0)).isCloseTo(expected, within(1e-6));
  }

  @Test
  void bisectionFindsTheTemperatureOfAnEntropy() {
    DoubleUnaryOperator of = temperature -> entropy(temperature, 2, 1, 0, 0);
    assertThat(EntropyProbe.bisect(of, 0.3)).isCloseTo(0.377490, within(5e-4));
    assertThat(EntropyProbe.bisect(of, 0.01)).isEqualTo(EntropyProbe.COLDEST);
    assertThat(EntropyProbe.bisect(of, 1.386)).isEqualTo(EntropyProbe.HOTTEST);
  }

  private static RolloutBatch completions(Outcome outcome) {
    RolloutBatch batch =
        new RolloutBatch(
            new RolloutBatch.Scoring(
                Rewards.of(new Reward.Binary()), new Overlong.None(), new Selection.All(), 8),
            1);
    int[] prompt = {1, 5};
    Task task = new Task("p", "", "", new ResponseFormat.Program(), new Check.Text(""), true);
    Judged judged = new Judged(outcome, 0, 1, false, true, Trust.VALUES, "", 0, 0);
    batch.add(
        new PromptTask(task, prompt, new long[1]),
        List.of(
            Trace.written("p", 0, prompt, "", new int[] {7, 9, 2}, new float[3], true, judged)));
    return batch;
  }

  @Test
  void theEntropyOfAModelGrowsWithTheTemperatureAndMeetsTheTarget() throws IOException {
    Checkpoint start = Checkpoint.open(Path.of("src/test/resources/golden/model/tied"));
    CausalLM model = CausalLM.shared(start.config(), Precision.FP32, LOSS, Device.cpu());
    EntropyProbe probe = new EntropyProbe(new LocalGradients(model), LOSS, 2);
    RolloutBatch batch = completions(Outcome.WRONG_ANSWER);
    Episodes episodes = new Episodes(batch);
    try (Parameters theta = start.weights(model.layout(), Device.cpu())) {
      double last = 0;
      for (double temperature : new double[] {0.001, 0.1, 0.3, 1, 2, 1000}) {
        double entropy = probe.entropy(theta, episodes, temperature);
        assertThat(entropy).isGreaterThanOrEqualTo(last);
        last = entropy;
      }
      assertThat(probe.entropy(theta, episodes, 0.001)).isCloseTo(0, within(0.01));
      double target =
          (probe.entropy(theta, episodes, EntropyProbe.COLDEST)
                  + probe.entropy(theta, episodes, EntropyProbe.HOTTEST))
              / 2;
      double chosen = probe.temperature(theta, batch, target, 1);
      assertThat(chosen).isBetween(EntropyProbe.COLDEST, EntropyProbe.HOTTEST);
      assertThat(probe.entropy(theta, episodes, chosen)).isCloseTo(target, within(2e-3));
      // Nothing to look at.
      assertThat(probe.temperature(theta, completions(Outcome.SANDBOX_ERROR), target, 0.7))
          .isEqualTo(0.7);
    }
  }

  @Test
  void equalLogitsHaveTheGreatestEntropyAtEachTemperature() throws IOException {
    Checkpoint start = Checkpoint.open(Path.of("src/test/resources/golden/model/tied"));
    CausalLM model = CausalLM.shared(start.config(), Precision.FP32, LOSS, Device.cpu());
    EntropyProbe probe = new EntropyProbe(new LocalGradients(model), LOSS, 1);
    Episodes episodes = new Episodes(completions(Outcome.WRONG_ANSWER));
    try (Parameters theta = Parameters.zeros(model.layout(), Device.cpu())) {
      for (double temperature : new double[] {0.3, 1, 2}) {
        assertThat(probe.entropy(theta, episodes, temperature))
            .isCloseTo(Math.log(start.config().vocabSize()), within(1e-4));
      }
    }
  }
}
