package io.atomforge.spark;

import ai.djl.Device;
import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.LogProbs;
import io.atomforge.model.Lora;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.training.GradientSource;
import io.atomforge.training.LocalSteps;
import io.atomforge.training.Shard;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Shards are computed by Spark tasks. What changes travels once per call, by broadcast: the
 * parameters, or adapters alone; a frozen base travels once. Tasks in the driver's JVM read and
 * leave everything in its memory. Results depend on the shards and the settings, not on the number
 * of tasks.
 */
public final class SparkGradients implements GradientSource, AutoCloseable {
  /**
   * @param tasks Spark tasks per call; results do not depend on it
   * @param accumulationSteps neighbouring shards whose gradients one task adds before they travel
   * @param fanIn gradients that the driver adds at most; of more, executors first add so many each
   * @param gradientType in which gradients leave the task that computed them
   */
  public record Settings(int tasks, int accumulationSteps, int fanIn, Precision gradientType) {
    /** Every gradient goes to the driver as it is. */
    public static Settings of(int tasks) {
      return new Settings(tasks, 1, Integer.MAX_VALUE, Precision.FP32);
    }

    /**
     * @throws IllegalArgumentException if a number is too small
     */
    public Settings {
      if (tasks < 1 || accumulationSteps < 1 || fanIn < 2) {
        throw new IllegalArgumentException(
            "tasks and gradient_accumulation_steps must be 1 or more and gradient_fan_in 2 or"
                + " more, got "
                + List.of(tasks, accumulationSteps, fanIn));
      }
    }
  }

  /** What one task does with its shards. */
  private interface Task extends Serializable {
    void apply(
        CausalLM model,
        Parameters theta,
        @Nullable Parameters frozen,
        List<Shard> shards,
        Gradient sum);
  }

  private record Group(int index, List<Shard> shards) implements Serializable {}

  /** What a task made of a group. */
  private record Part(Gradient gradient, double seconds) implements AutoCloseable {
    @Override
    public void close() {
      gradient.close();
    }
  }

  private final JavaSparkContext spark;
  private final TaskModel shape;
  private final Settings settings;
  private final boolean sharedMemory;

  /** All parameters are trained, and no loss needs others. */
  public SparkGradients(
      JavaSparkContext spark, ModelConfig config, Precision precision, int tasks) {
    this(
        spark,
        new TaskModel(config, precision, false, null, null),
        Settings.of(tasks),
        spark.isLocal());
  }

  private SparkGradients(
      JavaSparkContext spark, TaskModel shape, Settings settings, boolean sharedMemory) {
    this.spark = spark;
    this.shape = shape;
    this.settings = settings;
    this.sharedMemory = sharedMemory;
  }

  /** The same with other settings. */
  public SparkGradients with(Settings other) {
    return new SparkGradients(spark, shape, other, sharedMemory);
  }

  /** The same with less memory for activations, see {@link CausalLM#recomputing()}. */
  public SparkGradients recomputing() {
    return with(new TaskModel(shape.config(), shape.precision(), true, shape.lora(), shape.base()));
  }

  private SparkGradients with(TaskModel other) {
    return new SparkGradients(spark, other, settings, sharedMemory);
  }

  /** The same without using that tasks may share the driver's memory. */
  SparkGradients apart() {
    return new SparkGradients(spark, shape, settings, false);
  }

  /**
   * The same for a loss that compares with another model of the same shape.
   *
   * @param reference its parameters, which never change
   */
  public SparkGradients comparedWith(Parameters reference) {
    return with(shape.with(shape.lora(), version(reference)));
  }

  /**
   * The same for adapters: the parameters it is then given are theirs.
   *
   * @param base the parameters that they change, also the ones that a loss compares with
   */
  public SparkGradients adapting(Parameters base, Lora lora) {
    return with(shape.with(lora, version(base)));
  }

  private Version version(Parameters parameters) {
    return sharedMemory ? Version.here(parameters) : Version.broadcast(spark, parameters);
  }

  @Override
  public Answer gradients(Parameters theta, List<Shard> shards, double temperature) {
    return answer(
        theta,
        groups(shards, settings.accumulationSteps),
        (model, parameters, frozen, group, own) -> {
          for (Shard s : group) {
            model.gradient(parameters, frozen, s.batch(), s.inputs(), temperature, own);
          }
        });
  }

  @Override
  public Answer changes(
      Parameters theta, List<Shard> shards, double temperature, LocalSteps steps) {
    if (shape.lora() != null) {
      throw new IllegalArgumentException("Adapters take no steps of their own");
    }
    return answer(
        theta,
        groups(shards, steps.learningRates().size()),
        (model, parameters, frozen, group, own) ->
            steps.take(model, parameters, frozen, group, temperature, own));
  }

  private static List<Group> groups(List<Shard> shards, int size) {
    List<Group> groups = new ArrayList<>();
    for (int from = 0; from < shards.size(); from += size) {
      int to = Math.min(shards.size(), from + size);
      groups.add(new Group(groups.size(), new ArrayList<>(shards.subList(from, to))));
    }
    return groups;
  }

  private Answer answer(Parameters theta, List<Group> groups, Task task) {
    long start = System.nanoTime();
    try (Version current = version(theta)) {
      double broadcastSeconds = (System.nanoTime() - start) / 1e9;
      TaskModel here = shape;
      Precision type = settings.gradientType;
      LossScript loss = Shard.loss(groups.stream().flatMap(g -> g.shards().stream()).toList());
      int atOnce =
          Math.min(groups.size(), Math.min(settings.tasks, spark.sc().defaultParallelism()));
      Came came =
          sharedMemory
              ? handed(groups, group -> compute(here, current, group, task, type))
              : collected(
                  groups, theta.layout(), loss, group -> sent(here, current, group, task, type));
      return new Answer(
          came.sum.on(theta.array().getDevice()),
          broadcastSeconds,
          came.computeSeconds / atOnce,
          came.addSeconds,
          current.size(),
          came.bytes);
    }
  }

  private record Came(Gradient sum, double computeSeconds, double addSeconds, long bytes) {}

  /** Adds what tasks elsewhere sent. */
  private Came collected(
      List<Group> groups,
      ParameterLayout layout,
      LossScript loss,
      Function<Group, GradientSums.Sent> compute) {
    List<GradientSums.Sent> answer;
    if (groups.size() <= settings.fanIn) {
      answer = Tasks.run(spark, groups, settings.tasks, compute);
    } else {
      JavaRDD<Group> distributed =
          spark.parallelize(groups, Math.min(settings.tasks, groups.size()));
      answer =
          new ArrayList<>(
              GradientSums.onExecutors(
                      distributed.map(compute), shape, loss, settings.fanIn, groups.size())
                  .collect());
      answer.sort(Comparator.comparingInt(GradientSums.Sent::index));
    }
    long start = System.nanoTime();
    Gradient sum = Gradient.zero(layout, Device.cpu());
    answer.forEach(sent -> sum.add(sent.gradient()));
    return new Came(
        sum,
        answer.stream().mapToDouble(GradientSums.Sent::seconds).sum(),
        (System.nanoTime() - start) / 1e9,
        answer.stream().mapToLong(sent -> sent.gradient().values().size()).sum());
  }

  /** Adds what tasks in this JVM made to the first of it, so that nothing is copied. */
  private Came handed(List<Group> groups, Function<Group, Part> compute) {
    List<Part> parts = Tasks.here(spark, groups, settings.tasks, compute);
    long start = System.nanoTime();
    List<Gradient> gradients = parts.stream().map(Part::gradient).toList();
    while (gradients.size() > settings.fanIn) {
      gradients = GradientSums.neighbours(gradients, settings.fanIn);
    }
    Gradient sum = GradientSums.neighbours(gradients, gradients.size()).get(0);
    parts.subList(1, parts.size()).forEach(part -> part.gradient().close());
    return new Came(
        sum, parts.stream().mapToDouble(Part::seconds).sum(), (System.nanoTime() - start) / 1e9, 0);
  }

  private static Part compute(
      TaskModel shape, Version current, Group group, Task task, Precision type) {
    long start = System.nanoTime();
    LossScript loss = Shard.loss(group.shards());
    CausalLM model = shape.model(loss);
    Gradient own = Gradient.zero(model.layout(), model.device());
    try {
      shape.use(
          current,
          loss,
          (same, theta, frozen) -> {
            task.apply(same, theta, frozen, group.shards(), own);
            return own;
          });
      own.round(type);
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
    return new Part(own, (System.nanoTime() - start) / 1e9);
  }

  private static GradientSums.Sent sent(
      TaskModel shape, Version current, Group group, Task task, Precision type) {
    Part part = compute(shape, current, group, task, type);
    try (Gradient own = part.gradient()) {
      return new GradientSums.Sent(group.index(), own.message(type), part.seconds());
    }
  }

  @Override
  public List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature) {
    TaskModel here = shape;
    try (Version current = version(theta)) {
      Function<Shard, LogProbs> score =
          shard ->
              here.use(
                  current,
                  shard.loss(),
                  (model, parameters, frozen) ->
                      model.logProbs(parameters, frozen, shard.batch(), temperature));
      return sharedMemory
          ? Tasks.here(spark, shards, settings.tasks, score)
          : Tasks.run(spark, shards, settings.tasks, score);
    }
  }

  /** Frees a frozen base on all machines. */
  @Override
  public void close() {
    if (shape.base() != null) {
      shape.base().close();
    }
  }
}
