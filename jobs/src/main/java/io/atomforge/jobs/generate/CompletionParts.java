package io.atomforge.jobs.generate;

import io.atomforge.config.Basis;
import io.atomforge.config.ConfigException;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;

/**
 * The rows of a result, chunk by chunk in a folder beside the output, until all are there. A job
 * that was stopped finds the chunks that it made if it would make the same again.
 */
public final class CompletionParts {
  private final Warehouse warehouse;
  private final FileSystem files;
  private final Path output;
  private final Path folder;

  /**
   * @param output the file or the Delta table's folder that is made in the end
   * @param basis what the rows depend on
   */
  public CompletionParts(Warehouse warehouse, Path output, Basis basis) throws IOException {
    this.warehouse = warehouse;
    FileSystem checked =
        output.getFileSystem(warehouse.spark().sparkContext().hadoopConfiguration());
    // A local file's checksum would stay behind when the file is renamed.
    files = checked instanceof LocalFileSystem local ? local.getRawFileSystem() : checked;
    this.output = output;
    folder = new Path(output.getParent(), "_" + output.getName() + ".parts");
    Path note = new Path(folder, "_basis");
    if (files.exists(folder) && !(files.exists(note) && read(note).equals(basis.hash()))) {
      files.delete(folder, true);
    }
    if (!files.exists(note)) {
      write(note, List.of(basis.hash()));
    }
  }

  private String read(Path path) throws IOException {
    try (var in = files.open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  private Path part(int chunk) {
    return new Path(folder, "part-%06d.jsonl".formatted(chunk));
  }

  /** Whether an earlier run has made the chunk. */
  public boolean has(int chunk) throws IOException {
    return files.exists(part(chunk));
  }

  /** Saves a chunk whole or not at all. */
  public void save(int chunk, List<String> lines) throws IOException {
    write(part(chunk), lines);
  }

  private void write(Path path, List<String> lines) throws IOException {
    Path pending = new Path(path.getParent(), "_pending");
    try (OutputStream out = files.create(pending, true)) {
      for (String line : lines) {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    files.delete(path, false);
    rename(pending, path);
  }

  private void rename(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("cannot rename " + from + " to " + to);
    }
  }

  /**
   * Makes the output of all chunks.
   *
   * @param chunks how many there are
   * @param delta whether the output is a Delta table
   */
  public void finish(int chunks, boolean delta) throws IOException {
    if (chunks == 0) {
      files.delete(folder, true);
      throw new ConfigException("prompts: there is no row");
    }
    Path whole = new Path(folder, "_whole");
    if (delta) {
      rows(chunks)
          .write()
          .format("delta")
          .mode(SaveMode.Overwrite)
          .option("overwriteSchema", "true")
          .save(output.toString());
    } else if (output.getName().endsWith(".parquet")) {
      rows(chunks).coalesce(1).write().mode(SaveMode.Overwrite).parquet(whole.toString());
      Path made = files.globStatus(new Path(whole, "part-*"))[0].getPath();
      files.delete(output, true);
      rename(made, output);
    } else {
      try (OutputStream out = files.create(whole, true)) {
        for (int i = 0; i < chunks; i++) {
          try (var in = files.open(part(i))) {
            in.transferTo(out);
          }
        }
      }
      files.delete(output, false);
      rename(whole, output);
    }
    files.delete(folder, true);
  }

  private Dataset<Row> rows(int chunks) {
    String[] paths =
        IntStream.range(0, chunks).mapToObj(i -> part(i).toString()).toArray(String[]::new);
    return warehouse.spark().read().json(paths);
  }
}
