package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.model.TokenBatch;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.tables.RolloutRow;
import io.atomforge.task.Check;
import io.atomforge.task.Judged;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.training.Shard;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.ImportanceCorrection;
import io.atomforge.training.objective.KlEstimator;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.PolicyLoss;
import io.atomforge.training.objective.PolicyObjective;
import io.atomforge.training.objective.Regularizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RolloutBatchTest {
  private static final int[] PROMPT = {1, 5, 6, 4};
  private static final Selection ALL = new Selection.All();
  private static final Overlong NO_LIMIT = new Overlong.None();
  private static final Regularizer KL = new Regularizer.KlLoss(0.1, KlEstimator.K3);

  private static PromptTask task(String id) {
    return new PromptTask(
        new Task(id, "", "", new ResponseFormat.Program(), new Check.Text(""), true),
        PROMPT,
        new long[] {1, 2, 3, 4});
  }

  private static Trace rollout(
      String id, int sample, Outcome outcome, boolean finished, int length) {
    int[] tokens = new int[length];
    Arrays.fill(tokens, sample);
    return Trace.written(
        id,
        sample,
        PROMPT,
        "code " + sample,
        tokens,
        new float[length],
        finished,
        new Judged(
            outcome,
            outcome == Outcome.PASSED ? 3 : 1,
            3,
            sample == 1,
            true,
            Trust.VALUES,
            "",
            2,
            1));
  }

  private static RolloutBatch batch(
      Selection selection, Overlong overlong, int wanted, List<List<Trace>> groups) {
    return batch(Rewards.of(new Reward.Binary()), selection, overlong, wanted, groups);
  }

  private static RolloutBatch batch(
      Rewards rewards,
      Selection selection,
      Overlong overlong,
      int wanted,
      List<List<Trace>> groups) {
    RolloutBatch batch =
        new RolloutBatch(new RolloutBatch.Scoring(rewards, overlong, selection, 10), wanted);
    groups.forEach(g -> batch.add(task(g.get(0).taskId()), g));
    return batch;
  }

  private static RolloutBatch batch(List<Trace> first, List<Trace> second) {
    return batch(ALL, NO_LIMIT, 2, List.of(first, second));
  }

  private static final List<Trace> MIXED =
      List.of(
          rollout("a", 0, Outcome.PASSED, true, 5),
          rollout("a", 1, Outcome.WRONG_ANSWER, true, 6),
          rollout("a", 2, Outcome.PASSED, false, 7),
          rollout("a", 3, Outcome.SANDBOX_ERROR, true, 8));

  private static final List<Trace> UNIFORM =
      List.of(rollout("b", 0, Outcome.PASSED, true, 3), rollout("b", 1, Outcome.PASSED, true, 4));

  /** The shards of one minibatch with the given advantages for the samples that count. */
  private static List<Shard> shards(
      RolloutBatch batch, LossAggregation aggregation, List<Regularizer> regularizers) {
    PolicyObjective objective =
        new PolicyObjective(
            new PolicyLoss.Clipped(0.2, 0.2, 0), regularizers, Optional.empty(), true);
    PolicyUpdate.Settings settings =
        new PolicyUpdate.Settings(
            1,
            new AdvantageEstimator.GroupNormalized(),
            objective,
            new ImportanceCorrection.None(),
            aggregation,
            1,
            1,
            2,
            1);
    List<Episodes.Episode> episodes = new Episodes(batch).all();
    List<AdvantageEstimator.Episode> rewarded = new ArrayList<>();
    for (Episodes.Episode e : episodes) {
      double[] rewards = new double[e.length()];
      rewards[e.length() - 1] = e.sample().reward();
      rewarded.add(new AdvantageEstimator.Episode(e.group(), rewards, new double[0], 0));
    }
    List<double[]> advantages = settings.advEstimator().advantages(rewarded);
    List<Minibatches.Learned> learned = new ArrayList<>();
    for (int i = 0; i < episodes.size(); i++) {
      float[][] inputs = new float[objective.lossScript().inputs().size()][];
      Arrays.setAll(inputs, k -> new float[0]);
      for (int k = 0; k < inputs.length; k++) {
        inputs[k] = new float[episodes.get(i).length()];
      }
      Arrays.fill(inputs[0], (float) advantages.get(i)[0]);
      if (episodes.get(i).sample().learned()) {
        learned.add(
            new Minibatches.Learned(episodes.get(i), advantages.get(i), inputs, new float[0]));
      }
    }
    return new Minibatches(settings, 96, learned).deal(1).get(0);
  }

  private static double denominator(List<Shard> shards) {
    return shards.stream().mapToDouble(Shard::denominator).sum();
  }

  private static int rows(List<Shard> shards) {
    return shards.stream()
        .flatMap(s -> s.batch().blocks().stream())
        .mapToInt(TokenBatch.Block::rows)
        .sum();
  }

  @Test
  void infrastructureFailuresLeaveGroupStatisticsAndLoss() {
    RolloutBatch batch = batch(MIXED, UNIFORM);
    assertThat(batch.samples())
        .extracting(RolloutBatch.Sample::counts)
        .containsExactly(true, true, true, false, true, true);
    assertThat(batch.meanScore()).isCloseTo(3.0 / 5, within(1e-12));
    double[] advantages = {1, 2, 3, 4, 5, 6};
    List<RolloutRow> rows = RolloutRow.of("rl", 1, batch, advantages);
    assertThat(rows)
        .extracting(RolloutRow::advantage)
        .containsExactly(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
    assertThat(rows)
        .extracting(r -> r.passed() + " of " + r.total() + " " + r.visiblePassed())
        .startsWith("3 of 3 false", "1 of 3 true");
    assertThat(rows)
        .allMatch(r -> r.wallMs() == 2 && r.cpuMs() == 1)
        .extracting(RolloutRow::groupId)
        .containsExactly("rl/1/0", "rl/1/0", "rl/1/0", "rl/1/0", "rl/1/1", "rl/1/1");
  }

  @Test
  void aCompletionThatWasCutGetsTheFailureValue() {
    RolloutRow cut = RolloutRow.of("rl", 1, batch(MIXED, UNIFORM), new double[6]).get(2);
    assertThat(cut.reward()).isZero();
    assertThat(cut.finishReason()).isEqualTo("length");
    assertThat(cut.outcome()).isEqualTo("PASSED");
    assertThat(cut.solved()).isFalse();
  }

  @Test
  void aCutCompletionMayCountWithoutBeingLearnedFrom() {
    RolloutBatch filtered = batch(ALL, new Overlong.Filter(), 2, List.of(MIXED, UNIFORM));
    assertThat(filtered.samples().get(2).counts()).isTrue();
    assertThat(filtered.samples().get(2).learned()).isFalse();
  }

  /** The plan gets the problem as a failed one, and the metrics count the completion as failed. */
  @Test
  void aCompletionThatPassedAndWasCutDoesNotSolveItsProblem() {
    List<Trace> cut =
        List.of(
            rollout("a", 0, Outcome.PASSED, false, 7),
            rollout("a", 1, Outcome.WRONG_ANSWER, true, 6));
    RolloutBatch batch = batch(cut, UNIFORM);
    assertThat(batch.failed()).containsExactly("a");
    assertThat(RolloutMetrics.of(batch))
        .containsEntry("training/all_failed_groups", 0.5)
        .containsEntry("train/pass@1", 0.5);
  }

  /** Where no completion was cut, the filter changes nothing. */
  @Test
  void theFilterOfCutCompletionsLeavesOthersAlone() {
    List<Trace> ended = List.of(MIXED.get(0), MIXED.get(1));
    RolloutBatch filtered = batch(ALL, new Overlong.Filter(), 2, List.of(ended, UNIFORM));
    RolloutBatch all = batch(ended, UNIFORM);
    assertThat(filtered.samples())
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(all.samples());
  }

  @Test
  void lengthShapesTheRewardButNotTheScore() {
    RolloutBatch shaped = batch(ALL, new Overlong.Penalty(8, 1), 2, List.of(MIXED, UNIFORM));
    assertThat(shaped.samples().get(0).reward()).isCloseTo(1 - 3.0 / 8, within(1e-12));
    assertThat(shaped.samples().get(0).score()).isEqualTo(1);
  }

  @Test
  void eachPartOfTheRewardIsAColumnAndAMetricAndTheirWeightedSumIsTheReward() {
    Rewards rewards =
        new Rewards(
            List.of(
                new Rewards.Part(new Reward.Binary(), 1),
                new Rewards.Part(new Reward.Fraction(), 0.5)));
    RolloutBatch batch = batch(rewards, ALL, NO_LIMIT, 2, List.of(MIXED, UNIFORM));
    List<RolloutRow> rows = RolloutRow.of("rl", 1, batch, new double[6]);
    assertThat(rows)
        .extracting(RolloutRow::rewardParts)
        .containsExactly(
            Map.of("binary", 1.0, "fraction", 1.0),
            Map.of("binary", 0.0, "fraction", 1.0 / 3),
            Map.of("binary", 0.0, "fraction", 0.0),
            Map.of(),
            Map.of("binary", 1.0, "fraction", 1.0),
            Map.of("binary", 1.0, "fraction", 1.0));
    assertThat(rows)
        .extracting(RolloutRow::reward)
        .containsExactly(1.5, 0.5 * (1.0 / 3), 0.0, 0.0, 1.5, 1.5);
    Map<String, Double> metrics = RolloutMetrics.of(batch);
    assertThat(metrics.get("critic/score/binary/mean")).isCloseTo(3.0 / 5, within(1e-12));
    assertThat(metrics.get("critic/score/fraction/mean")).isCloseTo(10.0 / 15, within(1e-12));
    assertThat(metrics.get("critic/score/mean")).isCloseTo(3.0 / 5 + 5.0 / 15, within(1e-12));
  }

  @Test
  void samplesWithoutAdvantageCountInTheDenominatorOnlyUnlessTheLossHasAKlTerm() {
    RolloutBatch batch = batch(MIXED, UNIFORM);
    List<Shard> without = shards(batch, LossAggregation.SEQ_MEAN_TOKEN_MEAN, List.of());
    List<Shard> with = shards(batch, LossAggregation.SEQ_MEAN_TOKEN_MEAN, List.of(KL));
    assertThat(rows(without)).isEqualTo(3);
    assertThat(rows(with)).isEqualTo(5);
    assertThat(denominator(without)).isCloseTo(5, within(1e-9));
    assertThat(denominator(with)).isCloseTo(5, within(1e-9));
  }

  @Test
  void equalCompletionsAreComputedOnceWithTheirNumberAsWeight() {
    List<Trace> twins =
        List.of(
            rollout("a", 1, Outcome.PASSED, true, 5),
            rollout("a", 1, Outcome.PASSED, true, 5),
            rollout("a", 2, Outcome.WRONG_ANSWER, true, 5));
    List<Shard> shards =
        shards(batch(twins, UNIFORM), LossAggregation.SEQ_MEAN_TOKEN_MEAN, List.of());
    assertThat(rows(shards)).isEqualTo(2);
    assertThat(denominator(shards)).isCloseTo(5, within(1e-9));
    for (Shard shard : shards) {
      for (int i = 0; i < shard.inputs()[0].length; i++) {
        assertThat(shard.batch().weights()[i])
            .isCloseTo(shard.inputs()[0][i] > 0 ? 0.4f : 0.2f, within(1e-6f));
      }
    }
  }

  /** Weights of given tokens that keep an advantage, by their order in two completions. */
  private static List<Float> kept(double share) {
    PolicyObjective objective =
        new PolicyObjective(
            new PolicyLoss.Clipped(0.2, 0.2, 3), List.of(KL), Optional.empty(), true);
    PolicyUpdate.Settings settings =
        new PolicyUpdate.Settings(
            1,
            new AdvantageEstimator.GroupCentered(),
            objective,
            new ImportanceCorrection.None(),
            LossAggregation.TOKEN_MEAN,
            1,
            1,
            1,
            share);
    List<Trace> traces =
        List.of(
            given("a", 0, "ggw", Outcome.PASSED),
            given("a", 1, "gggw", Outcome.WRONG_ANSWER),
            rollout("a", 2, Outcome.PASSED, true, 2));
    float[][] entropies = {{1, 3, 9}, {5, 2, 4, 9}, {9, 9}};
    RolloutBatch batch = batch(ALL, NO_LIMIT, 1, List.of(traces));
    List<Minibatches.Learned> learned = new ArrayList<>();
    for (Episodes.Episode e : new Episodes(batch).all()) {
      double[] advantages = new double[e.length()];
      Arrays.fill(advantages, 1);
      float[] first = new float[e.length()];
      Arrays.fill(first, 1);
      float[][] inputs = {first, new float[e.length()]};
      learned.add(new Minibatches.Learned(e, advantages, inputs, entropies[e.index()]));
    }
    Shard shard = new Minibatches(settings, 96, learned).deal(1).get(0).get(0);
    assertThat(shard.denominator()).isEqualTo(9);
    // Longest first.
    List<Float> rows = new ArrayList<>();
    for (int t : new int[] {4, 5, 0, 1, 2}) {
      rows.add(shard.inputs()[0][t]);
    }
    for (int t : new int[] {3, 6, 7, 8}) {
      assertThat(shard.inputs()[0][t]).isEqualTo(1);
    }
    return rows;
  }

  private static Trace given(String id, int sample, String roles, Outcome outcome) {
    int n = roles.length();
    return new Trace(
        id,
        sample,
        PROMPT,
        PROMPT,
        "code",
        new int[n],
        Trace.roles(roles),
        new float[n],
        true,
        new Judged(
            outcome, outcome == Outcome.PASSED ? 3 : 1, 3, false, true, Trust.VALUES, "", 0, 0));
  }

  @Test
  void ofGivenTokensOnlyTheMostUncertainOfAMinibatchKeepTheirAdvantage() {
    assertThat(kept(1)).containsExactly(1f, 1f, 1f, 1f, 1f);
    assertThat(kept(0.6)).containsExactly(0f, 1f, 1f, 0f, 1f);
    assertThat(kept(0.2)).containsExactly(0f, 0f, 1f, 0f, 0f);
    assertThat(kept(0)).containsExactly(0f, 0f, 0f, 0f, 0f);
  }

  @Test
  void aStepWithoutAnyAdvantageStillHasAShard() {
    List<Trace> failed =
        List.of(
            rollout("a", 0, Outcome.RUNTIME_ERROR, true, 5),
            rollout("a", 1, Outcome.RUNTIME_ERROR, true, 5),
            rollout("a", 2, Outcome.SANDBOX_ERROR, true, 5));
    List<Shard> shards = shards(batch(failed, UNIFORM), LossAggregation.TOKEN_MEAN, List.of());
    assertThat(rows(shards)).isOne();
    assertThat(denominator(shards)).isCloseTo(17, within(1e-9));
  }

  @ParameterizedTest
  @EnumSource(names = {"SANDBOX_ERROR", "INVALID_TEST"})
  void aRolloutWhoseGroupWasLostTakesNoPart(Outcome lost) {
    List<Trace> lone =
        List.of(rollout("a", 0, Outcome.PASSED, true, 5), rollout("a", 1, lost, true, 6));
    List<Shard> shards = shards(batch(lone, UNIFORM), LossAggregation.TOKEN_MEAN, List.of(KL));
    assertThat(rows(shards)).isEqualTo(2);
    assertThat(denominator(shards)).isCloseTo(7, within(1e-9));
  }

  @Test
  void groupsWithoutVarianceAreReplacedAndTheSurplusIsDropped() {
    List<Trace> more =
        List.of(
            rollout("c", 0, Outcome.PASSED, true, 5),
            rollout("c", 1, Outcome.WRONG_ANSWER, true, 5));
    RolloutBatch batch = batch(new Selection.MixedGroups(4), NO_LIMIT, 2, List.of(UNIFORM, MIXED));
    assertThat(batch.full()).isFalse();
    batch.add(task("c"), more);
    assertThat(batch.full()).isTrue();
    batch.add(task("d"), more);
    assertThat(batch.groups())
        .extracting(RolloutBatch.Group::learned)
        .containsExactly(false, true, true, false);
    List<Shard> shards = shards(batch, LossAggregation.SEQ_MEAN_TOKEN_MEAN, List.of(KL));
    assertThat(denominator(shards)).isCloseTo(5, within(1e-9));
    assertThat(RolloutRow.of("rl", 1, batch, new double[10])).hasSize(10);
  }

  @Test
  void aGroupWhoseGreedyCompletionWasNotJudgedTakesNoPart() {
    RolloutBatch batch = batch(ALL, NO_LIMIT, 2, List.of());
    batch.add(task("a"), UNIFORM, rollout("a", 0, Outcome.SANDBOX_ERROR, true, 3));
    batch.add(task("b"), UNIFORM, rollout("b", 0, Outcome.PASSED, true, 3));
    assertThat(batch.groups()).extracting(RolloutBatch.Group::learned).containsExactly(false, true);
    assertThat(batch.groups().get(1).greedy()).isEqualTo(1);
  }

  @Test
  void anInvalidTestIsNeitherScoredNorLearnedFrom() {
    List<Trace> mixed = new ArrayList<>(MIXED);
    mixed.add(rollout("a", 4, Outcome.INVALID_TEST, true, 8));
    RolloutBatch.Group group = batch(mixed, UNIFORM).groups().get(0);
    RolloutBatch.Sample lost = group.samples().get(4);
    assertThat(lost.counts() || lost.learned()).isFalse();
    assertThat(group.scores()).hasSize(3);
  }

  @Test
  void metricsDescribeGroupsAndLengths() {
    Map<String, Double> metrics = RolloutMetrics.of(batch(MIXED, UNIFORM));
    assertThat(metrics)
        .containsEntry("training/zero_variance_groups", 0.5)
        .containsEntry("training/all_passed_groups", 0.5)
        .containsEntry("training/all_failed_groups", 0.0)
        .containsEntry("response_length/p95", 8.0)
        .containsEntry("response_length/clip_ratio", 1.0 / 6)
        .containsEntry("train/visible_pass_hidden_fail", 1.0 / 6)
        .containsEntry("train/pass@4", 1.0)
        .containsEntry("sandbox/SANDBOX_ERROR_ratio", 1.0 / 6);
  }
}
