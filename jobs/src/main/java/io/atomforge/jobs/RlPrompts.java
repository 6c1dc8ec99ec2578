package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static org.apache.spark.sql.functions.col;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Batches;
import io.atomforge.random.Seeds;
import io.atomforge.rl.PromptTask;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Deals prompts to the steps of a run, each problem once an epoch. */
final class RlPrompts {
  private final Map<String, Problem> problems;
  private final Tokenizer tokenizer;
  private final TrainRl.Config config;
  private final Batches batches;
  private final Map<String, Integer> drawn = new HashMap<>();
  private Batches.Cursor cursor = Batches.Cursor.START;
  private long step;

  /**
   * @throws ConfigException if no prompt is of the families wanted
   */
  RlPrompts(Warehouse warehouse, Tokenizer tokenizer, TrainRl.Config config) {
    problems = problems(warehouse, config);
    this.tokenizer = tokenizer;
    this.config = config;
    batches =
        new Batches(
            new ArrayList<>(problems.keySet()),
            config.promptsPerStep(),
            Seeds.derive(config.seed(), "rl"));
  }

  Batches.Cursor cursor() {
    return cursor;
  }

  /** Goes on from there. */
  void seek(Batches.Cursor place) {
    cursor = place;
  }

  void begin(long newStep) {
    step = newStep;
    drawn.clear();
  }

  /** The next prompts of the step. A problem that comes again in it gets new seeds. */
  List<PromptTask> next() {
    Batches.Batch batch = batches.at(cursor);
    cursor = batch.next();
    List<PromptTask> tasks = new ArrayList<>();
    for (String id : batch.sequenceIds()) {
      int n = config.numGenerations();
      long first = (long) n * (drawn.merge(id, 1, Integer::sum) - 1);
      long[] seeds =
          LongStream.range(first, first + n)
              .map(s -> Seeds.derive(config.seed(), "rollout", id, step, s))
              .toArray();
      tasks.add(task(id, seeds));
    }
    return tasks;
  }

  /** The tokens of the prompt with the longest text, which has about the most. */
  int longest() {
    return problems.keySet().stream()
        .max(Comparator.comparingInt((String id) -> text(id).length()).thenComparing(id -> id))
        .map(id -> task(id, new long[0]).prompt().length)
        .orElseThrow();
  }

  /** A problem of the run with the seeds of its samples. */
  PromptTask task(String id, long[] seeds) {
    Task task = Task.of(problems.get(id), text(id));
    return new PromptTask(task, new ChatTemplate(tokenizer).promptIds(task.prompt()), seeds);
  }

  /** A problem's prompt as the model reads it. */
  String text(String problemId) {
    return config.promptLanguage().prompt(problems.get(problemId));
  }

  /** The problems whose prompts SFT was trained on. */
  private static Map<String, Problem> problems(Warehouse warehouse, TrainRl.Config config) {
    Dataset<Row> trained =
        warehouse
            .read(SEQUENCES)
            .filter(col("mixture").isin(config.promptFamilies().toArray()))
            .select("problem_id")
            .distinct();
    Map<String, Problem> problems = new HashMap<>();
    Warehouse.collect(PROBLEMS, warehouse.read(PROBLEMS).join(trained, "problem_id"))
        .forEach(p -> problems.put(p.problemId(), p));
    if (problems.isEmpty()) {
      throw new ConfigException(
          "prompt_families: table sequences has no example of " + config.promptFamilies());
    }
    return problems;
  }
}
