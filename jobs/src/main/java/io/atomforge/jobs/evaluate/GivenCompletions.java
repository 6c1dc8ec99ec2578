package io.atomforge.jobs.evaluate;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.judge.CompletionFiles;
import io.atomforge.jobs.judge.CompletionFiles.Completion;
import io.atomforge.jobs.judge.TaskFiles;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.Task;
import io.atomforge.task.TaskLine;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Completions of a file, judged by the tasks of another. The tasks are held in memory some at a
 * time; for each such part the completions are read again.
 *
 * @param layout how the tasks are written, or auto
 * @param format name of the completions' form, or auto
 * @param partitions Spark tasks at a time
 */
public record GivenCompletions(
    Warehouse warehouse, SandboxConfig sandbox, String layout, String format, int partitions) {
  /** A completion of the task at a place. */
  private record Item(int place, Completion completion) implements Serializable {}

  /** How one ended. */
  private record Ended(int place, Outcome outcome) implements Serializable {}

  /**
   * @throws ConfigException if a task has no completion, or a completion no task
   */
  public List<EvaluationRow> rows(String runId, String problems, String completions) {
    String set = TaskFiles.baseName(problems);
    List<EvaluationRow> rows = new ArrayList<>();
    Set<String> unknown = unknown(problems, completions);
    if (!unknown.isEmpty()) {
      throw new ConfigException(
          "completions: "
              + completions
              + " has task "
              + unknown.iterator().next()
              + ", which "
              + problems
              + " lacks");
    }
    try (TaskFiles tasks = new TaskFiles(warehouse.spark(), "problems", problems, layout)) {
      Iterator<List<TaskLine>> chunks = tasks.chunks();
      while (chunks.hasNext()) {
        List<TaskLine> chunk = chunks.next();
        List<Map<String, Long>> outcomes = outcomes(chunk, completions);
        for (int i = 0; i < chunk.size(); i++) {
          if (outcomes.get(i).isEmpty()) {
            throw new ConfigException(
                "completions: "
                    + completions
                    + " has none for task "
                    + chunk.get(i).id()
                    + "; pass@k needs completions of every task of "
                    + problems);
          }
          rows.add(row(runId, set, completions, chunk.get(i).id(), outcomes.get(i)));
        }
      }
    }
    return rows;
  }

  private Set<String> unknown(String problems, String completions) {
    Set<String> asked = new HashSet<>();
    try (CompletionFiles files = new CompletionFiles(warehouse.spark(), completions)) {
      files.forEachRemaining(c -> asked.add(c.taskId()));
    }
    try (TaskFiles tasks = new TaskFiles(warehouse.spark(), "problems", problems, layout)) {
      tasks.forEachRemaining(t -> asked.remove(t.id()));
    }
    return asked;
  }

  private List<Map<String, Long>> outcomes(List<TaskLine> chunk, String completions) {
    Map<String, Integer> places = new HashMap<>();
    ArrayList<TaskLine> lines = new ArrayList<>(chunk);
    List<Map<String, Long>> outcomes = new ArrayList<>();
    for (TaskLine line : chunk) {
      places.put(line.id(), outcomes.size());
      outcomes.add(new TreeMap<>());
    }
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext());
    Broadcast<ArrayList<TaskLine>> shared = spark.broadcast(lines);
    try (CompletionFiles files = new CompletionFiles(warehouse.spark(), completions)) {
      Iterator<List<Completion>> some = files.chunks(places::containsKey);
      while (some.hasNext()) {
        List<Item> items =
            some.next().stream()
                .map(c -> new Item(Objects.requireNonNull(places.get(c.taskId())), c))
                .toList();
        for (Ended ended : judge(spark, items, shared)) {
          outcomes.get(ended.place).merge(ended.outcome.name(), 1L, Long::sum);
        }
      }
    } finally {
      shared.destroy();
    }
    return outcomes;
  }

  private List<Ended> judge(
      JavaSparkContext spark, List<Item> items, Broadcast<ArrayList<TaskLine>> shared) {
    SandboxConfig config = sandbox;
    String form = format;
    int tasks = Math.max(1, Math.min(partitions, items.size()));
    return spark
        .parallelize(items, tasks)
        .mapPartitions(
            partition -> {
              Sandbox pool = config.open(0);
              AtomLibrary none = new AtomLibrary(List.of());
              return pool.inOrder(
                  partition,
                  item -> {
                    Task task = item.completion.task(shared.value().get(item.place), form);
                    return new Ended(
                        item.place, task.judge(pool, none, item.completion.text()).outcome());
                  });
            })
        .collect();
  }

  private static EvaluationRow row(
      String runId, String set, String completions, String id, Map<String, Long> outcomes) {
    long all = outcomes.values().stream().mapToLong(n -> n).sum();
    long lost =
        outcomes.entrySet().stream()
            .filter(e -> !Outcome.valueOf(e.getKey()).judgesProgram())
            .mapToLong(Map.Entry::getValue)
            .sum();
    long passed = outcomes.getOrDefault(Outcome.PASSED.name(), 0L);
    String file = new Path(completions).getName();
    return new EvaluationRow(
        runId,
        file,
        set,
        id,
        0,
        (int) (all - lost),
        (int) passed,
        false,
        "",
        "",
        outcomes,
        0,
        0,
        false,
        false,
        0,
        0,
        0);
  }
}
