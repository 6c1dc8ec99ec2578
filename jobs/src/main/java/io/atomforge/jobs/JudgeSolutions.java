package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static io.atomforge.tables.Tables.VERDICTS;
import static org.apache.spark.sql.functions.col;

import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.Equality;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Verdict;
import io.atomforge.synthesis.TestCase;
import io.atomforge.tables.RecordCodec;
import io.atomforge.tables.VerdictRow;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Runs each solution against its tests: from {@code solutions} to {@code verdicts}, or from file to
 * file.
 */
public final class JudgeSolutions {
  /** See {@code conf/judge-solutions.yaml}. */
  record Config(
      String warehouse,
      long seed,
      int partitions,
      SandboxConfig sandbox,
      String solutions,
      String verdicts,
      boolean stopAtFirstFailure)
      implements JobConfig {
    Config {
      Checks.atLeast(1, "partitions", partitions);
      Checks.check(
          solutions.isEmpty() == verdicts.isEmpty(),
          "verdicts",
          verdicts,
          "set together with solutions");
      Checks.check(
          !stopAtFirstFailure || !solutions.isEmpty(),
          "stop_at_first_failure",
          stopAtFirstFailure,
          "false without solutions: verdicts of the tables count every test");
    }

    @Override
    public boolean writes() {
      return solutions.isEmpty();
    }

    /** Python's hash seed: the run's own. */
    int hashSeed() {
      return (int) (seed & Integer.MAX_VALUE);
    }
  }

  record Summary(long judged, Map<String, Long> outcomes) {}

  /** A program with its tests. */
  record Task(String solutionId, String code, String entryPoint, List<TestCase> tests) {}

  static final Job<Config> JOB =
      new Job<>(
          "JudgeSolutions",
          "run programs against their tests in the sandbox; tables or files",
          Config.class,
          List.of(SOLUTIONS, PROBLEMS),
          List.of(VERDICTS),
          JudgeSolutions::run);

  private static final int BATCH = 64;

  private JudgeSolutions() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) throws IOException {
    return config.solutions().isEmpty() ? tables(warehouse, config) : files(warehouse, config);
  }

  private static Summary tables(Warehouse warehouse, Config config) {
    Dataset<Row> tasks =
        warehouse
            .read(SOLUTIONS)
            .join(
                warehouse.read(PROBLEMS).select("problem_id", "entry_point", "tests"), "problem_id")
            .select("solution_id", "code", "entry_point", "tests")
            .repartition(config.partitions(), col("solution_id"));
    SandboxConfig sandbox = config.sandbox();
    int hashSeed = config.hashSeed();
    Dataset<Row> verdicts =
        Warehouse.map(
            tasks,
            RecordCodec.of(Task.class),
            VERDICTS.codec(),
            partition -> {
              List<VerdictRow> out = new ArrayList<>();
              List<Task> batch = new ArrayList<>();
              for (Task task : partition) {
                batch.add(task);
                if (batch.size() == BATCH) {
                  judge(batch, sandbox, hashSeed, out);
                }
              }
              judge(batch, sandbox, hashSeed, out);
              return out;
            });
    Progress.whileRunning(
        warehouse.spark(),
        "judge",
        config.partitions(),
        () -> warehouse.overwrite(VERDICTS, verdicts));
    Dataset<Row> judged = warehouse.read(VERDICTS);
    return new Summary(judged.count(), SynthesizeProblems.counts(judged, "outcome"));
  }

  private static void judge(
      List<Task> batch, SandboxConfig sandbox, int hashSeed, List<VerdictRow> out) {
    List<Program> programs = new ArrayList<>();
    List<List<String>> expected = new ArrayList<>();
    for (Task task : batch) {
      programs.add(
          new Program(
              task.code(),
              task.entryPoint(),
              task.tests().stream().map(t -> new Call(t.argsJson())).toList()));
      expected.add(task.tests().stream().map(TestCase::expectedJson).toList());
    }
    List<Verdict> verdicts = sandbox.open(hashSeed).judgeAll(programs, expected);
    for (int i = 0; i < batch.size(); i++) {
      Verdict v = verdicts.get(i);
      out.add(
          new VerdictRow(
              batch.get(i).solutionId(),
              v.outcome().name(),
              v.passed(),
              v.total(),
              v.detail(),
              v.wallMs(),
              v.cpuMs(),
              v.peakMemoryKib(),
              v.isolation().name()));
    }
    batch.clear();
  }

  private static Summary files(Warehouse warehouse, Config config) throws IOException {
    SandboxConfig sandbox = config.sandbox();
    int hashSeed = config.hashSeed();
    JudgeOptions defaults =
        new JudgeOptions(
            sandbox.limits(),
            Equality.DEFAULT,
            config.stopAtFirstFailure() ? Program.AfterFailure.STOP : Program.AfterFailure.GO_ON);
    Map<String, Long> outcomes =
        new JudgeFiles(warehouse, () -> sandbox.open(hashSeed), defaults)
            .judge(config.solutions(), config.verdicts(), config.partitions());
    return new Summary(outcomes.values().stream().mapToLong(n -> n).sum(), outcomes);
  }
}
