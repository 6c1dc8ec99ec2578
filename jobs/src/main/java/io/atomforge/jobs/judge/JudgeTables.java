package io.atomforge.jobs.judge;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static io.atomforge.tables.Tables.VERDICTS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.data.Counts;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Verdict;
import io.atomforge.synthesis.TestCase;
import io.atomforge.tables.RecordCodec;
import io.atomforge.tables.Rows;
import io.atomforge.tables.VerdictRow;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.Check;
import io.atomforge.value.Equality;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;

/**
 * From table {@code solutions} to table {@code verdicts}. A solution whose content has a verdict
 * there is not judged again. All solutions are read and hashed for that, which costs a small part
 * of judging them: a change feed would tell which solutions changed, but not that their problem's
 * tests, the limits, Python, the isolation or the sandbox did.
 */
public final class JudgeTables {
  /** A program with its tests. */
  public record Task(
      String solutionId, String code, String entryPoint, List<TestCase> tests, String contentHash) {
    private Check check() {
      return Check.of(entryPoint, tests);
    }

    private Task hashed(Sandbox sandbox) {
      String hash = check().contentHash(sandbox, code, options(sandbox));
      return new Task(solutionId, code, entryPoint, tests, hash);
    }
  }

  public static final RecordCodec<Task> TASK = RecordCodec.of(Task.class);

  private JudgeTables() {}

  /**
   * @param hashSeed Python's
   * @param partitions Spark tasks
   */
  public static JudgeSummary run(
      Warehouse warehouse, SandboxConfig sandbox, int hashSeed, int partitions) {
    Dataset<Row> tasks = tasks(warehouse, sandbox, hashSeed);
    Optional<Dataset<Row>> known = known(warehouse);
    Dataset<Row> fresh =
        known
            .map(
                k ->
                    tasks.join(
                        k, tasks.col("content_hash").equalTo(k.col("content_hash")), "left_anti"))
            .orElse(tasks);
    LongAccumulator run = warehouse.spark().sparkContext().longAccumulator("judged");
    LongAccumulator cached = warehouse.spark().sparkContext().longAccumulator("cached");
    // Equal programs come to the same task, where the second finds the first one's result.
    Dataset<Row> judged =
        judge(fresh.repartition(partitions, col("content_hash")), sandbox, hashSeed, run, cached);
    Dataset<Row> verdicts =
        known
            .map(
                k ->
                    judged.unionByName(
                        tasks.select("solution_id", "content_hash").join(k, "content_hash")))
            .orElse(judged);
    Progress.whileRunning(
        warehouse.spark(), "judge", partitions, () -> warehouse.overwrite(VERDICTS, verdicts));
    Dataset<Row> written = warehouse.read(VERDICTS);
    long all = written.count();
    return new JudgeSummary(all, all - run.value(), cached.value(), Counts.of(written, "outcome"));
  }

  /** All solutions as rows of {@link Task}, hashed. */
  private static Dataset<Row> tasks(Warehouse warehouse, SandboxConfig sandbox, int hashSeed) {
    return Rows.map(
        warehouse
            .read(SOLUTIONS)
            .join(
                warehouse.read(PROBLEMS).select("problem_id", "entry_point", "tests"), "problem_id")
            .withColumn("content_hash", lit("")),
        TASK,
        TASK,
        partition -> {
          Sandbox pool = sandbox.open(hashSeed);
          return () -> pool.inOrder(partition.iterator(), t -> t.hashed(pool));
        });
  }

  /** One verdict for each content that was judged before. */
  private static Optional<Dataset<Row>> known(Warehouse warehouse) {
    if (!warehouse.exists(VERDICTS)) {
      return Optional.empty();
    }
    Dataset<Row> before = warehouse.read(VERDICTS);
    return List.of(before.columns()).containsAll(List.of("content_hash", "trust"))
        ? Optional.of(
            before.filter("content_hash <> ''").drop("solution_id").dropDuplicates("content_hash"))
        : Optional.empty();
  }

  /**
   * @param tasks rows of {@link Task}, hashed
   */
  public static Dataset<Row> judge(
      Dataset<Row> tasks,
      SandboxConfig sandbox,
      int hashSeed,
      LongAccumulator run,
      LongAccumulator cached) {
    return Rows.map(
        tasks,
        TASK,
        VERDICTS.codec(),
        partition -> {
          Sandbox pool = CountedSandbox.open(sandbox, hashSeed, cached);
          AtomicLong ended = new AtomicLong();
          TaskContext.get()
              .addTaskCompletionListener((TaskCompletionListener) end -> run.add(ended.get()));
          return () ->
              pool.inOrder(
                  partition.iterator(),
                  task -> {
                    Verdict verdict = task.check().judge(pool, task.code(), options(pool));
                    ended.incrementAndGet();
                    return row(task, verdict);
                  });
        });
  }

  private static JudgeOptions options(Sandbox sandbox) {
    return new JudgeOptions(sandbox.limits(), Equality.DEFAULT, Program.AfterFailure.GO_ON);
  }

  private static VerdictRow row(Task task, Verdict v) {
    return new VerdictRow(
        task.solutionId(),
        v.outcome().name(),
        v.passed(),
        v.total(),
        v.detail(),
        v.wallMs(),
        v.cpuMs(),
        v.peakMemoryKib(),
        v.isolation().name(),
        v.trust().word(),
        v.repeatable() ? task.contentHash() : "");
  }
}
