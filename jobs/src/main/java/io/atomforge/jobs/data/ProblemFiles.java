package io.atomforge.jobs.data;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Writes rows about problems as files for other programs. */
public final class ProblemFiles {
  private ProblemFiles() {}

  /**
   * Rows go to files by their problem, in its order, whatever Spark's partitions are. A file
   * appears whole under its name or not at all.
   *
   * @param rows with a column problem_id
   * @param file a name that ends with .parquet or .jsonl
   * @param count how many files to write at most
   * @return the names of the files
   */
  public static List<String> write(Dataset<Row> rows, String file, int count) throws IOException {
    Path name = new Path(file);
    FileSystem checked =
        name.getFileSystem(rows.sparkSession().sparkContext().hadoopConfiguration());
    // A local file's checksum would stay behind when the file is renamed.
    FileSystem files =
        checked instanceof LocalFileSystem local ? local.getRawFileSystem() : checked;
    Path output = files.makeQualified(name);
    Path part = new Path(output.getParent(), "_" + output.getName() + ".part");
    Dataset<Row> cut = count == 1 ? rows.coalesce(1) : rows.repartition(count, col("problem_id"));
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
        Path target = target(output, written.size(), parts.length, count == 1);
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
