package io.atomforge.jobs;

import static org.apache.spark.sql.functions.col;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.config.Suggestion;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Split;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.Counts;
import io.atomforge.jobs.data.ProblemFiles;
import io.atomforge.jobs.data.Releases;
import io.atomforge.jobs.run.OutputFile;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.Tables;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Writes problems as files in the layout of another project: the rows of the view of its name. */
public final class Export {
  /** Whose layout; each is a {@link View}. */
  enum Format {
    VERL(View.V_VERL),
    TRL(View.V_TRL),
    MESSAGES(View.V_MESSAGES),
    KODCODE(View.V_KODCODE),
    HUMANEVAL(View.V_HUMANEVAL);

    private final View view;

    Format(View view) {
      this.view = view;
    }

    @com.fasterxml.jackson.annotation.JsonCreator
    static Format of(String name) {
      for (Format format : values()) {
        if (format.name().equalsIgnoreCase(name)) {
          return format;
        }
      }
      throw new IllegalArgumentException(
          "must be verl, trl, messages, kodcode or humaneval, got " + name);
    }
  }

  /** See {@code conf/export.yaml}. */
  record Config(
      @Operational String warehouse,
      Format format,
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
    Dataset<Row> chosen = chosen(warehouse.read(Tables.PROBLEMS), config);
    OutputFile.check(warehouse, "output", config.output(), List.of());
    checkFamilies(warehouse.read(Tables.PROBLEMS), config.families());
    Dataset<Row> rows = rows(warehouse, config).persist();
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
                    + name(config));
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

  private static String name(Config config) {
    return label(config.format());
  }

  private static void checkFamilies(Dataset<Row> problems, List<String> families) {
    List<String> known = List.copyOf(Counts.of(problems, "family").keySet());
    for (String family : families) {
      if (!known.contains(family)) {
        throw new ConfigException(
            "families: table problems has none of " + family + Suggestion.of(family, known));
      }
    }
  }

  /** What a reader of the file would not expect. */
  private static void say(Config config, long asked, long left, Map<String, Long> splits) {
    if (left > 0) {
      System.err.printf(
          "Export: %d of the %d problems chosen are left out: format %s cannot say them%n",
          left, asked, name(config));
    }
    long test = splits.getOrDefault(Split.TEST.label(), 0L);
    if (test > 0 && config.splits().isEmpty()) {
      System.err.printf(
          "Export: %d problems of the test split are in the file, which no model may train on;"
              + " splits=[train] leaves them out%n",
          test);
    }
  }

  private static Dataset<Row> chosen(Dataset<Row> rows, Config config) {
    Dataset<Row> chosen = rows;
    if (!config.families().isEmpty()) {
      chosen = chosen.filter(col("family").isin(config.families().toArray()));
    }
    if (!config.splits().isEmpty()) {
      chosen = chosen.filter(col("split").isin(config.splits().toArray()));
    }
    return chosen;
  }

  private static Dataset<Row> rows(Warehouse warehouse, Config config) {
    Dataset<Row> rows = SqlScope.rows(warehouse, config.format().view);
    rows = rows.filter(col("language").equalTo(label(config.promptLanguage())));
    if (List.of(rows.columns()).contains("style")) {
      rows = rows.filter(col("style").equalTo(label(config.completionStyle())));
    }
    return chosen(rows, config);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
