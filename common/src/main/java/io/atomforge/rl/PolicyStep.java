package io.atomforge.rl;

import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.Parameters;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.RolloutSource;
import io.atomforge.rollout.Trace;
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
   * Rollouts to learn from.
   *
   * @param metrics how they were made
   */
  public record Drawn(RolloutBatch rollouts, Map<String, Double> metrics) {}

  private final RolloutSource sampler;
  private final PolicyUpdate update;
  private final Settings settings;

  public PolicyStep(RolloutSource sampler, PolicyUpdate update, Settings settings) {
    this.sampler = sampler;
    this.update = update;
    this.settings = settings;
  }

  /**
   * Samples with a policy and has the completions judged.
   *
   * @param prompts gives the next prompts, with equally many samples each; asked again while the
   *     selection wants more groups
   */
  public Drawn draw(Parameters policy, Supplier<List<PromptTask>> prompts) {
    long begin = System.nanoTime();
    RolloutBatch batch = null;
    int rounds = 0;
    long cached = 0;
    long judged = 0;
    while (batch == null || !batch.full() && rounds < settings.scoring.selection().rounds()) {
      List<PromptTask> tasks = prompts.get();
      if (batch == null) {
        batch = new RolloutBatch(settings.scoring, tasks.size());
      }
      cached += sample(policy, tasks, batch);
      judged +=
          tasks.stream().mapToInt(task -> task.samples() + (settings.greedyBaseline ? 1 : 0)).sum();
      rounds++;
    }
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("training/generation_rounds", (double) rounds);
    metrics.put("perf/cache_hit_ratio", (double) cached / judged);
    metrics.put("timing_s/gen", (System.nanoTime() - begin) / 1e9);
    return new Drawn(batch, metrics);
  }

  /**
   * Samples prompts once and leaves no completion with a verdict out, such as to measure a policy.
   */
  public RolloutBatch drawAll(Parameters policy, List<PromptTask> tasks) {
    RolloutBatch batch = new RolloutBatch(settings.scoring.ofAll(), tasks.size());
    List<List<Trace>> sampled = sampler.sample(policy, tasks, settings.sampling);
    for (int i = 0; i < tasks.size(); i++) {
      batch.add(tasks.get(i), sampled.get(i));
    }
    return batch;
  }

  /**
   * What a step has drawn and judged before, made anew.
   *
   * @param groups its prompts in order, each with its samples in order
   * @param wanted prompts that it learned from at most
   */
  public RolloutBatch judged(Map<PromptTask, List<Trace>> groups, int wanted) {
    RolloutBatch batch = new RolloutBatch(settings.scoring, wanted);
    groups.forEach(batch::add);
    return batch;
  }

  /**
   * Learns from rollouts.
   *
   * @param trainer holds the policy and takes the optimizer steps
   * @param klBeta weight of the KL in the reward
   * @param seed orders the prompts into minibatches
   * @return with the metrics of the whole step
   */
  public PolicyUpdate.Result learn(Trainer trainer, Drawn drawn, double klBeta, long seed) {
    return learn(update, trainer, drawn, klBeta, seed);
  }

  /** The same in one optimizer step, which of fresh rollouts learns on-policy. */
  public PolicyUpdate.Result learnOnce(Trainer trainer, Drawn drawn, double klBeta, long seed) {
    return learn(update.once(), trainer, drawn, klBeta, seed);
  }

  /**
   * Fits the value head alone to rollouts.
   *
   * @param values changes the value head and nothing else
   * @param passes over the rollouts
   * @param klBeta weight of the KL in the reward, which stays as it is
   * @param seed orders the prompts into minibatches
   * @return with the metrics of the whole step
   */
  public PolicyUpdate.Result fitValues(
      Trainer values, Drawn drawn, int passes, double klBeta, long seed) {
    PolicyUpdate.Result done = learn(update.withPasses(passes), values, drawn, klBeta, seed);
    return new PolicyUpdate.Result(done.advantages(), klBeta, done.metrics());
  }

  private static PolicyUpdate.Result learn(
      PolicyUpdate update, Trainer trainer, Drawn drawn, double klBeta, long seed) {
    long begin = System.nanoTime();
    RolloutBatch batch = drawn.rollouts;
    PolicyUpdate.Result done = update.take(trainer, batch, klBeta, seed);
    double generated = drawn.metrics.getOrDefault("timing_s/gen", 0.0);
    double seconds = generated + (System.nanoTime() - begin) / 1e9;
    Map<String, Double> metrics = new TreeMap<>(done.metrics());
    metrics.putAll(drawn.metrics);
    metrics.put("perf/total_num_tokens", (double) batch.tokens());
    metrics.put("perf/throughput", batch.tokens() / seconds);
    metrics.put("timing_s/step", seconds);
    return new PolicyUpdate.Result(done.advantages(), done.klBeta(), metrics);
  }

  /**
   * @return completions whose verdict was known
   */
  private long sample(Parameters policy, List<PromptTask> tasks, RolloutBatch batch) {
    List<List<Trace>> sampled = sampler.sample(policy, tasks, settings.sampling);
    long cached = sampler.cached();
    List<List<Trace>> greedy = new ArrayList<>();
    if (settings.greedyBaseline) {
      greedy =
          sampler.sample(
              policy, tasks.stream().map(PromptTask::greedy).toList(), settings.sampling.greedy());
      cached += sampler.cached();
    }
    for (int i = 0; i < tasks.size(); i++) {
      if (settings.greedyBaseline) {
        batch.add(tasks.get(i), sampled.get(i), greedy.get(i).get(0));
      } else {
        batch.add(tasks.get(i), sampled.get(i));
      }
    }
    return cached;
  }
}
