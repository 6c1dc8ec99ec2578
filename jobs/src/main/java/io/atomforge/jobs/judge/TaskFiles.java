package io.atomforge.jobs.judge;

import io.atomforge.config.ConfigException;
import io.atomforge.task.JsonRow;
import io.atomforge.task.Layout;
import io.atomforge.task.TaskLine;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** The tasks of files in one of the layouts of {@link Layout}. */
public final class TaskFiles implements Iterator<TaskLine>, AutoCloseable {
  /** A task and the length of its row, in characters. */
  private record Sized(TaskLine task, long length) {}

  private final RowFiles rows;
  private final Names names = new Names();
  private final String format;

  /**
   * @param key the config key that named the files, for messages
   * @param format a layout's name, or auto
   * @throws ConfigException if there is no such file
   */
  public TaskFiles(SparkSession spark, String key, String name, String format) {
    this.rows = new RowFiles(spark, key, name);
    this.format = format;
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  /**
   * @throws ConfigException naming the row that is no task, or whose name came before
   */
  @Override
  public TaskLine next() {
    return sized().task;
  }

  /** The tasks in lists that fit into memory. */
  public Iterator<List<TaskLine>> chunks() {
    Iterator<Sized> sized =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return rows.hasNext();
          }

          @Override
          public Sized next() {
            return sized();
          }
        };
    Chunks<Sized> chunks = new Chunks<>(sized, Sized::length);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return chunks.hasNext();
      }

      @Override
      public List<TaskLine> next() {
        return chunks.next().stream().map(Sized::task).toList();
      }
    };
  }

  private Sized sized() {
    RowFiles.Line line = rows.next();
    return read(
        line,
        row -> {
          TaskLine task = Layout.read(format, row);
          JsonRow.require(!task.prompt().isEmpty(), "the task has no prompt");
          task.check(); // says what is wrong with the tests while the row is at hand
          String id = task.id().isEmpty() ? Long.toString(line.number()) : task.id();
          JsonRow.require(names.add(id), "task " + id + " stands twice");
          return new Sized(task.named(id), line.text().length());
        });
  }

  /** The last part of a name without its endings, such as HumanEval. */
  public static String baseName(String name) {
    return new Path(name).getName().replaceAll("\\.(jsonl?|parquet|gz)\\b", "");
  }

  /** Reads a row; what is wrong with it is told with its place. */
  static <T> T read(RowFiles.Line line, Function<JsonRow, T> reader) {
    try {
      return reader.apply(JsonRow.parse(line.text()));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(line.where() + ": " + e.getMessage());
    }
  }

  @Override
  public void close() {
    rows.close();
  }
}
