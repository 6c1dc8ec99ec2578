package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static io.atomforge.tables.Tables.STEP_METRICS;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.atomforge.config.Operational;
import io.atomforge.dataset.Language;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.report.Comparison;
import io.atomforge.jobs.report.RunReport;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.report.Report;
import io.atomforge.report.ReportData;
import io.atomforge.report.SeedSpread;
import io.atomforge.tables.Warehouse;
import java.util.List;
import java.util.stream.Stream;

/**
 * Draws the report from the tables: one HTML file that needs nothing else, about the stages of one
 * run or about several runs beside each other.
 */
public final class WriteReport {
  /**
   * See {@code conf/write-report.yaml}.
   *
   * @param stages run_ids of evaluations, in the order shown
   * @param runs what is compared; empty for a report on the stages
   * @param samplesPerSet problems whose completions are shown
   */
  record Config(
      @Operational String warehouse,
      @Operational String files,
      long seed,
      Language promptLanguage,
      SandboxConfig sandbox,
      String title,
      List<String> stages,
      @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> runs,
      int samplesPerSet,
      SeedSpread seedSpread)
      implements JobConfig {
    Config {
      Checks.atLeast(0, "samples_per_set", samplesPerSet);
      runs = runs.stream().flatMap(names -> Stream.of(names.split("\\s*,\\s*"))).toList();
    }
  }

  record Summary(String answer, String report) {}

  public static final Job<Config> JOB =
      new Job<>(
          "WriteReport",
          "one self-contained HTML file: the answer, curves and samples of a run, or of several",
          Config.class,
          List.of(
              EVALUATIONS,
              STEP_METRICS,
              CHECKPOINTS,
              PROBLEMS,
              REJECTIONS,
              ATOMS,
              SEQUENCES,
              ROLLOUTS),
          List.of(),
          WriteReport::run);

  private WriteReport() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) throws Exception {
    FileStore store = FileStore.open(warehouse, config.files());
    return config.runs().isEmpty()
        ? write(
            store,
            "report/report.html",
            new RunReport(
                    config.title(),
                    config.seed(),
                    config.stages(),
                    config.promptLanguage(),
                    config.samplesPerSet(),
                    config.seedSpread(),
                    config.sandbox())
                .data(warehouse, store))
        : write(
            store,
            "report/comparison.html",
            new Comparison(
                    config.title(), config.seed(), config.promptLanguage(), config.samplesPerSet())
                .of(warehouse, config.runs()));
  }

  /** Writes a page, and says what it says. */
  static Summary write(FileStore store, String file, ReportData data) {
    store.write(file, Report.html(data));
    return new Summary(Report.answer(data), store.address(file));
  }
}
