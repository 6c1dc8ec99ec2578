package io.atomforge.jobs;

import static org.apache.spark.sql.functions.col;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.Tables;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import io.atomforge.tables.WarehouseFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
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
          "format must be verl, trl, messages, kodcode or humaneval, got " + name);
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
    Config {
      Checks.atLeast(1, "output_files", outputFiles);
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

  record Summary(long rows, List<String> files) {}

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
        config.release().isEmpty() ? current : Release.open(current, config.release());
    warehouse.read(Tables.PROBLEMS); // refuses where there are none
    Dataset<Row> rows = rows(warehouse, config).persist();
    try {
      long count = rows.count();
      if (count == 0) {
        throw new ConfigException(
            "families: no problem of "
                + config.families()
                + " and splits "
                + config.splits()
                + " that the format holds");
      }
      return new Summary(count, write(rows, config));
    } finally {
      rows.unpersist();
    }
  }

  private static Dataset<Row> rows(Warehouse warehouse, Config config) {
    Dataset<Row> rows = SqlScope.rows(warehouse, config.format().view);
    rows = rows.filter(col("language").equalTo(label(config.promptLanguage())));
    if (List.of(rows.columns()).contains("style")) {
      rows = rows.filter(col("style").equalTo(label(config.completionStyle())));
    }
    if (!config.families().isEmpty()) {
      rows = rows.filter(col("family").isin(config.families().toArray()));
    }
    if (!config.splits().isEmpty()) {
      rows = rows.filter(col("split").isin(config.splits().toArray()));
    }
    return rows;
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Rows go to files by their problem, in its order, whatever Spark's partitions are. A file
   * appears whole under its name or not at all.
   */
  private static List<String> write(Dataset<Row> rows, Config config) throws IOException {
    Path name = new Path(config.output());
    FileSystem checked =
        name.getFileSystem(rows.sparkSession().sparkContext().hadoopConfiguration());
    // A local file's checksum would stay behind when the file is renamed.
    FileSystem files =
        checked instanceof LocalFileSystem local ? local.getRawFileSystem() : checked;
    Path output = files.makeQualified(name);
    if (files.exists(output) && files.getFileStatus(output).isDirectory()) {
      throw new ConfigException("output: " + output + " is a folder; name a file");
    }
    WarehouseFolder.checkWritable(rows.sparkSession(), "output", output.getParent());
    Path part = new Path(output.getParent(), "_" + output.getName() + ".part");
    Dataset<Row> cut =
        config.outputFiles() == 1
            ? rows.coalesce(1)
            : rows.repartition(config.outputFiles(), col("problem_id"));
    DataFrameWriter<Row> writer = cut.sortWithinPartitions("problem_id").write().mode("overwrite");
    try {
      if (output.getName().endsWith(".parquet")) {
        writer.parquet(part.toString());
      } else {
        writer.json(part.toString());
      }
      List<String> written = new ArrayList<>();
      FileStatus[] parts = files.listStatus(part, p -> p.getName().startsWith("part-"));
      Arrays.sort(parts); // by name; a partition without rows has no file
      for (FileStatus status : parts) {
        Path target = target(output, written.size(), parts.length, config.outputFiles() == 1);
        files.delete(target, false);
        if (!files.rename(status.getPath(), target)) {
          throw new IOException("cannot rename " + status.getPath() + " to " + target);
        }
        written.add(target.toString());
      }
      return written;
    } finally {
      files.delete(part, true);
    }
  }

  /** {@code train.jsonl}, or {@code train-00000-of-00004.jsonl} where there are several. */
  private static Path target(Path output, int index, int count, boolean alone) {
    String name = output.getName();
    int dot = name.lastIndexOf('.');
    return alone
        ? output
        : new Path(
            output.getParent(),
            "%s-%05d-of-%05d%s"
                .formatted(name.substring(0, dot), index, count, name.substring(dot)));
  }
}
