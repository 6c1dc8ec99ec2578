package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.DIFFICULTIES;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.SEQUENCES;

import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.jobs.evaluate.DifficultyConfig;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.model.Parameters;
import io.atomforge.rollout.DifficultySearch;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.SampledLines;
import io.atomforge.spark.SparkRollouts;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.DifficultyRow;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Searches completions of prompts under one checkpoint until one passes, and writes how long it
 * took into {@code difficulties}. See {@link DifficultySearch}.
 */
public final class RateDifficulty {
  /** Searches side by side: enough to fill the batches of some machines, and a bound of memory. */
  private static final int PROMPTS_AT_ONCE = 4096;

  /**
   * @param byDifficulty solved prompts by the iterations that they took
   */
  record Summary(String checkpointId, long prompts, long solved, Map<Integer, Long> byDifficulty) {}

  static final Job<DifficultyConfig> JOB =
      new Job<>(
              "RateDifficulty",
              "how long a tree search for a completion that passes takes, prompt by prompt",
              DifficultyConfig.class,
              List.of(SEQUENCES, PROBLEMS, ATOMS, CHECKPOINTS),
              List.of(DIFFICULTIES),
              RateDifficulty::run)
          .dependsOn(RateDifficulty::inputs);

  private RateDifficulty() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(DifficultyConfig config) {
    return List.of(
        new DataSets.OfName(config.dataset()),
        Input.Rows.of(PROBLEMS),
        Input.Rows.of(ATOMS),
        new Inputs.OfCheckpoint("checkpoint", config.checkpoint()));
  }

  static Summary run(Warehouse warehouse, DifficultyConfig config) {
    config.sandbox().open(0); // refuses before anything is read
    FileStore store = FileStore.open(warehouse, config.files());
    Pretrained checkpoint =
        Pretrained.load(warehouse, store, "checkpoint", config.checkpoint())
            .with(config.promptTemplate());
    Tokenizer tokenizer = checkpoint.tokenizer();
    Map<String, PromptTask> tasks = config.tasks(warehouse, tokenizer);
    try (Parameters theta = checkpoint.weights(checkpoint.whole().layout())) {
      SparkRollouts rollouts =
          new SparkRollouts(
              JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext()),
              checkpoint.config(),
              config.precision().precision(),
              config.sandbox().settings(0),
              tokenizer,
              warehouse.exists(ATOMS) ? AtomRow.all(warehouse) : List.of(),
              config.partitions(),
              config.rowsPerBatch());
      SampledLines policy =
          new SampledLines(rollouts, theta, tasks, config.sampling().settings(tokenizer.eosId()));
      List<DifficultyRow> rows =
          search(config, List.copyOf(tasks.keySet()), policy).stream()
              .map(d -> row(config, checkpoint.id(), d))
              .toList();
      warehouse.replace(
          DIFFICULTIES,
          "run_id = '" + config.runId() + "'",
          warehouse.dataset(DIFFICULTIES, rows).coalesce(1));
      return summary(checkpoint.id(), rows);
    }
  }

  private static List<DifficultySearch.Difficulty> search(
      DifficultyConfig config, List<String> ids, SampledLines policy) {
    List<DifficultySearch.Difficulty> found = new ArrayList<>();
    try (Progress progress = Progress.ofSteps("rate " + config.runId(), 0, ids.size())) {
      for (int from = 0; from < ids.size(); from += PROMPTS_AT_ONCE) {
        int to = Math.min(ids.size(), from + PROMPTS_AT_ONCE);
        found.addAll(
            config
                .search()
                .rate(
                    ids.subList(from, to),
                    policy,
                    open -> progress.report(to - open, open + " unsolved")));
      }
    }
    return found;
  }

  private static DifficultyRow row(
      DifficultyConfig config, String checkpoint, DifficultySearch.Difficulty difficulty) {
    return new DifficultyRow(
        config.runId(),
        difficulty.taskId(),
        checkpoint,
        difficulty.iterations(),
        difficulty.solved(),
        config.maxIterations(),
        difficulty.unjudged());
  }

  private static Summary summary(String checkpoint, List<DifficultyRow> rows) {
    Map<Integer, Long> byDifficulty = new TreeMap<>();
    rows.stream()
        .filter(DifficultyRow::solved)
        .forEach(row -> byDifficulty.merge(row.iterations(), 1L, Long::sum));
    long solved = rows.stream().filter(DifficultyRow::solved).count();
    return new Summary(checkpoint, rows.size(), solved, byDifficulty);
  }
}
