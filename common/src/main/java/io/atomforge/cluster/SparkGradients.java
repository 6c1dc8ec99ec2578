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
import io.atomforge.training.Shard;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Shards are computed by Spark tasks. What changes travels once per call, by broadcast: the
 * parameters, or adapters alone; a frozen base travels once. Results depend on the shards and the
 * settings, not on the number of tasks.
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
      ModelConfig config, Precision precision, LossScript loss, Lora lora, Broadcast<byte[]> base)
      implements Serializable {

    <R> R use(Broadcast<byte[]> current, Work<R> work) {
      CausalLM model = CausalLM.shared(config, precision, loss, Replica.device());
      try (Replica frozen = base == null ? null : Replica.of(base, model.layout())) {
        Parameters reference = frozen == null ? null : frozen.parameters();
        if (lora == null) {
          try (Replica replica = Replica.of(current, model.layout())) {
            return work.apply(model, replica.parameters(), reference);
          }
        }
        ParameterLayout adapted = lora.layout(config);
        try (Parameters adapters = Parameters.of(adapted, current.value(), model.device());
            Replica merged = Replica.of(current, () -> lora.merge(config, reference, adapters))) {
          return work.apply(model, merged.parameters(), reference);
        }
      }
    }

    Gradient trained(Gradient full, Broadcast<byte[]> current) {
      if (lora == null) {
        return full;
      }
      try (Parameters adapters =
          Parameters.of(lora.layout(config), current.value(), Replica.device())) {
        return lora.gradient(config, full, adapters);
      }
    }
  }

  private interface Work<R> {
    R apply(CausalLM model, Parameters theta, Parameters reference);
  }

  private record Group(int index, List<Shard> shards) implements Serializable {}

  private record Part(int index, Gradient gradient, double seconds) implements Serializable {}

  private final JavaSparkContext spark;
  private final Shape shape;
  private final Settings settings;

  /** All parameters are trained, and the loss needs no others. */
  public SparkGradients(
      JavaSparkContext spark, ModelConfig config, Precision precision, LossScript loss, int tasks) {
    this(spark, new Shape(config, precision, loss, null, null), Settings.of(tasks));
  }

  private SparkGradients(JavaSparkContext spark, Shape shape, Settings settings) {
    this.spark = spark;
    this.shape = shape;
    this.settings = settings;
  }

  /** The same with other settings. */
  public SparkGradients with(Settings other) {
    return new SparkGradients(spark, shape, other);
  }

  /**
   * The same for a loss that compares with another model of the same shape.
   *
   * @param reference its parameters, which never change
   */
  public SparkGradients comparedWith(Parameters reference) {
    return new SparkGradients(
        spark,
        new Shape(
            shape.config,
            shape.precision,
            shape.loss,
            shape.lora,
            spark.broadcast(reference.toBytes())),
        settings);
  }

  /**
   * The same for adapters: the parameters it is then given are theirs.
   *
   * @param base the parameters that they change, also the ones that a loss compares with
   */
  public SparkGradients adapting(Parameters base, Lora lora) {
    return new SparkGradients(
        spark,
        new Shape(shape.config, shape.precision, shape.loss, lora, spark.broadcast(base.toBytes())),
        settings);
  }

  @Override
  public Answer gradients(Parameters theta, List<Shard> shards, double temperature) {
    long start = System.nanoTime();
    Broadcast<byte[]> current = spark.broadcast(theta.toBytes());
    double broadcastSeconds = (System.nanoTime() - start) / 1e9;
    Shape here = shape;
    Precision type = settings.gradientType;
    List<Group> groups = groups(shards);
    try {
      JavaRDD<Part> parts =
          spark
              .parallelize(groups, Math.min(settings.tasks, groups.size()))
              .map(group -> compute(here, current, group, temperature, type));
      List<Part> answer = new ArrayList<>(added(parts, groups.size()).collect());
      answer.sort(Comparator.comparingInt(Part::index));
      int atOnce =
          Math.min(groups.size(), Math.min(settings.tasks, spark.sc().defaultParallelism()));
      return new Answer(
          answer.stream().map(Part::gradient).toList(),
          broadcastSeconds,
          answer.stream().mapToDouble(Part::seconds).sum() / atOnce,
          current.value().length,
          answer.stream().mapToLong(p -> p.gradient().values().length).sum());
    } finally {
      current.unpersist(false);
    }
  }

  private List<Group> groups(List<Shard> shards) {
    List<Group> groups = new ArrayList<>();
    for (int from = 0; from < shards.size(); from += settings.accumulationSteps) {
      int to = Math.min(shards.size(), from + settings.accumulationSteps);
      groups.add(new Group(groups.size(), new ArrayList<>(shards.subList(from, to))));
    }
    return groups;
  }

  private static Part compute(
      Shape shape, Broadcast<byte[]> current, Group group, double temperature, Precision type) {
    long start = System.nanoTime();
    Gradient full =
        shape.use(
            current,
            (model, theta, reference) ->
                Gradient.sum(
                    group.shards().stream()
                        .map(
                            s ->
                                model.gradient(
                                    theta, reference, s.batch(), s.inputs(), temperature))
                        .toList()));
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
    Broadcast<byte[]> current = spark.broadcast(theta.toBytes());
    Shape here = shape;
    try {
      return spark
          .parallelize(shards, Math.min(settings.tasks, shards.size()))
          .map(
              shard ->
                  here.use(
                      current,
                      (model, parameters, reference) ->
                          model.logProbs(parameters, shard.batch(), temperature)))
          .collect();
    } finally {
      current.unpersist(false);
    }
  }

  /** Frees a frozen base on all machines. */
  @Override
  public void close() {
    if (shape.base != null) {
      shape.base.unpersist(false);
    }
  }
}
