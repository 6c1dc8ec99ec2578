package io.atomforge.jobs;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.OperatingSystemMXBean;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Sessions;
import io.atomforge.jobs.training.SupervisedSteps;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.sandbox.BenchmarkTable;
import io.atomforge.spark.SparkGradients;
import io.atomforge.training.AdamW;
import io.atomforge.training.Schedule;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.LossAggregation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Tokens per second and per core-second of steps as {@link TrainSft} takes them, and of the same
 * steps in transformers and TRL ({@code deploy/train_benchmark.py}): equal parameters, tokens and
 * optimizer, in turn within rounds. Exits 1 if the fp32 losses of the first step differ by more
 * than 1e-5.
 */
public final class TrainBenchmark {
  /**
   * @param rows sequences of a step
   * @param length tokens of each
   */
  record Shape(ModelConfig config, int rows, int length) {}

  static final Shape SMALL = new Shape(ModelConfig.of(16, 1, 2, 1, 32, 64, 128), 4, 128);

  static final Map<String, Shape> SHAPES =
      Map.of(
          "1M", new Shape(ModelConfig.of(128, 4, 4, 2, 384, 512, 128), 64, 128),
          "5M", new Shape(ModelConfig.of(256, 6, 8, 4, 768, 512, 128), 32, 128),
          "30M", new Shape(ModelConfig.of(512, 8, 8, 4, 1536, 8192, 256), 8, 256));
  static final AdamW OPTIMIZER = new AdamW(1e-3, 0.9, 0.95, 1e-8, 0.1);

  /** What a step of ours consists of, see {@link Trainer.Step#costs()}. */
  private static final List<String> PARTS =
      List.of("timing_s/broadcast", "timing_s/compute", "timing_s/aggregate", "timing_s/optimizer");

  /**
   * Some steps of one trainer.
   *
   * @param cpuSeconds of its process
   * @param parts seconds of each of {@link #PARTS}; empty for others
   */
  private record Steps(
      double seconds, double cpuSeconds, List<Double> losses, List<Double> parts) {}

  private interface Runner extends AutoCloseable {
    Steps take(int steps) throws IOException;

    /** The first steps, which do not count. */
    default Steps warmUp() throws IOException {
      return take(2);
    }

    @Override
    void close();
  }

  private TrainBenchmark() {}

  /**
   * @param args 1M, 5M or 30M (1M if absent); a Python with transformers and TRL, or - for none;
   *     rounds (3); steps a round (3); shards a step (2)
   */
  public static void main(String[] args) throws Exception {
    Shape shape = SHAPES.get(args.length > 0 ? args[0] : "1M");
    String python = args.length > 1 ? args[1] : "-";
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
    int steps = args.length > 3 ? Integer.parseInt(args[3]) : 3;
    int shards = args.length > 4 ? Integer.parseInt(args[4]) : 2;
    Path folder = Files.createTempDirectory("train-benchmark");
    List<Sequence> batch = batch(shape);
    ParameterLayout layout = new ParameterLayout(shape.config());
    System.out.printf(
        "%,d parameters, %d x %d tokens%n", layout.size(), shape.rows(), shape.length());
    List<Runner> runners = new ArrayList<>();
    List<String> names = new ArrayList<>();
    boolean equal;
    try (SparkSession session = Sessions.open("TrainBenchmark");
        Parameters start = Parameters.initial(layout, 1, Device.cpu())) {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      for (Precision precision : Precision.values()) {
        names.add("atomforge " + precision.name().toLowerCase(Locale.ROOT));
        runners.add(new Ours(spark, shape, precision, start, shards));
      }
      if (!python.equals("-")) {
        Path checkpoint = folder.resolve("model");
        Checkpoint.of(checkpoint, shape.config(), Map.of()).save(start, Precision.FP32);
        JobRunner.JSON.writeValue(
            checkpoint.resolve("batch.json").toFile(),
            batch.stream().map(Sequence::tokens).toList());
        for (String kind :
            List.of("sdpa fp32", "eager fp32", "trl fp32", "sdpa bf16", "eager bf16", "trl bf16")) {
          names.add(kind);
          List<String> command = new ArrayList<>();
          command.addAll(List.of(python, "deploy/train_benchmark.py", checkpoint.toString()));
          command.addAll(List.of(kind.split(" ")));
          runners.add(new Theirs(new Rival(command, folder.resolve(kind + ".err"))));
        }
      }
      equal = measure(names, runners, rounds, steps, shape.rows() * shape.length());
    } finally {
      runners.forEach(Runner::close);
    }
    System.exit(equal ? 0 : 1);
  }

  private static boolean measure(
      List<String> names, List<Runner> runners, int rounds, int steps, int tokens)
      throws IOException {
    List<Steps> first = new ArrayList<>();
    for (Runner runner : runners) {
      first.add(runner.warmUp());
    }
    List<List<Steps>> taken = runners.stream().<List<Steps>>map(r -> new ArrayList<>()).toList();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < runners.size(); i++) {
        taken.get(i).add(runners.get(i).take(steps));
      }
    }
    System.out.println(
        "runner            first loss  tokens/s  per core-second  ms of a step: broadcast, compute,"
            + " aggregate, optimizer, rest");
    boolean equal = true;
    for (int i = 0; i < runners.size(); i++) {
      double loss = first.get(i).losses().get(0);
      equal &=
          !names.get(i).toLowerCase(Locale.ROOT).endsWith("fp32")
              || Math.abs(loss - first.get(0).losses().get(0)) < 1e-5;
      System.out.printf(
          Locale.ROOT,
          "%-16s %11.6f %9.0f %16.0f  %s%n",
          names.get(i),
          loss,
          steps
              * tokens
              / BenchmarkTable.median(taken.get(i).stream().map(Steps::seconds).toList()),
          steps
              * tokens
              / BenchmarkTable.median(taken.get(i).stream().map(Steps::cpuSeconds).toList()),
          parts(taken.get(i), steps));
    }
    return equal;
  }

  private static String parts(List<Steps> taken, int steps) {
    StringBuilder text = new StringBuilder();
    double named = 0;
    for (int i = 0; i < taken.get(0).parts().size(); i++) {
      int part = i;
      double ms =
          1e3
              / steps
              * BenchmarkTable.median(taken.stream().map(s -> s.parts().get(part)).toList());
      named += ms;
      text.append(String.format(Locale.ROOT, "%.1f ", ms));
    }
    double whole = 1e3 / steps * BenchmarkTable.median(taken.stream().map(Steps::seconds).toList());
    return text.isEmpty() ? "" : text + String.format(Locale.ROOT, "%.1f", whole - named);
  }

  static List<Sequence> batch(Shape shape) {
    Random random = new Random(1);
    return IntStream.range(0, shape.rows())
        .mapToObj(
            i -> {
              int[] tokens = random.ints(shape.length(), 0, shape.config().vocabSize()).toArray();
              int[] first = {tokens[0]};
              int[] rest = Arrays.copyOfRange(tokens, 1, tokens.length);
              return Sequence.of("s" + i, "p" + i, "benchmark", first, rest, 1);
            })
        .toList();
  }

  /** The path of {@link SupervisedSteps}. */
  private static final class Ours implements Runner {
    private final List<Sequence> batch;
    private final int shards;
    private final Parameters theta;
    private final SparkGradients source;
    private final Trainer trainer;

    Ours(JavaSparkContext spark, Shape shape, Precision precision, Parameters start, int shards) {
      batch = batch(shape);
      this.shards = shards;
      theta = start.copy(Device.cpu());
      source = new SparkGradients(spark, shape.config(), precision, shards);
      trainer = new Trainer(theta, OPTIMIZER, new Schedule.Constant(0), 1000, 1, source);
    }

    private List<Shard> shards() {
      return Sharding.cut(
          batch.stream()
              .map(s -> SupervisedSteps.example(s, LossAggregation.TOKEN_MEAN, 1))
              .toList(),
          LossScript.NEGATIVE_LOG_LIKELIHOOD,
          shards);
    }

    @Override
    public Steps take(int steps) {
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      long cpu = system.getProcessCpuTime();
      long begin = System.nanoTime();
      double[] parts = new double[PARTS.size()];
      List<Double> losses = new ArrayList<>();
      for (int i = 0; i < steps; i++) {
        Trainer.Step step = trainer.step(shards(), 1);
        Map<String, Double> costs = step.costs();
        Arrays.setAll(parts, part -> parts[part] + costs.get(PARTS.get(part)));
        losses.add(step.loss());
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      return new Steps(
          seconds,
          (system.getProcessCpuTime() - cpu) / 1e9,
          losses,
          Arrays.stream(parts).boxed().toList());
    }

    /** As in a run of some hundred steps, Spark's code has been compiled. */
    @Override
    public Steps warmUp() {
      Steps first = take(2);
      for (long end = System.nanoTime() + 20_000_000_000L; System.nanoTime() < end; ) {
        take(1);
      }
      return first;
    }

    @Override
    public void close() {
      trainer.close();
      source.close();
      theta.close();
    }
  }

  /** Another trainer in a process of its own, which rests between its turns. */
  private record Theirs(Rival rival) implements Runner {
    @Override
    public Steps take(int steps) throws IOException {
      JsonNode said = rival.ask(steps);
      List<Double> losses = new ArrayList<>();
      said.get("losses").forEach(loss -> losses.add(loss.asDouble()));
      return new Steps(
          said.get("seconds").asDouble(), said.get("cpu_seconds").asDouble(), losses, List.of());
    }

    @Override
    public void close() {
      rival.close();
    }
  }
}
