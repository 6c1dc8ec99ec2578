package io.atomforge.cluster;

import io.atomforge.model.LogProbs;
import io.atomforge.model.Parameters;
import io.atomforge.model.SamplingSettings;
import io.atomforge.reward.Reward;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Rollout;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Shard;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.Objective;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One step of reinforcement learning: samples and judges, scores, then updates the policy. */
public final class PolicyStep {
  /**
   * What a step does, in the names of the config.
   *
   * @param sampling its temperature also divides the logits of the log probabilities
   * @param numIterations optimizer steps per batch of rollouts
   * @param gradientShards pieces that a batch is cut into
   */
  public record Settings(
      SamplingSettings sampling,
      Reward reward,
      AdvantageEstimator advEstimator,
      Objective.Clipped objective,
      LossAggregation lossAggMode,
      int numIterations,
      int gradientShards) {}

  /**
   * @param metrics by verl's names
   */
  public record Result(RolloutBatch rollouts, Map<String, Double> metrics) {}

  private final SparkRollouts sampler;
  private final GradientSource source;
  private final Parameters reference;
  private final Settings settings;

  /**
   * @param reference the policy that the KL term compares with; the caller closes it
   */
  public PolicyStep(
      SparkRollouts sampler, GradientSource source, Parameters reference, Settings settings) {
    this.sampler = sampler;
    this.source = source;
    this.reference = reference;
    this.settings = settings;
  }

  /**
   * @param trainer holds the policy and takes the optimizer steps
   * @param tasks with equally many samples each
   */
  public Result take(Trainer trainer, List<PromptTask> tasks) {
    long begin = System.nanoTime();
    double temperature = settings.sampling.temperature();
    List<List<Rollout>> sampled = sampler.sample(trainer.theta(), tasks, settings.sampling);
    double generated = (System.nanoTime() - begin) / 1e9;
    RolloutBatch rollouts =
        RolloutBatch.score(tasks, sampled, settings.reward, settings.advEstimator);
    List<Shard> shards =
        rollouts.shards(
            settings.lossAggMode,
            settings.sampling.maxNewTokens(),
            settings.objective,
            settings.gradientShards);
    List<LogProbs> scores = source.logProbs(trainer.theta(), shards, temperature);
    RolloutBatch.fill(shards, 1, scores);
    if (settings.objective.beta() > 0) {
      RolloutBatch.fill(shards, 2, source.logProbs(reference, shards, temperature));
    }
    Trainer.Step done = null;
    for (int i = 0; i < settings.numIterations; i++) {
      done = trainer.step(shards, temperature);
    }
    Map<String, Double> metrics = new LinkedHashMap<>(rollouts.metrics());
    List<String> statistics = settings.objective.lossScript().statistics();
    for (int i = 0; i < statistics.size(); i++) {
      metrics.put("actor/" + statistics.get(i), done.statistics()[i]);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    metrics.put("actor/entropy", RolloutBatch.entropy(scores));
    metrics.put("actor/grad_norm", done.gradNorm());
    metrics.put("actor/lr", done.learningRate());
    metrics.put(
        "perf/cache_hit_ratio",
        (double) sampler.cached() / (tasks.size() * tasks.get(0).samples()));
    metrics.put("timing_s/gen", generated);
    metrics.put("timing_s/update_actor", done.gradientSeconds());
    metrics.put("timing_s/aggregate", done.updateSeconds());
    metrics.put("timing_s/step", seconds);
    metrics.put("perf/total_num_tokens", (double) rollouts.tokens());
    metrics.put("perf/throughput", rollouts.tokens() / seconds);
    return new Result(rollouts, metrics);
  }
}
