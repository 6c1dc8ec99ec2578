package io.atomforge.jobs.judge;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.task.JsonRow;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.task.TaskLine;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Predicate;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Completions in files, one a row or a list of them: {@code task_id} (or {@code question_id}, or
 * {@code id}) and {@code completion}, or {@code solution}, {@code code} or {@code code_list}, which
 * are whole programs.
 */
public final class CompletionFiles implements Iterator<CompletionFiles.Completion>, AutoCloseable {
  private static final List<String> KEYS = List.of("completion", "solution", "code", "code_list");

  /**
   * @param whole whether the text is a whole program
   */
  public record Completion(String taskId, String text, boolean whole) implements Serializable {
    /**
     * The task that it answers.
     *
     * @param format name of its form; auto takes a whole program as it is, and another text as a
     *     continuation where the task has a head to continue
     */
    public Task task(TaskLine line, String format) {
      String auto = whole ? "program" : line.continued() ? "continuation" : "fenced_block";
      return line.task(ResponseFormat.named(format.equals("auto") ? auto : format));
    }
  }

  private final RowFiles rows;
  private final Queue<Completion> waiting = new ArrayDeque<>();

  public CompletionFiles(SparkSession spark, String name) {
    this.rows = new RowFiles(spark, "completions", name);
  }

  @Override
  public boolean hasNext() {
    while (waiting.isEmpty() && rows.hasNext()) {
      TaskFiles.read(rows.next(), this::take);
    }
    return !waiting.isEmpty();
  }

  private boolean take(JsonRow row) {
    String id =
        row.name("task_id", "question_id", "id")
            .orElseThrow(() -> new IllegalArgumentException("key 'task_id' must name the task"));
    String key =
        KEYS.stream()
            .filter(row::has)
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("one of the keys " + KEYS + " is needed"));
    JsonNode list = key.equals("code_list") ? row.nested(key) : JsonRow.JSON.missingNode();
    if (list.isArray()) {
      list.forEach(text -> waiting.add(new Completion(id, text.asText(), true)));
    } else {
      waiting.add(new Completion(id, row.text(key), !key.equals("completion")));
    }
    return true;
  }

  @Override
  public Completion next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return waiting.remove();
  }

  /** Those of some tasks, in lists that fit into memory. */
  public Iterator<List<Completion>> chunks(Predicate<String> tasks) {
    Iterator<Completion> all = this;
    Iterator<Completion> wanted =
        new Iterator<>() {
          private @Nullable Completion next;

          @Override
          public boolean hasNext() {
            while (next == null && all.hasNext()) {
              Completion one = all.next();
              next = tasks.test(one.taskId()) ? one : null;
            }
            return next != null;
          }

          @Override
          public Completion next() {
            if (!hasNext() || next == null) {
              throw new NoSuchElementException();
            }
            Completion one = next;
            next = null;
            return one;
          }
        };
    return new Chunks<>(wanted, c -> c.text().length());
  }

  @Override
  public void close() {
    rows.close();
  }
}
