package io.atomforge.cluster;

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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
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
      LossScript loss,
      boolean recompute,
      Lora lora,
      Version base)
      implements Serializable {

    Shape with(Lora adapters, Version other) {
      return new Shape(config, precision, loss, recompute, adapters, other);
    }

    <R> R use(Version current, Work<R> work) {
      CausalLM whole = CausalLM.shared(config, precision, loss, Replica.device());
      CausalLM model = recompute ? whole.recomputing() : whole;
      ParameterLayout layout = lora == null ? model.layout() : lora.layout(config);
      try (Replica frozen = base == null ? null : base.replica(model.layout());
          Replica trained = current.replica(layout)) {
        Parameters reference = frozen == null ? null : frozen.parameters();
        if (lora == null) {
          return work.apply(model, trained.parameters(), reference);
        }
        try (Replica merged =
            current.replica("merged", () -> lora.merge(config, reference, trained.parameters()))) {
          return work.apply(model, merged.parameters(), reference);
        }
      }
    }

    Gradient trained(Gradient full, Version current) {
      if (lora == null) {
        return full;
      }
      try (Replica adapters = current.replica(lora.layout(config))) {
        return lora.gradient(config, full, adapters.parameters());
      }
    }
  }

  private interface Work<R> {
    R apply(CausalLM model, Parameters theta, Parameters reference);
  }

  /** What one task does with its shards. */
  private interface Task extends Serializable {
    Gradient apply(CausalLM model, Parameters theta, Parameters reference, List<Shard> shards);
  }

  private record Group(int index, List<Shard> shards) implements Serializable {}

  private record Part(int index, Gradient gradient, double seconds) implements Serializable {}

  private static final Map<Long, Map<Integer, Part>> LEFT = new ConcurrentHashMap<>();
  private static final AtomicLong CALLS = new AtomicLong();

  private final JavaSparkContext spark;
  private final Shape shape;
  private final Settings settings;
  private final boolean sharedMemory;

  /** All parameters are trained, and the loss needs no others. */
  public SparkGradients(
      JavaSparkContext spark, ModelConfig config, Precision precision, LossScript loss, int tasks) {
    this(
        spark,
        new Shape(config, precision, loss, false, null, null),
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
    return with(new Shape(shape.config, shape.precision, shape.loss, true, shape.lora, shape.base));
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
        (model, parameters, reference, group) ->
            Gradient.sum(
                () ->
                    group.stream()
                        .map(
                            s ->
                                model.gradient(
                                    parameters, reference, s.batch(), s.inputs(), temperature))
                        .iterator()));
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
        (model, parameters, reference, group) ->
            steps.take(model, parameters, reference, group, temperature));
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
      Function<Group, Part> compute = group -> compute(here, current, group, task, type);
      List<Part> parts = sharedMemory ? handed(groups, compute) : collected(groups, compute);
      int atOnce =
          Math.min(groups.size(), Math.min(settings.tasks, spark.sc().defaultParallelism()));
      return new Answer(
          parts.stream().map(Part::gradient).toList(),
          broadcastSeconds,
          parts.stream().mapToDouble(Part::seconds).sum() / atOnce,
          current.size(),
          sharedMemory ? 0 : parts.stream().mapToLong(p -> p.gradient().values().length).sum());
    }
  }

  /** What tasks elsewhere sent. */
  private List<Part> collected(List<Group> groups, Function<Group, Part> compute) {
    if (groups.size() <= settings.fanIn) {
      return Tasks.run(spark, groups, settings.tasks, compute);
    }
    JavaRDD<Group> distributed = spark.parallelize(groups, Math.min(settings.tasks, groups.size()));
    List<Part> answer = new ArrayList<>(added(distributed.map(compute), groups.size()).collect());
    answer.sort(Comparator.comparingInt(Part::index));
    return answer;
  }

  /** What tasks in this JVM left: the same, but nothing is copied. */
  private List<Part> handed(List<Group> groups, Function<Group, Part> compute) {
    long call = CALLS.incrementAndGet();
    Map<Integer, Part> left = new ConcurrentHashMap<>();
    LEFT.put(call, left);
    try {
      Tasks.run(
          spark,
          groups,
          settings.tasks,
          group -> LEFT.get(call).put(group.index(), compute.call(group)));
    } finally {
      LEFT.remove(call);
    }
    List<Part> parts = groups.stream().map(group -> left.get(group.index())).toList();
    int fanIn = settings.fanIn;
    while (parts.size() > fanIn) {
      List<Part> more = parts;
      parts =
          IntStream.range(0, (more.size() + fanIn - 1) / fanIn)
              .mapToObj(
                  i -> sum(i, more.subList(i * fanIn, Math.min(more.size(), (i + 1) * fanIn))))
              .toList();
    }
    return parts;
  }

  private static Part compute(
      Shape shape, Version current, Group group, Task task, Precision type) {
    long start = System.nanoTime();
    Gradient full =
        shape.use(
            current,
            (model, theta, reference) -> task.apply(model, theta, reference, group.shards()));
    Gradient trained = shape.trained(full, current).as(type);
    return new Part(group.index(), trained, (System.nanoTime() - start) / 1e9);
  }

  /** Adds neighbours on executors until the driver has few enough to add. */
  private JavaRDD<Part> added(JavaRDD<Part> parts, int count) {
    int fanIn = settings.fanIn;
    JavaRDD<Part> left = parts;
    for (int n = count; n > fanIn; n = (n + fanIn - 1) / fanIn) {
      left =
          left.mapToPair(p -> new Tuple2<>(p.index() / fanIn, p))
              .groupByKey((n + fanIn - 1) / fanIn)
              .map(entry -> sum(entry._1, entry._2));
    }
    return left;
  }

  private static Part sum(int index, Iterable<Part> parts) {
    List<Part> sorted =
        StreamSupport.stream(parts.spliterator(), false)
            .sorted(Comparator.comparingInt(Part::index))
            .toList();
    Gradient sum = Gradient.sum(sorted.stream().map(Part::gradient).toList());
    return new Part(index, sum, sorted.stream().mapToDouble(Part::seconds).sum());
  }

  @Override
  public List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature) {
    Shape here = shape;
    try (Version current = version(theta)) {
      return Tasks.run(
          spark,
          shards,
          settings.tasks,
          shard ->
              here.use(
                  current,
                  (model, parameters, reference) ->
                      model.logProbs(parameters, shard.batch(), temperature)));
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
