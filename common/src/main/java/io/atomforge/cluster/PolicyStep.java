package io.atomforge.cluster;

import io.atomforge.model.SamplingSettings;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Rollout;
import io.atomforge.training.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** One step of reinforcement learning: samples and judges prompts, then updates the policy. */
public final class PolicyStep {
  /**
   * Where rollouts come from.
   *
   * @param greedyBaseline whether each prompt also gets a greedy completion to compare with
   */
  public record Settings(
      SamplingSettings sampling, RolloutBatch.Scoring scoring, boolean greedyBaseline) {}

  /**
   * @param update what was learned; its metrics are those of the whole step
   */
  public record Result(RolloutBatch rollouts, PolicyUpdate.Result update) {}

  private final SparkRollouts sampler;
  private final PolicyUpdate update;
  private final Settings settings;

  public PolicyStep(SparkRollouts sampler, PolicyUpdate update, Settings settings) {
    this.sampler = sampler;
    this.update = update;
    this.settings = settings;
  }

  /**
   * @param trainer holds the policy and takes the optimizer steps
   * @param prompts gives the next prompts, with equally many samples each; asked again while the
   *     selection wants more groups
   * @param klBeta weight of the KL in the reward
   * @param seed orders the prompts into minibatches
   */
  public Result take(
      Trainer trainer, Supplier<List<PromptTask>> prompts, double klBeta, long seed) {
    long begin = System.nanoTime();
    RolloutBatch batch = null;
    int rounds = 0;
    long cached = 0;
    while (batch == null || !batch.full() && rounds < settings.scoring.selection().rounds()) {
      List<PromptTask> tasks = prompts.get();
      if (batch == null) {
        batch = new RolloutBatch(settings.scoring, tasks.size());
      }
      sample(trainer, tasks, batch);
      cached += sampler.cached();
      rounds++;
    }
    double generated = (System.nanoTime() - begin) / 1e9;
    PolicyUpdate.Result done = update.take(trainer, batch, klBeta, seed);
    double seconds = (System.nanoTime() - begin) / 1e9;
    Map<String, Double> metrics = new TreeMap<>(done.metrics());
    metrics.put("training/generation_rounds", (double) rounds);
    metrics.put("perf/cache_hit_ratio", (double) cached / batch.samples().size());
    metrics.put("perf/total_num_tokens", (double) batch.tokens());
    metrics.put("perf/throughput", batch.tokens() / seconds);
    metrics.put("timing_s/gen", generated);
    metrics.put("timing_s/step", seconds);
    return new Result(batch, new PolicyUpdate.Result(done.advantages(), done.klBeta(), metrics));
  }

  private void sample(Trainer trainer, List<PromptTask> tasks, RolloutBatch batch) {
    List<List<Rollout>> sampled = sampler.sample(trainer.theta(), tasks, settings.sampling);
    List<List<Rollout>> greedy = new ArrayList<>();
    if (settings.greedyBaseline) {
      greedy =
          sampler.sample(
              trainer.theta(),
              tasks.stream().map(PromptTask::greedy).toList(),
              settings.sampling.greedy());
    }
    for (int i = 0; i < tasks.size(); i++) {
      if (settings.greedyBaseline) {
        batch.add(tasks.get(i), sampled.get(i), greedy.get(i).get(0));
      } else {
        batch.add(tasks.get(i), sampled.get(i));
      }
    }
  }
}
