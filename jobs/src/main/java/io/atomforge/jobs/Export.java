package io.atomforge.jobs;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Split;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.Counts;
import io.atomforge.jobs.data.ExportFormat;
import io.atomforge.jobs.data.ProblemFiles;
import io.atomforge.jobs.data.ProblemSelection;
import io.atomforge.jobs.data.Releases;
import io.atomforge.jobs.run.OutputFile;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Writes problems as files in the layout of another project. */
public final class Export {
  /** See {@code conf/export.yaml}. */
  record Config(
      @Operational String warehouse,
      ExportFormat format,
      String output,
      int outputFiles,
      List<String> families,
      List<String> splits,
      Language promptLanguage,
      Style completionStyle,
      String release)
      implements JobConfig {
    private static final List<String> SPLITS =
        Arrays.stream(Split.values()).map(Split::label).toList();

    Config {
      Checks.atLeast(1, "output_files", outputFiles);
      for (String split : splits) {
        Checks.check(SPLITS.contains(split), "splits", split, "of " + SPLITS);
      }
      Checks.check(
          output.endsWith(".parquet") || output.endsWith(".jsonl"),
          "output",
          output,
          "the name of a .parquet or .jsonl file");
    }

    @Override
    public boolean writes() {
      return false;
    }

    private ProblemSelection selection() {
      return new ProblemSelection(families, splits);
    }
  }

  /**
   * @param leftOut problems that were chosen and have no row in this format
   */
  record Summary(long rows, Map<String, Long> splits, long leftOut, List<String> files) {}

  static final Job<Config> JOB =
      new Job<>(
          "Export",
          "problems as files for verl, TRL, chat fine-tuning, KodCode and HumanEval",
          Config.class,
          List.of(Tables.PROBLEMS, Tables.EVALUATIONS),
          List.of(),
          Export::run);

  private Export() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse current, Config config) throws IOException {
    Warehouse warehouse =
        config.release().isEmpty() ? current : Releases.open(current, config.release());
    Dataset<Row> problems = warehouse.read(Tables.PROBLEMS);
    Dataset<Row> chosen = config.selection().of(problems);
    OutputFile.check(warehouse, "output", config.output(), List.of());
    config.selection().checkFamilies(problems);
    Dataset<Row> all =
        config.format().rows(warehouse, config.promptLanguage(), config.completionStyle());
    Dataset<Row> rows = config.selection().of(all).persist();
    try {
      long count = rows.count();
      long asked = chosen.count();
      if (count == 0) {
        throw new ConfigException(
            asked == 0
                ? "splits: no problem of families "
                    + config.families()
                    + " and splits "
                    + config.splits()
                    + "; empty lists take all"
                : "format: none of the "
                    + asked
                    + " problems chosen fits the format "
                    + config.format().label());
      }
      Map<String, Long> splits =
          Counts.of(chosen.join(rows.select("problem_id").distinct(), "problem_id"), "split");
      long left = asked - splits.values().stream().mapToLong(Long::longValue).sum();
      say(config, asked, left, splits);
      return new Summary(
          count, splits, left, ProblemFiles.write(rows, config.output(), config.outputFiles()));
    } finally {
      rows.unpersist();
    }
  }

  /** What a reader of the file would not expect. */
  private static void say(Config config, long asked, long left, Map<String, Long> splits) {
    if (left > 0) {
      System.err.printf(
          "Export: %d of the %d problems chosen are left out: format %s cannot hold their values%n",
          left, asked, config.format().label());
    }
    long test = splits.getOrDefault(Split.TEST.label(), 0L);
    if (test > 0 && config.splits().isEmpty()) {
      System.err.printf(
          "Export: %d problems of the test split are in the file, which no model may train on;"
              + " splits=[train] leaves them out%n",
          test);
    }
  }
}
