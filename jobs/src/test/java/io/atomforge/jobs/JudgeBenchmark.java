package io.atomforge.jobs;

import static io.atomforge.tables.Tables.VERDICTS;

import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.cli.Sessions;
import io.atomforge.jobs.judge.JudgeTables;
import io.atomforge.jobs.judge.JudgeTables.Task;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.Trust;
import io.atomforge.synthesis.TestCase;
import io.atomforge.tables.Rows;
import io.atomforge.tables.VerdictRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;

/**
 * Programs per second through the stage that judges tables: different programs with five calls
 * each, without a cache. With executors of their own ({@code local-cluster[2,1,1024]}) it can kill
 * some at random meanwhile. Exits 1 if a verdict is wrong, lost or doubled.
 */
public final class JudgeBenchmark {
  private static final int WARM_UP = 2000;
  private static final int PARTITIONS = 8;
  private static final SandboxConfig SANDBOX =
      new SandboxConfig(
          "python3", 0, IsolationLevel.FILTER_ONLY, 2.0, 256, 4096, 8192, 0, Trust.SHARED);

  private JudgeBenchmark() {}

  /**
   * @param args programs, 20000 if absent; executors to kill, none if absent; the seed, 17 if
   *     absent
   */
  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    int kills = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    long seed = args.length > 2 ? Long.parseLong(args[2]) : 17;
    boolean right;
    try (SparkSession spark = Sessions.open("JudgeBenchmark")) {
      right = judge(spark, WARM_UP);
      Thread killer = new Thread(() -> kill(kills, new SplittableRandom(seed)));
      killer.setDaemon(true);
      killer.start();
      right &= judge(spark, count);
    }
    System.out.println(right ? "PASS" : "FAIL");
    System.exit(right ? 0 : 1);
  }

  private static boolean judge(SparkSession spark, int count) {
    List<TestCase> tests = Collections.nCopies(5, new TestCase("[[1, 2, 3]]", "14", true));
    List<Row> rows =
        IntStream.range(0, count)
            .mapToObj(i -> new Task("s" + i, code(i), "f", tests, ""))
            .map(JudgeTables.TASK::toRow)
            .toList();
    Dataset<Row> tasks =
        spark
            .createDataset(rows, Encoders.row(JudgeTables.TASK.schema()))
            .repartition(PARTITIONS)
            .persist();
    tasks.count();
    LongAccumulator any = spark.sparkContext().longAccumulator();
    List<VerdictRow> verdicts = new ArrayList<>();
    long started = System.nanoTime();
    Progress.whileRunning(
        spark,
        "judge",
        PARTITIONS,
        () ->
            verdicts.addAll(
                Rows.collect(VERDICTS, JudgeTables.judge(tasks, SANDBOX, 0, any, any))));
    double seconds = (System.nanoTime() - started) / 1e9;
    tasks.unpersist();
    long passed = verdicts.stream().filter(v -> v.outcome().equals("PASSED")).count();
    long distinct = verdicts.stream().map(VerdictRow::solutionId).distinct().count();
    System.out.printf(
        Locale.ROOT,
        "%s, %s: %d programs, %.0f per second; %d verdicts of %d solutions, %d passed%n",
        spark.sparkContext().master(),
        verdicts.get(0).isolation(),
        count,
        count / seconds,
        verdicts.size(),
        distinct,
        passed);
    return verdicts.size() == count && distinct == count && passed == count;
  }

  private static String code(int i) {
    return """
    def f(xs):  # %d
        total = 0
        for x in xs:
            total += x * x
        return total
    """
        .formatted(i);
  }

  /** Ends executors, which are processes below this one, a second or two apart. */
  private static void kill(int kills, SplittableRandom random) {
    try {
      for (int i = 0; i < kills; i++) {
        Thread.sleep(1000 + random.nextInt(1000));
        List<ProcessHandle> executors =
            ProcessHandle.current()
                .descendants()
                .filter(p -> p.info().command().orElse("").endsWith("java"))
                .toList();
        if (!executors.isEmpty()) {
          executors.get(random.nextInt(executors.size())).destroyForcibly();
          System.out.println("killed one of " + executors.size() + " executors");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
