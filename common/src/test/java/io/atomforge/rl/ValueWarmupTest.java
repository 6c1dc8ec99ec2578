package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.model.CausalLM;
import io.atomforge.model.ParameterLayout;
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
import io.atomforge.training.AdamW;
import io.atomforge.training.LocalGradients;
import io.atomforge.training.Schedule;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.ImportanceCorrection;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.PolicyLoss;
import io.atomforge.training.objective.PolicyObjective;
import io.atomforge.training.objective.ValueHead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a value head learns from the returns of a policy that stays as it is. */
class ValueWarmupTest {
  private static final Path MODEL = Path.of("src/test/resources/golden/model/tied");
  private static final int[] FIRST = {3, 5};
  private static final int[] SECOND = {4, 9, 2};

  private static PolicyUpdate.Settings settings() {
    AdvantageEstimator gae = new AdvantageEstimator.Gae(1, 0.95, new ValueHead(0.03, 0.5, 0.2));
    return new PolicyUpdate.Settings(
        1,
        gae,
        new PolicyObjective(new PolicyLoss.Clipped(0.2, 0.2, 0), List.of(), gae.critic(), false),
        new ImportanceCorrection.None(),
        LossAggregation.TOKEN_MEAN,
        4,
        1,
        2,
        1);
  }

  private static RolloutBatch batch() {
    return new RolloutBatch(
        new RolloutBatch.Scoring(
            Rewards.of(new Reward.Binary()), new Overlong.None(), new Selection.All(), 6),
        2);
  }

  /** Completions of a prompt of equal tokens, the first of which pass. */
  private static void add(RolloutBatch batch, int[] prompt, int[] tokens, int passed, int all) {
    Task task = new Task("p", "", "", new ResponseFormat.Program(), new Check.Text(""), true);
    List<Trace> traces = new ArrayList<>();
    for (int i = 0; i < all; i++) {
      boolean good = i < passed;
      Judged judged =
          new Judged(
              good ? Outcome.PASSED : Outcome.WRONG_ANSWER,
              good ? 1 : 0,
              1,
              false,
              true,
              Trust.VALUES,
              "",
              0,
              0);
      traces.add(Trace.written("p", i, prompt, "", tokens, new float[tokens.length], true, judged));
    }
    batch.add(new PromptTask(task, prompt, new long[all]), traces);
  }

  private interface Use {
    void of(PolicyUpdate update, Trainer trainer, Trainer still);
  }

  private static void withZeroHead(Use use) throws IOException {
    Checkpoint start = Checkpoint.open(MODEL);
    PolicyUpdate.Settings settings = settings();
    CausalLM model =
        CausalLM.shared(
            start.config(), Precision.FP32, settings.objective().lossScript(), Device.cpu());
    ParameterLayout layout = model.layout();
    LocalGradients source = new LocalGradients(model);
    try (Parameters theta = start.weights(layout, Device.cpu());
        Anchors anchors = Anchors.of(theta, settings.objective(), Long.MAX_VALUE);
        Trainer values = trainer(theta, 0.003, source);
        Trainer still = trainer(theta, 0, source)) {
      use.of(new PolicyUpdate(source, anchors, settings), values, still);
    }
  }

  /** Changes the value head alone. */
  private static Trainer trainer(Parameters theta, double rate, LocalGradients source) {
    return new Trainer(
        theta,
        new AdamW(0, 0.9, 0.95, 1e-8, 0),
        rate,
        new Schedule.Constant(0),
        1,
        Double.POSITIVE_INFINITY,
        source);
  }

  private static double value(PolicyUpdate update, Trainer still, RolloutBatch batch) {
    return update.withPasses(1).take(still, batch, 0, 1).metrics().get("critic/values/mean");
  }

  @Test
  void aConstantRewardIsTheValueOfEveryStateAndThePolicyKeepsEveryBit() throws IOException {
    RolloutBatch batch = batch();
    add(batch, FIRST, new int[] {7, 8, 1}, 2, 2);
    add(batch, SECOND, new int[] {6, 1}, 2, 2);
    withZeroHead(
        (update, trainer, still) -> {
          float[] before = trainer.theta().toFloats();
          assertThat(value(update, still, batch)).isZero();
          for (int i = 0; i < 60; i++) {
            update.take(trainer, batch, 0, i);
          }
          float[] after = trainer.theta().toFloats();
          int policy = before.length - trainer.theta().layout().valueHeadSize();
          assertThat(Arrays.copyOf(after, policy)).containsExactly(Arrays.copyOf(before, policy));
          assertThat(Arrays.copyOfRange(after, policy, after.length))
              .isNotEqualTo(Arrays.copyOfRange(before, policy, after.length));
          for (int[] prompt : List.of(FIRST, SECOND)) {
            RolloutBatch one = batch();
            int[] tokens = prompt == FIRST ? new int[] {7, 8, 1} : new int[] {6, 1};
            add(one, prompt, tokens, 2, 2);
            assertThat(value(update, still, one)).isCloseTo(1, within(0.01));
          }
        });
  }

  @Test
  void eachStatesValueIsItsMeanReturn() throws IOException {
    RolloutBatch both = batch();
    RolloutBatch first = batch();
    RolloutBatch second = batch();
    for (RolloutBatch batch : List.of(both, first)) {
      add(batch, FIRST, new int[] {1}, 1, 4);
    }
    for (RolloutBatch batch : List.of(both, second)) {
      add(batch, SECOND, new int[] {1}, 3, 4);
    }
    withZeroHead(
        (update, trainer, still) -> {
          for (int i = 0; i < 60; i++) {
            update.take(trainer, both, 0, i);
          }
          assertThat(value(update, still, first)).isCloseTo(0.25, within(0.01));
          assertThat(value(update, still, second)).isCloseTo(0.75, within(0.01));
        });
  }
}
