package io.atomforge.jobs.training.setup;

import static org.apache.spark.sql.functions.col;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.jobs.training.RewardSteps;
import io.atomforge.jobs.training.RewardSteps.Completion;
import io.atomforge.model.ModelConfig;
import io.atomforge.random.Seeds;
import io.atomforge.sandbox.Outcome;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.training.Example;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What a reward model learns from and is measured on: rollouts of steps that a checkpoint has made
 * final, of completions that ended by themselves and were judged, each different one of a prompt
 * once. One that was cut is never asked about: its reward is the least one.
 *
 * @param train in an order that is always the same
 * @param validation of other problems, likewise
 */
public record RewardData(List<Completion> train, List<Completion> validation) {
  private static final Object[] JUDGED =
      Arrays.stream(Outcome.values()).filter(Outcome::judgesProgram).map(Outcome::name).toArray();

  private static final Comparator<Completion> ORDER =
      Comparator.comparing(Completion::problemId)
          .thenComparing(Completion::prompt, Arrays::compare)
          .thenComparing(Completion::tokens, Arrays::compare);

  /**
   * @param start the model that is trained, whose tokens the rollouts must have
   * @throws ConfigException if a run has no rollouts, their tokens are others or longer than the
   *     model can read, or all passed or all failed
   */
  public static RewardData read(
      Warehouse warehouse, FileStore store, RewardConfig config, Pretrained start) {
    TreeMap<Completion, Completion> all = new TreeMap<>(ORDER);
    for (String run : config.rolloutRuns()) {
      List<Row> rows = rows(warehouse, run);
      if (rows.isEmpty()) {
        throw new ConfigException(
            "rollout_runs: table rollouts has no judged completion of run "
                + run
                + " that ended by itself; name a run of TrainRl");
      }
      ChatTemplate template = template(warehouse, store, run, start);
      for (Row row : rows) {
        Completion one =
            new Completion(
                row.getString(0),
                template.promptIds(row.getString(1)),
                row.<Integer>getList(2).stream().mapToInt(id -> id).toArray(),
                row.getBoolean(3));
        all.putIfAbsent(one, one);
      }
    }
    Set<String> heldOut = heldOut(config, List.copyOf(all.keySet()));
    RewardData data =
        new RewardData(
            all.keySet().stream().filter(c -> !heldOut.contains(c.problemId())).toList(),
            all.keySet().stream().filter(c -> heldOut.contains(c.problemId())).toList());
    data.check(start);
    return data;
  }

  private static List<Row> rows(Warehouse warehouse, String run) {
    return SqlScope.rows(warehouse, View.COMMITTED_ROLLOUTS)
        .filter(col("run_id").equalTo(run))
        .filter(col("finish_reason").equalTo("stop"))
        .filter(col("outcome").isin(JUDGED))
        .groupBy("problem_id", "prompt", "tokens")
        .agg(functions.expr("max(outcome = 'PASSED')"))
        .collectAsList();
  }

  /** How the run's prompts become tokens. */
  private static ChatTemplate template(
      Warehouse warehouse, FileStore store, String run, Pretrained start) {
    Tokenizer sampled = Pretrained.load(warehouse, store, "rollout_runs", run).tokenizer();
    if (!start.tokenizer().hasIdsOf(sampled)) {
      throw new ConfigException(
          "model_name_or_path: the tokenizer of "
              + start.id()
              + " is another than that of run "
              + run
              + ", whose rollouts are learned from; start from a model of that run");
    }
    return new ChatTemplate(sampled);
  }

  /** Problems whose completions are measured alone; at least one is trained on. */
  private static Set<String> heldOut(RewardConfig config, List<Completion> all) {
    List<String> problems =
        all.stream()
            .map(Completion::problemId)
            .distinct()
            .sorted(
                Comparator.comparingLong(
                    (String id) -> Seeds.derive(config.seed(), "reward validation", id)))
            .toList();
    double share = config.validationShare();
    long wanted = share == 0 ? 0 : Math.max(1, Math.round(share * problems.size()));
    return new HashSet<>(problems.subList(0, (int) Math.min(wanted, problems.size() - 1)));
  }

  private void check(Pretrained start) {
    long passed = train.stream().filter(Completion::passed).count();
    if (passed == 0 || passed == train.size()) {
      throw new ConfigException(
          "rollout_runs: of the "
              + train.size()
              + " completions to learn from "
              + (passed == 0 ? "none" : "each one")
              + " passed; a reward model needs some that passed and some that did not");
    }
    int longest = longest(1).get(0).tokens().length;
    int positions = start.config().maxPositionEmbeddings();
    if (longest > positions) {
      throw new ConfigException(
          "model_name_or_path: the longest rollout has "
              + longest
              + " tokens, the model "
              + positions
              + " positions");
    }
  }

  /**
   * What the objective learns from together.
   *
   * @throws ConfigException if there is nothing, as where no prompt has a pair
   */
  public List<List<Completion>> units(RewardConfig config) {
    List<List<Completion>> units = RewardSteps.units(config.objective(), config.seed(), train);
    if (units.isEmpty()) {
      throw new ConfigException(
          "objective: no prompt has a completion that passed and one that did not, which pairs"
              + " need; use type classifier, or name more rollout_runs");
    }
    return units;
  }

  /**
   * What the run takes.
   *
   * @throws ConfigException if there is less
   */
  public TrainingMemory memory(JavaSparkContext spark, RewardConfig config, ModelConfig model) {
    int together = config.trainBatchSize() * (config.objective().compares() ? 2 : 1);
    return TrainingMemory.of(
            config, model, longest(together), spark.defaultParallelism(), spark.isLocal())
        .check(spark, "lower train_batch_size or raise gradient_shards");
  }

  /** The longest ones, as examples to count their memory. */
  private List<Example> longest(int count) {
    return Stream.concat(train.stream(), validation.stream())
        .sorted(Comparator.comparingInt(Completion::length).reversed())
        .limit(count)
        .map(completion -> completion.example())
        .toList();
  }
}
