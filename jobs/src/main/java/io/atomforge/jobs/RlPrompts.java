package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static org.apache.spark.sql.functions.col;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Batches;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.jobs.training.Prompts;
import io.atomforge.jobs.training.RlConfig;
import io.atomforge.jobs.training.Stateful;
import io.atomforge.random.Seeds;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Sampler;
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
final class RlPrompts implements Prompts {
  private static final String EXTERNAL = "external";

  private final Map<String, Problem> problems;
  private final Tokenizer tokenizer;
  private final RlConfig config;
  private final Batches batches;
  private final Map<String, Integer> drawn = new HashMap<>();
  private Batches.Cursor cursor = Batches.Cursor.START;
  private long step;

  /**
   * @throws ConfigException if no prompt is of the families wanted
   */
  RlPrompts(Warehouse warehouse, Tokenizer tokenizer, RlConfig config) {
    problems = problems(warehouse, config);
    this.tokenizer = tokenizer;
    this.config = config;
    batches =
        new Batches(
            new ArrayList<>(problems.keySet()),
            config.promptsPerStep(),
            Seeds.derive(config.seed(), "rl"));
  }

  @Override
  public Map<String, Object> state() {
    return Map.of("epoch", cursor.epoch(), "position", cursor.position());
  }

  @Override
  public void restore(Map<String, Object> state) {
    cursor = new Batches.Cursor(Stateful.whole(state, "epoch"), Stateful.whole(state, "position"));
  }

  @Override
  public void begin(long newStep) {
    step = newStep;
    drawn.clear();
  }

  @Override
  public List<PromptTask> next() {
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
      PromptTask plain = task(id, seeds);
      Sampler.Origin origin =
          new Sampler.Origin(
              plain.prompt(), seeds, demonstration(id), step, config.maxCompletionLength());
      tasks.add(new PromptTask(plain.task(), plain.prompt(), config.sampler().starts(origin)));
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

  @Override
  public PromptTask task(String id, long[] seeds) {
    Task task = Task.of(problems.get(id), text(id), config.responseFormat());
    return new PromptTask(task, new ChatTemplate(tokenizer).promptIds(task.prompt()), seeds);
  }

  /** The tokens of a problem's reference solution, where the sampler wants one. */
  private int[] demonstration(String id) {
    return config.sampler().needsDemonstration()
        ? new ChatTemplate(tokenizer)
            .completionIds(config.responseStyle().completion(problems.get(id)))
        : new int[0];
  }

  @Override
  public String text(String problemId) {
    return config.promptLanguage().prompt(problems.get(problemId));
  }

  /** The problems whose prompts SFT was trained on. */
  private static Map<String, Problem> problems(Warehouse warehouse, RlConfig config) {
    List<String> families = new ArrayList<>(config.promptFamilies());
    Map<String, Problem> problems = new HashMap<>();
    if (families.remove(EXTERNAL)) { // nobody need have been trained on them
      Dataset<Row> external =
          warehouse
              .read(PROBLEMS)
              .filter(col("family").equalTo(EXTERNAL).and(col("split").equalTo("train")));
      Warehouse.collect(PROBLEMS, external).forEach(p -> problems.put(p.problemId(), p));
    }
    if (!families.isEmpty()) {
      Dataset<Row> trained =
          DataSets.read(warehouse, config.dataset())
              .filter(col("mixture").isin(families.toArray()))
              .select("problem_id")
              .distinct();
      Warehouse.collect(PROBLEMS, warehouse.read(PROBLEMS).join(trained, "problem_id"))
          .forEach(p -> problems.put(p.problemId(), p));
    }
    if (problems.isEmpty()) {
      throw new ConfigException(
          "prompt_families: neither does data set "
              + config.dataset()
              + " have an example of "
              + config.promptFamilies()
              + " nor table problems one of family external and split train");
    }
    return problems;
  }
}
