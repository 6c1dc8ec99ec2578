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
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

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

  /**
   * What a task needs to find its model.
   *
   * @param lora null if all parameters are trained
   * @param base the parameters that adapters change or a loss compares with; null if nothing does
   */
  private record Shape(
      ModelConfig config,
      Precision precision,
      boolean recompute,
      @Nullable Lora lora,
      @Nullable Version base)
      implements Serializable {

    Shape with(@Nullable Lora adapters, Version other) {
      return new Shape(config, precision, recompute, adapters, other);
    }

    CausalLM model(LossScript loss) {
      CausalLM model = CausalLM.shared(config, precision, loss, Replica.device());
      model = recompute ? model.recomputing() : model;
      return lora == null ? model : model.adapting(lora);
    }

    <R> R use(Version current, LossScript loss, Work<R> work) {
      CausalLM model = model(loss);
      try (Replica frozen = base == null ? null : base.replica(new ParameterLayout(config));
          Replica trained = current.replica(model.layout())) {
        return work.apply(model, trained.parameters(), frozen == null ? null : frozen.parameters());
      }
    }
  }

  private interface Work<R> {
    R apply(CausalLM model, Parameters theta, @Nullable Parameters frozen);
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

  /** The same on its way to the driver. */
  private record Sent(int index, Gradient.Message gradient, double seconds)
      implements Serializable {}

  private final JavaSparkContext spark;
  private final Shape shape;
  private final Settings settings;
  private final boolean sharedMemory;

  /** All parameters are trained, and no loss needs others. */
  public SparkGradients(
      JavaSparkContext spark, ModelConfig config, Precision precision, int tasks) {
    this(
        spark,
        new Shape(config, precision, false, null, null),
        Settings.of(tasks),
        spark.isLocal());
  }

  private SparkGradients(
      JavaSparkContext spark, Shape shape, Settings settings, boolean sharedMemory) {
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
    return with(new Shape(shape.config, shape.precision, true, shape.lora, shape.base));
  }

  private SparkGradients with(Shape other) {
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
    return with(shape.with(shape.lora, version(reference)));
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
    if (shape.lora != null) {
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
      Shape here = shape;
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
      List<Group> groups, ParameterLayout layout, LossScript loss, Function<Group, Sent> compute) {
    List<Sent> answer;
    if (groups.size() <= settings.fanIn) {
      answer = Tasks.run(spark, groups, settings.tasks, compute);
    } else {
      JavaRDD<Group> distributed =
          spark.parallelize(groups, Math.min(settings.tasks, groups.size()));
      answer = new ArrayList<>(added(distributed.map(compute), loss, groups.size()).collect());
      answer.sort(Comparator.comparingInt(Sent::index));
    }
    long start = System.nanoTime();
    Gradient sum = Gradient.zero(layout, Device.cpu());
    answer.forEach(sent -> sum.add(sent.gradient()));
    return new Came(
        sum,
        answer.stream().mapToDouble(Sent::seconds).sum(),
        (System.nanoTime() - start) / 1e9,
        answer.stream().mapToLong(sent -> sent.gradient().values().size()).sum());
  }

  /** Adds what tasks in this JVM made to the first of it, so that nothing is copied. */
  private Came handed(List<Group> groups, Function<Group, Part> compute) {
    List<Part> parts = Tasks.here(spark, groups, settings.tasks, compute);
    long start = System.nanoTime();
    List<Gradient> gradients = parts.stream().map(Part::gradient).toList();
    while (gradients.size() > settings.fanIn) {
      gradients = paired(gradients, settings.fanIn);
    }
    Gradient sum = paired(gradients, gradients.size()).get(0);
    parts.subList(1, parts.size()).forEach(part -> part.gradient().close());
    return new Came(
        sum, parts.stream().mapToDouble(Part::seconds).sum(), (System.nanoTime() - start) / 1e9, 0);
  }

  /** Neighbours added to the first of them, as executors would. */
  private static List<Gradient> paired(List<Gradient> gradients, int fanIn) {
    List<Gradient> sums = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      if (i % fanIn == 0) {
        sums.add(gradients.get(i));
      } else {
        sums.get(sums.size() - 1).add(gradients.get(i));
      }
    }
    return sums;
  }

  private static Part compute(
      Shape shape, Version current, Group group, Task task, Precision type) {
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

  private static Sent sent(Shape shape, Version current, Group group, Task task, Precision type) {
    Part part = compute(shape, current, group, task, type);
    try (Gradient own = part.gradient()) {
      return new Sent(group.index(), own.message(type), part.seconds());
    }
  }

  /** Adds neighbours on executors until the driver has few enough to add. */
  private JavaRDD<Sent> added(JavaRDD<Sent> parts, LossScript loss, int count) {
    int fanIn = settings.fanIn;
    Shape here = shape;
    JavaRDD<Sent> left = parts;
    for (int n = count; n > fanIn; n = (n + fanIn - 1) / fanIn) {
      left =
          left.mapToPair(p -> new Tuple2<>(p.index() / fanIn, p))
              .groupByKey((n + fanIn - 1) / fanIn)
              .map(entry -> sum(here, loss, entry._1, entry._2));
    }
    return left;
  }

  private static Sent sum(Shape shape, LossScript loss, int index, Iterable<Sent> parts) {
    List<Sent> sorted =
        StreamSupport.stream(parts.spliterator(), false)
            .sorted(Comparator.comparingInt(Sent::index))
            .toList();
    try (Gradient sum = Gradient.zero(shape.model(loss).layout(), Device.cpu())) {
      sorted.forEach(part -> sum.add(part.gradient()));
      double seconds = sorted.stream().mapToDouble(Sent::seconds).sum();
      return new Sent(index, sum.message(Precision.FP32), seconds);
    }
  }

  @Override
  public List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature) {
    Shape here = shape;
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
    if (shape.base != null) {
      shape.base.close();
    }
  }
}
