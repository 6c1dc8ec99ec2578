package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenBatch;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.synthesis.TestCase;
import io.atomforge.tables.RolloutRow;
import io.atomforge.task.Check;
import io.atomforge.task.Judged;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.training.LocalGradients;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {
  private static final int[] PROMPT = {1, 5, 6, 4};
  private static final Judged PASSED =
      new Judged(Outcome.PASSED, 3, 3, true, true, Trust.VALUES, "", 2, 1);

  /** One given token, two written, two of a tool, one more written. */
  private static Trace mixed() {
    return new Trace(
        "a",
        0,
        PROMPT,
        new int[] {1, 9, 4},
        "text",
        new int[] {7, 8, 9, 10, 11, 2},
        Trace.roles("gwwttw"),
        new float[] {-1, -2, -3, -4},
        true,
        PASSED);
  }

  private static RolloutBatch batch(Trace trace) {
    return batch(trace, new Reward.Binary());
  }

  private static RolloutBatch batch(Trace trace, Reward reward) {
    Task task =
        new Task(
            "a",
            "prompt",
            "",
            new ResponseFormat.Program(),
            Check.calls("solve", List.of(new TestCase("[1]", "1", true))),
            true);
    RolloutBatch batch =
        new RolloutBatch(
            new RolloutBatch.Scoring(
                Rewards.of(reward), new Overlong.None(), new Selection.All(), 10),
            1);
    batch.add(new PromptTask(task, PROMPT, new long[1]), List.of(trace));
    return batch;
  }

  @Test
  void scoresRunOverLearnedTokensAlone() {
    assertThat(mixed().learned()).containsExactly(0, 1, 2, 5);
    assertThat(mixed().writtenLogProbs()).containsExactly(-2, -3, -4);
    assertThat(mixed().roleLetters()).isEqualTo("gwwttw");
    assertThatThrownBy(
            () ->
                new Trace(
                    "a",
                    0,
                    PROMPT,
                    PROMPT,
                    "",
                    new int[2],
                    Trace.roles("wt"),
                    new float[2],
                    true,
                    PASSED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 tokens, 2 roles, of which 1 are learned, and 2 scores");
  }

  @Test
  void whatTheTableKeepsIsWhatWasSampled() {
    Trace trace = mixed();
    RolloutRow row = RolloutRow.of("rl", 1, batch(trace), new double[1]).get(0);
    assertThat(row.trace(PROMPT)).usingRecursiveComparison().isEqualTo(trace);
    Trace plain =
        Trace.written("a", 1, PROMPT, "text", new int[] {7, 2}, new float[2], false, PASSED);
    RolloutRow plainRow = RolloutRow.of("rl", 1, batch(plain), new double[1]).get(0);
    assertThat(plainRow.sampledPrompt()).isEmpty();
    assertThat(plainRow.trace(PROMPT)).usingRecursiveComparison().isEqualTo(plain);
    Trace rewarded = trace.rewarded(0.1 + 0.2);
    Reward byModel = new Reward.RewardModel("rm");
    RolloutRow told = RolloutRow.of("rl", 1, batch(rewarded, byModel), new double[1]).get(0);
    assertThat(told.trace(PROMPT)).usingRecursiveComparison().isEqualTo(rewarded);
    assertThat(byModel.values(List.of(told.trace(PROMPT)))).containsExactly(0.1 + 0.2);
  }

  /** The gradient is the slope of the weighted loss of the learned tokens, without the tool's. */
  @Test
  void tokensOfAToolHaveNoGradient() {
    LossScript loss = LossScript.NEGATIVE_LOG_LIKELIHOOD;
    ModelConfig shape = ModelConfig.of(16, 2, 2, 1, 32, 24, 32);
    CausalLM model = CausalLM.shared(shape, Precision.FP32, loss, Device.cpu());
    Episodes.Episode episode = new Episodes(batch(mixed())).all().get(0);
    float[] weights = {1, 0.5f, 2, 3};
    List<Shard> shards =
        Sharding.cut(List.of(episode.example(weights, new float[0][], 1)), loss, 1);
    float[] start;
    float[] gradient;
    try (Parameters theta = Parameters.initial(model.layout(), 3, Device.cpu());
        Gradient sum = new LocalGradients(model).gradients(theta, shards, 1).sum()) {
      start = theta.toFloats();
      gradient = sum.values().toFloats();
    }
    double norm = 0;
    for (float g : gradient) {
      norm += (double) g * g;
    }
    double step = 0.004 / Math.sqrt(norm);
    double above = loss(model, start, gradient, step);
    double below = loss(model, start, gradient, -step);
    assertThat((above - below) / (2 * step) / norm).isBetween(0.995, 1.005);
  }

  /** Each token is scored behind all that stands before it; weights are 0 for the tool's. */
  private static double loss(CausalLM model, float[] start, float[] direction, double step) {
    float[] moved = start.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (step * direction[i]);
    }
    int[] tokens = {1, 5, 6, 4, 7, 8, 9, 10, 11, 2};
    TokenBatch whole =
        new TokenBatch(
            1,
            10,
            tokens,
            new int[] {3, 4, 5, 6, 7, 8},
            new int[] {7, 8, 9, 10, 11, 2},
            new float[6]);
    double[] weights = {1, 0.5, 2, 0, 0, 3};
    double sum = 0;
    try (Parameters theta = Parameters.of(model.layout(), moved, Device.cpu())) {
      float[] logProbs = model.logProbs(theta, whole, 1).logProbs();
      for (int t = 0; t < weights.length; t++) {
        sum -= weights[t] * logProbs[t];
      }
    }
    return sum;
  }
}
