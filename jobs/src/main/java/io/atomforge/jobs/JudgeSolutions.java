package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static io.atomforge.tables.Tables.VERDICTS;

import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.judge.JudgeFiles;
import io.atomforge.jobs.judge.JudgeSummary;
import io.atomforge.jobs.judge.JudgeTables;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Program;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.Layout;
import io.atomforge.value.Equality;
import java.io.IOException;
import java.util.List;

/**
 * Runs each solution against its tests: from {@code solutions} to {@code verdicts}, or from file to
 * file.
 */
public final class JudgeSolutions {
  /** See {@code conf/judge-solutions.yaml}. */
  public record Config(
      @Operational String warehouse,
      long seed,
      @Operational int partitions,
      SandboxConfig sandbox,
      String solutions,
      String verdicts,
      String format,
      boolean stopAtFirstFailure)
      implements JobConfig {
    public Config {
      Checks.atLeast(1, "partitions", partitions);
      Checks.check(
          solutions.isEmpty() == verdicts.isEmpty(),
          solutions.isEmpty() ? "solutions" : "verdicts",
          "nothing",
          solutions.isEmpty()
              ? "the file of programs that verdicts belongs to"
              : "a file to write, such as verdicts=verdicts.jsonl");
      Checks.check(
          !verdicts.matches(".*\\.(json|csv|tsv|gz)"),
          "verdicts",
          verdicts,
          "a name such as verdicts.jsonl or verdicts.parquet, the formats there are");
      Checks.check(Layout.knows(format), "format", format, "one of " + Layout.NAMES);
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

  static final Job<Config> JOB =
      new Job<>(
              "JudgeSolutions",
              "run programs against their tests in the sandbox; tables or files",
              Config.class,
              List.of(SOLUTIONS, PROBLEMS),
              List.of(VERDICTS),
              JudgeSolutions::run)
          .dependsOn(JudgeSolutions::inputs);

  private JudgeSolutions() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(Config config) {
    return config.solutions().isEmpty()
        ? List.of(Input.Rows.of(SOLUTIONS), Input.Rows.of(PROBLEMS))
        : List.of(Inputs.OfFiles.hadoop(config.solutions()));
  }

  static JudgeSummary run(Warehouse warehouse, Config config) throws IOException {
    config.sandbox().open(config.hashSeed()); // refuses before anything is read
    return config.solutions().isEmpty()
        ? JudgeTables.run(warehouse, config.sandbox(), config.hashSeed(), config.partitions())
        : files(warehouse, config);
  }

  private static JudgeSummary files(Warehouse warehouse, Config config) throws IOException {
    Program.AfterFailure afterFailure =
        config.stopAtFirstFailure() ? Program.AfterFailure.STOP : Program.AfterFailure.GO_ON;
    JudgeOptions defaults =
        new JudgeOptions(config.sandbox().limits(), Equality.DEFAULT, afterFailure);
    return new JudgeFiles(
            warehouse,
            config.sandbox(),
            config.hashSeed(),
            config.format(),
            defaults,
            config.partitions())
        .judge(config.solutions(), config.verdicts());
  }
}
