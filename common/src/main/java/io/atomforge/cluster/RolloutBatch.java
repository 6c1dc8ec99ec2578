package io.atomforge.cluster;

import io.atomforge.model.LogProbs;
import io.atomforge.reward.Reward;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Rollout;
import io.atomforge.sandbox.Outcome;
import io.atomforge.tables.RolloutRow;
import io.atomforge.training.Example;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The rollouts of one step with their rewards and advantages. Samples that the sandbox failed on
 * take no part.
 */
public final class RolloutBatch {
  /** A rollout of the batch's {@code prompt}-th prompt. */
  private record Scored(
      int prompt, Rollout rollout, double reward, double advantage, boolean valid) {}

  private final List<PromptTask> tasks;
  private final List<Scored> all;
  private final int zeroVarianceGroups;

  private RolloutBatch(List<PromptTask> tasks, List<Scored> all, int zeroVarianceGroups) {
    this.tasks = tasks;
    this.all = all;
    this.zeroVarianceGroups = zeroVarianceGroups;
  }

  /**
   * A completion that was cut gets the reward's failure value; advantages are taken within each
   * prompt's group. A rollout whose whole group but itself was lost has nothing to be compared with
   * and takes no part either.
   */
  static RolloutBatch score(
      List<PromptTask> tasks,
      List<List<Rollout>> groups,
      Reward reward,
      AdvantageEstimator estimator) {
    List<Scored> all = new ArrayList<>();
    int zeroVariance = 0;
    for (int g = 0; g < groups.size(); g++) {
      List<Rollout> group = groups.get(g);
      List<Rollout> valid =
          group.stream().filter(r -> r.outcome() != Outcome.SANDBOX_ERROR).toList();
      if (valid.size() < Math.min(2, group.size())) {
        valid = List.of();
      }
      double[] rewards =
          valid.stream()
              .mapToDouble(
                  r ->
                      r.finished()
                          ? reward.reward(r.outcome(), r.passed(), r.total())
                          : reward.failure())
              .toArray();
      double[] advantages = rewards.length == 0 ? rewards : estimator.advantages(rewards);
      zeroVariance += Arrays.stream(rewards).distinct().count() <= 1 ? 1 : 0;
      Map<Integer, Integer> places = new HashMap<>();
      for (int i = 0; i < valid.size(); i++) {
        places.put(valid.get(i).sample(), i);
      }
      for (Rollout rollout : group) {
        Integer i = places.get(rollout.sample());
        all.add(
            i == null
                ? new Scored(g, rollout, 0, 0, false)
                : new Scored(g, rollout, rewards[i], advantages[i], true));
      }
    }
    return new RolloutBatch(tasks, all, zeroVariance);
  }

  /**
   * Where the loss has no KL term, a sample with advantage zero has no gradient: it counts in the
   * denominator only.
   *
   * @return shards whose inputs are advantage, old log probability (to be filled) and reference
   *     (likewise)
   */
  List<Shard> shards(
      LossAggregation aggregation,
      int maxCompletionTokens,
      Objective.Clipped objective,
      int count) {
    List<Scored> valid = all.stream().filter(Scored::valid).toList();
    if (valid.isEmpty()) {
      throw new IllegalStateException(
          "The sandbox failed on every rollout of the step; run Doctor");
    }
    List<Scored> kept =
        objective.beta() > 0 ? valid : valid.stream().filter(s -> s.advantage != 0).toList();
    if (kept.isEmpty()) {
      kept = valid.subList(0, 1);
    }
    int inputs = objective.lossScript().inputs().size();
    double skipped = 0;
    for (Scored s : valid) {
      skipped += aggregation.denominator(s.rollout.tokens().length, maxCompletionTokens);
    }
    List<Example> examples = new ArrayList<>();
    for (Scored s : kept) {
      int n = s.rollout.tokens().length;
      double denominator = aggregation.denominator(n, maxCompletionTokens);
      skipped -= denominator;
      int[] prompt = tasks.get(s.prompt).prompt();
      int[] tokens = Arrays.copyOf(prompt, prompt.length + n);
      System.arraycopy(s.rollout.tokens(), 0, tokens, prompt.length, n);
      float[][] values = new float[inputs][n];
      Arrays.fill(values[0], (float) s.advantage);
      float[] weights = new float[n];
      Arrays.fill(weights, (float) aggregation.tokenWeight(n));
      int[] learned = IntStream.range(prompt.length, tokens.length).toArray();
      examples.add(new Example(tokens, learned, weights, values, denominator));
    }
    Example first = examples.get(0);
    double whole = first.denominator() + skipped;
    examples.set(
        0, new Example(first.tokens(), first.learned(), first.weights(), first.inputs(), whole));
    return Sharding.cut(examples, count);
  }

  /** Sets one input of every shard to the log probabilities found for it. */
  static void fill(List<Shard> shards, int input, List<LogProbs> scores) {
    for (int i = 0; i < shards.size(); i++) {
      float[] source = scores.get(i).logProbs();
      System.arraycopy(source, 0, shards.get(i).inputs()[input], 0, source.length);
    }
  }

  /** Mean entropy of the policy over the scored tokens, in nats. */
  static double entropy(List<LogProbs> scores) {
    double sum = 0;
    long n = 0;
    for (LogProbs score : scores) {
      for (float entropy : score.entropies()) {
        sum += entropy;
        n++;
      }
    }
    return n == 0 ? 0 : sum / n;
  }

  /** Mean reward of the samples that take part. */
  public double meanReward() {
    return all.stream().filter(s -> s.valid).mapToDouble(Scored::reward).average().orElse(0);
  }

  /** Mean length of a completion, in tokens. */
  public double meanLength() {
    return all.stream().mapToInt(s -> s.rollout.tokens().length).average().orElse(0);
  }

  /** Tokens sampled. */
  public long tokens() {
    return all.stream().mapToLong(s -> s.rollout.tokens().length).sum();
  }

  /** What the step's rollouts look like, in verl's names. */
  Map<String, Double> metrics() {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("critic/score/mean", meanReward());
    metrics.put("critic/rewards/mean", meanReward());
    metrics.put(
        "critic/advantages/mean", all.stream().mapToDouble(Scored::advantage).average().orElse(0));
    metrics.put("response_length/mean", meanLength());
    metrics.put(
        "response_length/max",
        (double) all.stream().mapToInt(s -> s.rollout.tokens().length).max().orElse(0));
    metrics.put(
        "response_length/clip_ratio",
        all.stream().mapToInt(s -> s.rollout.finished() ? 0 : 1).average().orElse(0));
    metrics.put(
        "prompt_length/mean", tasks.stream().mapToInt(t -> t.prompt().length).average().orElse(0));
    metrics.put("training/zero_variance_groups", (double) zeroVarianceGroups / tasks.size());
    for (Outcome outcome : Outcome.values()) {
      metrics.put(
          "sandbox/" + outcome + "_ratio",
          all.stream().mapToInt(s -> s.rollout.outcome() == outcome ? 1 : 0).average().orElse(0));
    }
    return metrics;
  }

  /**
   * @param promptText gives a problem's prompt
   */
  public List<RolloutRow> rows(String runId, long step, UnaryOperator<String> promptText) {
    List<RolloutRow> rows = new ArrayList<>();
    for (Scored s : all) {
      String id = tasks.get(s.prompt).problemId();
      Rollout r = s.rollout;
      rows.add(
          new RolloutRow(
              runId,
              step,
              id,
              runId + "/" + step + "/" + id,
              r.sample(),
              promptText.apply(id),
              r.completion(),
              r.tokens(),
              r.logProbs(),
              s.reward,
              s.advantage,
              r.outcome().name(),
              r.finished() ? "stop" : "length"));
    }
    return rows;
  }
}
