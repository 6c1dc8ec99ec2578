package io.atomforge.jobs;

import ai.djl.Device;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * How much the resident memory of a process grows by training, and what was predicted. The heap
 * must be resident from the start ({@code JAVA_TOOL_OPTIONS="-Xms2g -XX:+AlwaysPreTouch"}), so that
 * what grows is native memory.
 */
public final class MemoryBenchmark {
  private MemoryBenchmark() {}

  /**
   * @param args shape of {@link TrainBenchmark}, FP32 or BF16, whether to keep layer inputs alone
   *     (true or false), steps (6)
   */
  public static void main(String[] args) throws IOException {
    TrainBenchmark.Shape shape = TrainBenchmark.SHAPES.get(args[0]);
    Precision precision = Precision.valueOf(args[1]);
    boolean recompute = Boolean.parseBoolean(args[2]);
    int steps = args.length > 3 ? Integer.parseInt(args[3]) : 6;
    try (SparkSession session = Sessions.open("MemoryBenchmark")) {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      run(spark, TrainBenchmark.SMALL, precision, recompute, 3);
      System.gc();
      long before = status("VmRSS");
      Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // forgets the greatest so far
      long predicted = run(spark, shape, precision, recompute, steps);
      long grown = status("VmHWM") - before;
      System.out.printf(
          Locale.ROOT,
          "%s %s %s: predicted %.0f MiB, grown %.0f MiB, %+.0f %%%n",
          args[0],
          precision,
          recompute ? "recomputing" : "keeping",
          predicted / 1048576.0,
          grown / 1048576.0,
          100.0 * (predicted - grown) / grown);
    }
  }

  /**
   * @return the bytes predicted
   */
  private static long run(
      JavaSparkContext spark,
      TrainBenchmark.Shape shape,
      Precision precision,
      boolean recompute,
      int steps) {
    try (TrainBenchmark.Ours run = ours(spark, shape, precision, recompute)) {
      run.take(steps);
      TrainingMemory memory = run.memory();
      return memory.driver() + memory.tasks() * memory.task();
    }
  }

  private static TrainBenchmark.Ours ours(
      JavaSparkContext spark, TrainBenchmark.Shape shape, Precision precision, boolean recompute) {
    ParameterLayout layout = new ParameterLayout(shape.config());
    try (Parameters start = Parameters.initial(layout, 1, Device.cpu())) {
      return new TrainBenchmark.Ours(spark, shape, precision, recompute, start, 2);
    }
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
