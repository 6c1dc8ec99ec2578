package io.atomforge.jobs;

import ai.djl.Device;
import io.atomforge.dataset.Sequence;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Sessions;
import io.atomforge.jobs.training.SupervisedSteps;
import io.atomforge.jobs.training.setup.RlConfig;
import io.atomforge.jobs.training.setup.SftConfig;
import io.atomforge.jobs.training.setup.SftStart;
import io.atomforge.jobs.training.setup.TrainingMemory;
import io.atomforge.model.CausalLM;
import io.atomforge.model.Lora;
import io.atomforge.model.LossScript;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.spark.SparkGradients;
import io.atomforge.training.Distribution;
import io.atomforge.training.Example;
import io.atomforge.training.Schedule;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.LossAggregation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * How much the resident memory of a process grows by training, and what its configuration says
 * before. The heap must be resident from the start ({@code JAVA_TOOL_OPTIONS="-Xms2g
 * -XX:+AlwaysPreTouch"}), so that what grows is native memory.
 */
public final class MemoryBenchmark {
  private static final int TASKS = 2;
  private static final int PROMPT = 48;
  private static final int GENERATIONS = 8;

  /** Keys of the configuration, by kind of training. */
  private static final Map<String, List<String>> KINDS =
      Map.of(
          "sft", List.of(),
          "checkpointing", List.of("gradient_checkpointing=true"),
          "lora", List.of("lora.r=16"),
          "lora_dropout", List.of("lora.r=16", "lora.lora_dropout=0.1"),
          "local_sgd",
              List.of(
                  "distribution={type: local_sgd, inner_steps: 2, outer_learning_rate: 0.7,"
                      + " outer_momentum: 0.9}"),
          "rl", List.of());

  private final JavaSparkContext spark;
  private final String kind;
  private final Precision precision;

  private MemoryBenchmark(JavaSparkContext spark, String kind, Precision precision) {
    this.spark = spark;
    this.kind = kind;
    this.precision = precision;
  }

  /**
   * @param args shape of {@link TrainBenchmark}; FP32 or BF16; sft, checkpointing, lora,
   *     lora_dropout, local_sgd or rl; steps (6)
   */
  public static void main(String[] args) throws Exception {
    TrainBenchmark.Shape shape = TrainBenchmark.SHAPES.get(args[0]);
    int steps = args.length > 3 ? Integer.parseInt(args[3]) : 6;
    try (SparkSession session = Sessions.open("MemoryBenchmark")) {
      MemoryBenchmark benchmark =
          new MemoryBenchmark(
              JavaSparkContext.fromSparkContext(session.sparkContext()),
              args[2],
              Precision.valueOf(args[1]));
      benchmark.run(TrainBenchmark.SMALL, 3);
      System.gc();
      long before = status("VmRSS");
      Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // forgets the greatest so far
      long predicted = benchmark.run(shape, steps);
      long grown = status("VmHWM") - before;
      System.out.printf(
          Locale.ROOT,
          "%s %s %s: predicted %.0f MiB, grown %.0f MiB, %+.0f %%%n",
          args[0],
          args[1],
          args[2],
          predicted / 1048576.0,
          grown / 1048576.0,
          100.0 * (predicted - grown) / grown);
    }
  }

  /**
   * @return the bytes predicted
   */
  private long run(TrainBenchmark.Shape shape, int steps) {
    TrainingMemory memory = kind.equals("rl") ? reinforced(shape, steps) : supervised(shape, steps);
    return memory.driver() + memory.tasks() * memory.task();
  }

  private TrainingMemory supervised(TrainBenchmark.Shape shape, int steps) {
    List<String> words = new ArrayList<>(KINDS.get(kind));
    words.addAll(
        List.of(
            "precision=" + precision,
            "train_batch_size=" + shape.rows(),
            "gradient_shards=" + TASKS,
            "partitions=" + TASKS,
            "model_name_or_path=start"));
    SftConfig config = JobRunner.load(TrainSft.JOB, words).bind(SftConfig.class);
    Optional<Lora> lora = config.lora().lora();
    List<Sequence> batch = TrainBenchmark.batch(shape);
    List<Shard> shards =
        Sharding.cut(
            batch.stream()
                .map(s -> SupervisedSteps.example(s, LossAggregation.TOKEN_MEAN, 1).dropping(1))
                .toList(),
            config.objective().lossScript(),
            TASKS);
    try (Parameters base = lora.isPresent() ? initial(shape) : null;
        Parameters theta = lora.isPresent() ? adapters(lora.get(), shape) : initial(shape);
        SparkGradients source = SftStart.source(spark, config, shape.config(), base);
        Trainer trainer = trainer(theta, source)) {
      for (int i = 0; i < steps; i++) {
        if (config.distribution() instanceof Distribution.LocalSgd local) {
          trainer.meet(local, Stream.concat(shards.stream(), shards.stream()).toList(), 2, 1, 1e9);
        } else {
          trainer.step(shards, 1);
        }
      }
    }
    return TrainingMemory.of(config, shape.config(), batch, TASKS, true);
  }

  /** Samples, scores with the start, and learns. */
  private TrainingMemory reinforced(TrainBenchmark.Shape shape, int steps) {
    int rows = Math.max(shape.rows(), TASKS * GENERATIONS);
    int completion = shape.length() - PROMPT;
    RlConfig config =
        JobRunner.load(
                TrainRl.JOB,
                List.of(
                    "precision=" + precision,
                    "prompts_per_step=" + rows / GENERATIONS,
                    "num_generations=" + GENERATIONS,
                    "rows_per_batch=" + rows / TASKS,
                    "max_completion_length=" + completion,
                    "gradient_shards=" + TASKS,
                    "partitions=" + TASKS))
            .bind(RlConfig.class);
    LossScript loss = config.objective().lossScript();
    int[] learned = IntStream.range(PROMPT, shape.length()).toArray();
    List<int[]> prompts = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      int[] tokens = new int[shape.length()];
      Arrays.fill(tokens, i / GENERATIONS % shape.config().vocabSize());
      float[] ones = new float[completion];
      Arrays.fill(ones, 1);
      float[][] inputs = new float[loss.inputs().size()][completion];
      examples.add(new Example(tokens, learned, ones, inputs, completion));
      if (i % GENERATIONS == 0) {
        prompts.add(Arrays.copyOf(tokens, PROMPT));
      }
    }
    List<Shard> shards = Sharding.cut(examples, loss, TASKS);
    CausalLM model =
        CausalLM.shared(
            shape.config(), precision, LossScript.NEGATIVE_LOG_LIKELIHOOD, Device.cpu());
    SamplingSettings sampling = SamplingSettings.sampling(1, completion, -1);
    long[] seeds = LongStream.range(0, (long) rows / TASKS).toArray();
    int middle = prompts.size() / TASKS;
    try (Parameters reference = initial(shape);
        Parameters theta = initial(shape);
        SparkGradients source = new SparkGradients(spark, shape.config(), precision, TASKS);
        Trainer trainer = trainer(theta, source)) {
      for (int i = 0; i < steps; i++) {
        Stream.of(prompts.subList(0, middle), prompts.subList(middle, 2 * middle))
            .parallel()
            .forEach(half -> model.generate(theta, half, GENERATIONS, sampling, seeds));
        source.logProbs(reference, shards, 1);
        trainer.step(shards, 1);
      }
    }
    return TrainingMemory.of(config, shape.config(), Optional.empty(), PROMPT, TASKS, true);
  }

  private static Trainer trainer(Parameters theta, SparkGradients source) {
    return new Trainer(theta, TrainBenchmark.OPTIMIZER, new Schedule.Constant(0), 1000, 1, source);
  }

  private static Parameters initial(TrainBenchmark.Shape shape) {
    return Parameters.initial(new ParameterLayout(shape.config()), 1, Device.cpu());
  }

  private static Parameters adapters(Lora lora, TrainBenchmark.Shape shape) {
    return Parameters.of(
        lora.layout(shape.config()), lora.initial(shape.config(), 1), Device.cpu());
  }

  /** A line of the process's status, in bytes. */
  private static long status(String name) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
