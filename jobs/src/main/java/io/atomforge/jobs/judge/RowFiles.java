package io.atomforge.jobs.judge;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import io.atomforge.config.ConfigException;
import io.atomforge.task.JsonRow;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The rows of files as JSON objects, one after the other, so that a file of any size needs little
 * memory: JSON lines, a list of objects in a {@code .json} file, either of them with {@code .gz},
 * and Parquet. A name may be that of a folder or a pattern with {@code *}; then the files come in
 * the order of their names.
 */
public final class RowFiles implements Iterator<RowFiles.Line>, AutoCloseable {
  /**
   * A row.
   *
   * @param number of its line, or of its row in a list or in Parquet, from 1
   */
  public record Line(String file, long number, String text) implements Serializable {
    /** Its place, for messages. */
    public String where() {
      return file + ":" + number;
    }
  }

  private interface Source extends Iterator<Line>, AutoCloseable {
    @Override
    default void close() throws IOException {}
  }

  private final SparkSession spark;
  private final String key;
  private final Deque<FileStatus> files;
  private @Nullable Source source;

  /**
   * @param key the config key that named the files, for messages
   * @throws ConfigException if there is no such file
   */
  public RowFiles(SparkSession spark, String key, String name) {
    this.spark = spark;
    this.key = key;
    this.files = new ArrayDeque<>(files(name));
  }

  /** The files, as they are found. */
  List<Path> paths() {
    return files.stream().map(FileStatus::getPath).toList();
  }

  private FileSystem system(Path path) throws IOException {
    return path.getFileSystem(spark.sparkContext().hadoopConfiguration());
  }

  private List<FileStatus> files(String name) {
    try {
      Path path = new Path(name);
      FileSystem system = system(path);
      FileStatus[] found =
          system.exists(path)
              ? new FileStatus[] {system.getFileStatus(path)}
              : system.globStatus(path);
      List<FileStatus> all = new ArrayList<>();
      for (FileStatus status : found == null ? new FileStatus[0] : found) {
        all.addAll(status.isDirectory() ? inside(system, status.getPath()) : List.of(status));
      }
      if (all.isEmpty()) {
        throw new ConfigException(
            key
                + (found == null || found.length == 0
                    ? ": there is no file " + name
                    : ": folder " + name + " has no file to read"));
      }
      return all;
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException(key + ": cannot read " + name + ": " + e.getMessage());
    }
  }

  /** The files of a folder, without those that are no data, such as {@code _SUCCESS}. */
  private static List<FileStatus> inside(FileSystem system, Path folder) throws IOException {
    return Stream.of(system.listStatus(folder))
        .filter(f -> f.isFile() && !f.getPath().getName().matches("[_.].*"))
        .sorted((a, b) -> a.getPath().getName().compareTo(b.getPath().getName()))
        .toList();
  }

  @Override
  public boolean hasNext() {
    while (source == null || !source.hasNext()) {
      close();
      if (files.isEmpty()) {
        return false;
      }
      Path path = files.remove().getPath();
      try {
        source = path.getName().endsWith(".parquet") ? parquet(path) : text(path);
      } catch (IOException e) {
        String why = e instanceof EOFException ? "the file breaks off" : e.getMessage();
        throw new ConfigException(key + ": cannot read " + path + ": " + why);
      }
    }
    return true;
  }

  @Override
  public Line next() {
    if (!hasNext() || source == null) {
      throw new NoSuchElementException();
    }
    Line line = source.next();
    if (line.text().indexOf(TextFile.MALFORMED) >= 0) {
      throw new ConfigException(
          key
              + ": "
              + line.where()
              + ": the line is no text in UTF-8; convert the file, as with iconv -f latin1 -t utf-8");
    }
    return line;
  }

  @Override
  public void close() {
    Source open = source;
    source = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw new ConfigException(key + ": " + e.getMessage());
    }
  }

  private Source text(Path path) throws IOException {
    BufferedReader reader =
        TextFile.open(system(path).open(path), path.getName(), key + ": " + shown(path));
    boolean list = path.getName().matches(".*\\.json(\\.gz)?");
    return list ? new Objects(key, shown(path), reader) : new Lines(key, shown(path), reader);
  }

  /** The file as users name it: without scheme on a local disk. */
  private static String shown(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  private Source parquet(Path path) {
    Iterator<String> rows;
    try {
      rows =
          spark
              .read()
              .parquet(path.toString())
              .orderBy(col("_metadata.row_index"))
              .select(to_json(struct(col("*")), Map.of("ignoreNullFields", "false")))
              .as(Encoders.STRING())
              .toLocalIterator();
    } catch (Exception e) { // Scala throws undeclared
      throw new ConfigException(key + ": " + shown(path) + " is no Parquet file, or a damaged one");
    }
    return new Source() {
      private long number;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Line next() {
        return new Line(shown(path), ++number, rows.next());
      }
    };
  }

  /** The lines of a text that are not empty. */
  private static final class Lines implements Source {
    private final String key;
    private final String file;
    private final BufferedReader reader;
    private @Nullable String line;
    private long number;

    Lines(String key, String file, BufferedReader reader) {
      this.key = key;
      this.file = file;
      this.reader = reader;
    }

    @Override
    public boolean hasNext() {
      try {
        while (line == null || line.isBlank()) {
          line = reader.readLine();
          if (line == null) {
            return false;
          }
          number++;
        }
        return true;
      } catch (IOException e) {
        String why = e instanceof EOFException ? "the file breaks off" : e.getMessage();
        throw new ConfigException(
            key + ": " + file + ":" + (number + 1) + ": cannot be read: " + why);
      }
    }

    @Override
    public Line next() {
      if (line == null) {
        throw new NoSuchElementException();
      }
      Line next = new Line(file, number, line);
      line = null;
      return next;
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  /** The objects of a list, or one after the other. */
  private static final class Objects implements Source {
    private final String key;
    private final String file;
    private final MappingIterator<JsonNode> nodes;
    private long number;

    Objects(String key, String file, Reader reader) throws IOException {
      this.key = key;
      this.file = file;
      this.nodes = JsonRow.JSON.readerFor(JsonNode.class).readValues(reader);
    }

    @Override
    public boolean hasNext() {
      try {
        return nodes.hasNextValue();
      } catch (JsonProcessingException e) {
        throw new ConfigException(
            key + ": " + file + ": no list of JSON objects, line " + e.getLocation().getLineNr());
      } catch (IOException e) {
        throw new ConfigException(key + ": cannot read " + file + ": " + e.getMessage());
      }
    }

    @Override
    public Line next() {
      try {
        return new Line(file, ++number, nodes.nextValue().toString());
      } catch (IOException e) {
        throw new ConfigException(key + ": " + file + ": row " + number + " cannot be read");
      }
    }

    @Override
    public void close() throws IOException {
      nodes.close();
    }
  }
}
