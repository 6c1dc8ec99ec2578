package io.atomforge.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.reward.Reward;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Rollout;
import io.atomforge.sandbox.Outcome;
import io.atomforge.tables.RolloutRow;
import io.atomforge.training.Shard;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.KlEstimator;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.Objective;
import java.util.List;
import org.junit.jupiter.api.Test;

class RolloutBatchTest {
  private static final Objective.Clipped NO_KL =
      new Objective.Clipped(0.2, 0.2, 0, 0, KlEstimator.K3);
  private static final Objective.Clipped KL =
      new Objective.Clipped(0.2, 0.2, 0, 0.1, KlEstimator.K3);

  private static PromptTask task(String id) {
    return new PromptTask(id, "solve", new int[] {1, 5, 6, 4}, new long[] {1, 2, 3, 4}, List.of());
  }

  private static Rollout rollout(
      String id, int sample, Outcome outcome, boolean finished, int length) {
    int[] tokens = new int[length];
    return new Rollout(
        id,
        sample,
        "code",
        tokens,
        new float[length],
        finished,
        outcome,
        outcome == Outcome.PASSED ? 3 : 1,
        3,
        "");
  }

  private static RolloutBatch batch(List<Rollout> first, List<Rollout> second) {
    return RolloutBatch.score(
        List.of(task("a"), task("b")),
        List.of(first, second),
        new Reward.Binary(),
        new AdvantageEstimator.GroupNormalized());
  }

  private static final List<Rollout> MIXED =
      List.of(
          rollout("a", 0, Outcome.PASSED, true, 5),
          rollout("a", 1, Outcome.WRONG_ANSWER, true, 6),
          rollout("a", 2, Outcome.PASSED, false, 7),
          rollout("a", 3, Outcome.SANDBOX_ERROR, true, 8));

  private static final List<Rollout> UNIFORM =
      List.of(rollout("b", 0, Outcome.PASSED, true, 3), rollout("b", 1, Outcome.PASSED, true, 4));

  @Test
  void infrastructureFailuresLeaveGroupStatisticsAndLoss() {
    List<RolloutRow> rows = batch(MIXED, UNIFORM).rows("rl", 1, id -> "prompt");
    assertThat(rows).hasSize(6);
    assertThat(rows.get(3).advantage()).isZero();
    assertThat(rows.get(0).advantage()).isCloseTo(1.154699, within(1e-5));
    assertThat(rows.get(1).advantage()).isCloseTo(-0.577349, within(1e-5));
  }

  @Test
  void aCompletionThatWasCutGetsTheFailureValue() {
    RolloutRow cut = batch(MIXED, UNIFORM).rows("rl", 1, id -> "prompt").get(2);
    assertThat(cut.reward()).isZero();
    assertThat(cut.finishReason()).isEqualTo("length");
  }

  @Test
  void samplesWithoutAdvantageCountInTheDenominatorOnlyUnlessTheLossHasAKlTerm() {
    RolloutBatch batch = batch(MIXED, UNIFORM);
    List<Shard> without = batch.shards(LossAggregation.SEQ_MEAN_TOKEN_MEAN, 96, NO_KL, 2);
    List<Shard> with = batch.shards(LossAggregation.SEQ_MEAN_TOKEN_MEAN, 96, KL, 2);
    assertThat(without.stream().mapToInt(s -> s.batch().rows()).sum()).isEqualTo(3);
    assertThat(with.stream().mapToInt(s -> s.batch().rows()).sum()).isEqualTo(5);
    assertThat(without.stream().mapToDouble(Shard::denominator).sum()).isCloseTo(5, within(1e-9));
    assertThat(with.stream().mapToDouble(Shard::denominator).sum()).isCloseTo(5, within(1e-9));
  }

  @Test
  void aStepWithoutAnyAdvantageStillHasAShard() {
    List<Rollout> failed =
        List.of(
            rollout("a", 0, Outcome.RUNTIME_ERROR, true, 5),
            rollout("a", 1, Outcome.RUNTIME_ERROR, true, 5),
            rollout("a", 2, Outcome.SANDBOX_ERROR, true, 5));
    List<Shard> shards = batch(failed, UNIFORM).shards(LossAggregation.TOKEN_MEAN, 96, NO_KL, 2);
    assertThat(shards.stream().mapToDouble(Shard::denominator).sum()).isCloseTo(17, within(1e-9));
  }

  @Test
  void aRolloutWhoseGroupWasLostTakesNoPart() {
    List<Rollout> lone =
        List.of(
            rollout("a", 0, Outcome.PASSED, true, 5),
            rollout("a", 1, Outcome.SANDBOX_ERROR, true, 6));
    for (AdvantageEstimator estimator :
        List.of(new AdvantageEstimator.GroupNormalized(), new AdvantageEstimator.LeaveOneOut())) {
      RolloutBatch batch =
          RolloutBatch.score(
              List.of(task("a"), task("b")),
              List.of(lone, UNIFORM),
              new Reward.Binary(),
              estimator);

      assertThat(batch.rows("rl", 1, id -> "prompt").get(0).advantage()).isZero();
      List<Shard> shards = batch.shards(LossAggregation.TOKEN_MEAN, 96, KL, 2);
      assertThat(shards.stream().mapToInt(s -> s.batch().rows()).sum()).isEqualTo(2);
      assertThat(shards.stream().mapToDouble(Shard::denominator).sum()).isCloseTo(7, within(1e-9));
    }
  }

  @Test
  void aStepThatTheSandboxLostIsNotTrainedOn() {
    List<Rollout> lost = List.of(rollout("a", 0, Outcome.SANDBOX_ERROR, true, 5));
    assertThatThrownBy(() -> batch(lost, lost).shards(LossAggregation.TOKEN_MEAN, 96, NO_KL, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Doctor");
  }

  @Test
  void metricsCountGroupsWithoutVariance() {
    assertThat(batch(MIXED, UNIFORM).metrics()).containsEntry("training/zero_variance_groups", 0.5);
  }
}
