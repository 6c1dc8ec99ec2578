package io.atomforge.jobs.training.setup;

import static io.atomforge.tables.Tables.DIFFICULTIES;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.expr;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Batches;
import io.atomforge.jobs.data.PromptSource;
import io.atomforge.jobs.training.Prompts;
import io.atomforge.jobs.training.Stateful;
import io.atomforge.random.Seeds;
import io.atomforge.rl.PromptFilter;
import io.atomforge.rl.PromptHistory;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Sampler;
import io.atomforge.sandbox.Outcome;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.DifficultyRow;
import io.atomforge.tables.RolloutRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Deals prompts to the steps of a run, in a new order each epoch, those left out that a filter does
 * not keep. What a step knows of the run itself are its rollouts up to the last checkpoint, so a
 * run that is resumed deals what the first would have dealt.
 */
public final class PromptCursor implements Prompts {
  private final Map<String, Problem> dealt;
  private final Map<String, Problem> problems = new HashMap<>();
  private final Tokenizer tokenizer;
  private final RlConfig config;
  private final Batches batches;
  private final PromptHistory own = new PromptHistory();
  private final Map<PromptFilter, PromptHistory> others = new HashMap<>();
  private final Map<String, Integer> drawn = new HashMap<>();

  /** Null until it is asked for. */
  private @Nullable PromptTask longest;

  private Batches.Cursor cursor = Batches.Cursor.START;
  private long step;

  /**
   * @throws ConfigException if no prompt is wanted, or the filters let none pass
   */
  public PromptCursor(Warehouse warehouse, Tokenizer tokenizer, RlConfig config) {
    this.tokenizer = tokenizer;
    this.config = config;
    dealt =
        config
            .prompts()
            .read(
                warehouse,
                new PromptSource.Setting(config.dataset(), config.promptFamilies(), config.seed()));
    dealt.values().forEach(p -> problems.put(p.problemId(), p));
    batches = new Batches(new ArrayList<>(dealt.keySet()), 1, Seeds.derive(config.seed(), "rl"));
    for (PromptFilter filter : config.promptFilters()) {
      if (!filter.runId().isEmpty()) {
        others.put(
            filter,
            filter.readsSearches()
                ? searches(warehouse, filter.runId())
                : history(warehouse, filter.runId()));
      }
    }
    if (problems.keySet().stream().noneMatch(this::keeps)) {
      throw new ConfigException(
          "prompt_filters: none of the " + problems.size() + " prompts passes; widen the bounds");
    }
  }

  private static PromptHistory history(Warehouse warehouse, String run) {
    List<Row> visits =
        SqlScope.rows(warehouse, View.COMMITTED_ROLLOUTS)
            .filter(col("run_id").equalTo(run))
            .groupBy("problem_id", "step", "group_id")
            .agg(
                expr("count_if(outcome = 'PASSED' AND finish_reason = 'stop')"),
                collect_list("outcome"))
            .orderBy(col("step"), expr("CAST(substring_index(group_id, '/', -1) AS INT)"))
            .collectAsList();
    if (visits.isEmpty()) {
      throw new ConfigException("prompt_filters: table rollouts has none of run " + run);
    }
    PromptHistory history = new PromptHistory();
    visits.forEach(
        row ->
            history.add(
                row.getString(0), visit(row.getLong(1), row.getLong(3), row.<String>getList(4))));
    return history;
  }

  private static PromptHistory searches(Warehouse warehouse, String run) {
    List<DifficultyRow> rows =
        Rows.collect(DIFFICULTIES, warehouse.read(DIFFICULTIES).filter(col("run_id").equalTo(run)));
    if (rows.isEmpty()) {
      throw new ConfigException(
          "prompt_filters: table difficulties has none of run "
              + run
              + "; RateDifficulty run_id="
              + run
              + " writes them");
    }
    PromptHistory history = new PromptHistory();
    for (DifficultyRow row : rows) {
      history.add(
          row.problemId(), new PromptHistory.Visit(0, row.solved() ? 1 : 0, row.iterations()));
    }
    return history;
  }

  private static PromptHistory.Visit visit(long step, long solved, List<String> outcomes) {
    long judged = outcomes.stream().map(Outcome::valueOf).filter(Outcome::judgesProgram).count();
    return new PromptHistory.Visit(step, (int) solved, (int) judged);
  }

  @Override
  public void seen(List<RolloutRow> rows) {
    Map<String, List<RolloutRow>> groups = new LinkedHashMap<>();
    rows.forEach(r -> groups.computeIfAbsent(r.groupId(), g -> new ArrayList<>()).add(r));
    for (List<RolloutRow> group : groups.values()) {
      RolloutRow first = group.get(0);
      long solved = group.stream().filter(RolloutRow::solved).count();
      List<String> outcomes = group.stream().map(RolloutRow::outcome).toList();
      own.add(first.problemId(), visit(first.step(), solved, outcomes));
    }
  }

  @Override
  public void recall(Warehouse warehouse, long committed) {
    boolean asked = config.promptFilters().stream().anyMatch(f -> f.runId().isEmpty());
    if (asked && warehouse.exists(ROLLOUTS)) {
      String before = "run_id = '%s' AND step <= %d".formatted(config.runId(), committed);
      seen(
          Rows.collect(ROLLOUTS, warehouse.read(ROLLOUTS).filter(before)).stream()
              .sorted(
                  Comparator.comparingLong(RolloutRow::step).thenComparingInt(RolloutRow::group))
              .toList());
    }
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
    List<PromptTask> tasks = new ArrayList<>();
    int n = config.numGenerations();
    while (tasks.size() < config.promptsPerStep()) {
      String id = nextKept();
      long first = (long) n * (drawn.merge(id, 1, Integer::sum) - 1);
      long[] seeds =
          LongStream.range(first, first + n)
              .map(s -> Seeds.derive(config.seed(), "rollout", id, step, s))
              .toArray();
      PromptTask plain = task(id, seeds);
      Sampler.Origin origin =
          new Sampler.Origin(
              plain.prompt(),
              seeds,
              demonstration(id),
              step,
              config.maxCompletionLength(),
              change -> {
                int[] changed =
                    new ChatTemplate(tokenizer).promptIds(change.apply(plain.task().prompt()));
                return changed.length > longest() ? plain.prompt() : changed;
              });
      tasks.add(new PromptTask(plain.task(), plain.prompt(), config.sampler().starts(origin)));
    }
    return tasks;
  }

  private String nextKept() {
    for (int tried = 0; tried < dealt.size(); tried++) {
      Batches.Batch one = batches.at(cursor);
      cursor = one.next();
      String id = Objects.requireNonNull(dealt.get(one.sequenceIds().get(0))).problemId();
      if (keeps(id)) {
        return id;
      }
    }
    throw new ConfigException(
        "prompt_filters: at step "
            + step
            + " none of the "
            + problems.size()
            + " prompts passes any more; the last checkpoint is the run's result, or widen the"
            + " bounds");
  }

  private boolean keeps(String id) {
    long saved = Math.max(0, step - 1) / config.saveSteps() * config.saveSteps();
    return config.promptFilters().stream()
        .allMatch(
            f ->
                f.keeps(
                    f.runId().isEmpty()
                        ? own.upTo(id, saved)
                        : Objects.requireNonNull(others.get(f)).upTo(id, Long.MAX_VALUE)));
  }

  /** The tokens of the prompt with the longest text, which has about the most. */
  public int longest() {
    return longestText().prompt().length;
  }

  /** The prompt with the longest text. */
  PromptTask longestText() {
    if (longest == null) {
      longest =
          problems.keySet().stream()
              .max(
                  Comparator.comparingInt((String id) -> text(id).length()).thenComparing(id -> id))
              .map(id -> task(id, new long[0]))
              .orElseThrow();
    }
    return longest;
  }

  @Override
  public PromptTask task(String id, long[] seeds) {
    Task task = Task.of(problem(id), text(id), config.responseFormat());
    return new PromptTask(task, new ChatTemplate(tokenizer).promptIds(task.prompt()), seeds);
  }

  private Problem problem(String id) {
    return Objects.requireNonNull(problems.get(id), id);
  }

  /** The tokens of a problem's reference solution, where the sampler wants one. */
  private int[] demonstration(String id) {
    return config.sampler().needsDemonstration()
        ? new ChatTemplate(tokenizer).completionIds(config.responseStyle().completion(problem(id)))
        : new int[0];
  }

  @Override
  public String text(String problemId) {
    return config.promptLanguage().prompt(problem(problemId));
  }
}
