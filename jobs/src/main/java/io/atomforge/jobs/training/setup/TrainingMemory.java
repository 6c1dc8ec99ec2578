package io.atomforge.jobs.training.setup;

import com.sun.management.OperatingSystemMXBean;
import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.training.SupervisedSteps;
import io.atomforge.model.ComputePrecision;
import io.atomforge.model.Footprint;
import io.atomforge.model.Lora;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenBatch;
import io.atomforge.training.Distribution;
import io.atomforge.training.Example;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The memory that a training run takes when it takes most, in bytes, said before it is taken.
 *
 * @param driver native: parameters and the optimizer's two moments in fp32, other models, and
 *     gradients that wait to be added, or their sum where tasks run elsewhere
 * @param heap of the driver's JVM where they do: parameters that are sent and gradients that arrive
 * @param task native, of one task
 * @param tasks at once
 * @param replicas native, of an executor beside its tasks: parameters, while some take the place of
 *     others; none in the driver's JVM
 * @param received of an executor's heap: parameters on their way
 */
public record TrainingMemory(
    long driver, long heap, long task, int tasks, long replicas, long received) {
  private static final double GIB = 1 << 30;

  /**
   * Of a heap, for each number that is broadcast: Spark holds it as it is and in blocks of 4 MiB,
   * which with their headers take three of G1's regions of 2 MiB.
   */
  private static final int SENT_BYTES = 11;

  /**
   * Numbers in native memory.
   *
   * @param trained parameters
   * @param others beside these and their optimizer
   * @param kept on the driver: the moments of further optimizers, and the policy before
   * @param gradients that come of a step
   * @param sent type in which they travel
   */
  record Numbers(long trained, long others, long kept, int gradients, Precision sent) {
    /**
     * @param local whether tasks run in the driver's JVM
     */
    TrainingMemory memory(boolean local, long task, int tasks) {
      if (local) {
        int waiting = Math.max(0, gradients - tasks);
        return new TrainingMemory(
            4 * ((3 + waiting) * trained + others + kept), 0, task, tasks, 0, 0);
      }
      long sentOut = SENT_BYTES * (trained + others);
      return new TrainingMemory(
          4 * (4 * trained + others + kept),
          sentOut + (long) gradients * sent.bytes() * trained,
          task,
          tasks,
          4 * (2 * trained + others),
          sentOut + sent.bytes() * trained);
    }
  }

  /**
   * Of supervised steps, the longest sequences in one batch.
   *
   * @param local whether tasks run in the driver's JVM
   */
  public static TrainingMemory of(
      SftConfig config, ModelConfig model, Collection<Sequence> train, int cores, boolean local) {
    long whole = new ParameterLayout(model).size();
    Optional<Lora> lora = config.lora().lora();
    long trained = lora.map(l -> l.layout(model).size()).orElse(whole);
    LossScript loss = config.objective().lossScript();
    List<Example> longest =
        train.stream()
            .sorted(Comparator.comparingInt(Sequence::length).reversed())
            .limit(config.trainBatchSize())
            .map(s -> SupervisedSteps.example(s, config.lossAggMode(), 1))
            .toList();
    int accumulated = config.gradientAccumulationSteps();
    List<Shard> shards = Sharding.cut(longest, loss, config.gradientShards() * accumulated);
    int gradients = (shards.size() + accumulated - 1) / accumulated;
    Footprint footprint =
        new Footprint(
            model,
            config.precision().precision(),
            loss,
            config.gradientCheckpointing(),
            lora.orElse(null));
    long task = shards.stream().mapToLong(s -> footprint.gradient(s.batch())).max().orElse(0);
    if (config.distribution() instanceof Distribution.LocalSgd) {
      task += 16 * whole; // parameters and an optimizer of its own; 4 stay of those freed before
    }
    long frozen = lora.isPresent() || loss.hasReference() ? whole : 0;
    int tasks = Math.min(cores, Math.min(config.partitions(), gradients));
    if (lora.isPresent()) {
      task = Math.max(task, 4 * whole / tasks); // at the end the merged model, when no task runs
    }
    return new Numbers(trained, frozen, 0, gradients, config.gradientPrecision())
        .memory(local, task, tasks);
  }

  /**
   * Of steps of a reward model, the longest sequences in one batch.
   *
   * @param longest as many as a step has
   * @param local whether tasks run in the driver's JVM
   */
  public static TrainingMemory of(
      RewardConfig config, ModelConfig model, List<Example> longest, int cores, boolean local) {
    LossScript loss = config.objective().lossScript();
    Footprint footprint = new Footprint(model, config.precision().precision(), loss, false);
    List<Shard> shards = Sharding.cut(longest, loss, config.gradientShards());
    long task = shards.stream().mapToLong(s -> footprint.gradient(s.batch())).max().orElse(0);
    int tasks = Math.min(cores, Math.min(config.partitions(), shards.size()));
    return new Numbers(new ParameterLayout(model).size(), 0, 0, shards.size(), Precision.FP32)
        .memory(local, task, tasks);
  }

  /**
   * Of steps of reinforcement learning whose completions are all as long as they may be.
   *
   * @param rewardModel the model that the rewards ask; empty for none
   * @param longest prompt, in tokens
   * @param local whether tasks run in the driver's JVM
   */
  public static TrainingMemory of(
      RlConfig config,
      ModelConfig model,
      Optional<ModelConfig> rewardModel,
      int longest,
      int cores,
      boolean local) {
    long whole = new ParameterLayout(model).size();
    LossScript loss = config.objective().lossScript();
    Footprint footprint = new Footprint(model, config.precision().precision(), loss, false);
    int rows = Math.multiplyExact(config.promptsPerStep(), config.numGenerations());
    int together = Math.min(rows, config.rowsPerBatch());
    TokenBatch scored = longest(config, longest, config.gradientShards());
    TokenBatch learned =
        longest(config, longest, config.gradientShards() * config.numMinibatches());
    long task =
        Math.max(
            footprint.decoding(
                (together + config.numGenerations() - 1) / config.numGenerations(),
                longest,
                together,
                config.maxCompletionLength()),
            Math.max(
                footprint.scoring(scored.blocks(), scored.positions().length),
                footprint.gradient(learned)));
    long others = whole;
    if (rewardModel.isPresent()) {
      others += new ParameterLayout(rewardModel.get()).size();
      Footprint asked =
          new Footprint(rewardModel.get(), config.precision().precision(), loss, false);
      task = Math.max(task, asked.scoring(scored.blocks(), rows));
    }
    int tasks = Math.min(cores, config.partitions());
    int more = (config.plan().supervises() ? 1 : 0) + (config.plan().fitsValues() ? 1 : 0);
    int kept = 2 * more + (config.objective().convex().isPresent() ? 1 : 0);
    return new Numbers(whole, others, kept * whole, config.gradientShards(), Precision.FP32)
        .memory(local, task, tasks);
  }

  /** One of so many pieces of a step whose prompts and completions are all as long as can be. */
  private static TokenBatch longest(RlConfig config, int prompt, int pieces) {
    int prompts = (config.promptsPerStep() + pieces - 1) / pieces;
    int completion = config.maxCompletionLength();
    int[] learned = IntStream.range(prompt, prompt + completion).toArray();
    List<Example> examples = new ArrayList<>();
    for (int p = 0; p < prompts; p++) {
      int[] tokens = new int[prompt + completion];
      tokens[0] = p;
      Example one = new Example(tokens, learned, new float[completion], new float[0][], 1);
      examples.addAll(Collections.nCopies(config.numGenerations(), one));
    }
    return Sharding.cut(examples, LossScript.NEGATIVE_LOG_LIKELIHOOD, 1).get(0).batch();
  }

  /** Prints what the run takes. */
  public void announce(JavaSparkContext spark, ComputePrecision precision) {
    System.err.printf(
        Locale.ROOT,
        "memory: driver %s and %s of heap, each of %d tasks %s%s; arithmetic in %s%n",
        gib(driver),
        gib(heap),
        tasks,
        gib(task),
        spark.isLocal()
            ? ""
            : ", each executor " + gib(replicas) + " beside them and " + gib(received) + " of heap",
        precision);
  }

  /**
   * @param advice what to set to need less
   * @return this
   * @throws ConfigException if all of it is to be on this machine and cannot be, or a heap is too
   *     small
   */
  public TrainingMemory check(JavaSparkContext spark, String advice) {
    if (spark.isLocal()) {
      OperatingSystemMXBean machine =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      refuse(machine.getTotalMemorySize(), advice);
    } else {
      long executors = spark.getConf().getSizeAsBytes("spark.executor.memory", "1g");
      refuseHeap("the driver", heap, Runtime.getRuntime().maxMemory(), "ATOMFORGE_MEMORY");
      refuseHeap("an executor", received, executors, "spark.executor.memory");
    }
    return this;
  }

  /**
   * @param most how far the heap may grow
   * @param setting what says so
   */
  static void refuseHeap(String who, long heap, long most, String setting) {
    if (heap > most) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "memory: %s needs %s of heap and may take %s; set %s=%dg or more",
              who,
              gib(heap),
              gib(most),
              setting,
              1 + (long) Math.ceil(heap / GIB)));
    }
  }

  /**
   * @param machine what there is
   */
  void refuse(long machine, String advice) {
    long all = driver + heap + tasks * task;
    if (all > machine) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "memory: the run needs %s and the machine has %s; %s",
              gib(all),
              gib(machine),
              advice));
    }
  }

  private static String gib(long bytes) {
    return String.format(Locale.ROOT, bytes < 100 << 20 ? "%.3f GiB" : "%.1f GiB", bytes / GIB);
  }
}
