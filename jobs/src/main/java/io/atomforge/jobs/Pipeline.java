package io.atomforge.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.pipeline.Stages;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * All of it: atoms to report. Finished stages are skipped when it is run again, a stage that was
 * interrupted goes on, and a stage whose config changed is done anew together with all after it.
 */
public final class Pipeline {
  /** Shared keys, then one block of overrides per job. See {@code conf/pipeline.yaml}. */
  record Config(
      @Operational String warehouse,
      @Operational String files,
      long seed,
      @Operational int partitions,
      String promptLanguage,
      String responseStyle,
      ObjectNode sandbox,
      ObjectNode loadAtoms,
      ObjectNode synthesizeProblems,
      ObjectNode judgeSolutions,
      ObjectNode trainTokenizer,
      ObjectNode buildDataset,
      ObjectNode trainSft,
      ObjectNode trainRl,
      ObjectNode evaluate,
      ObjectNode writeReport)
      implements JobConfig {}

  record Summary(String answer, String report, String queries) {}

  /** A job with what the pipeline itself sets. */
  private record Stage(String name, Job<?> job, Map<String, String> words) {}

  private static final List<Stage> STAGES =
      List.of(
          new Stage("load_atoms", LoadAtoms.JOB, Map.of()),
          new Stage("synthesize_problems", SynthesizeProblems.JOB, Map.of()),
          new Stage("judge_solutions", JudgeSolutions.JOB, Map.of()),
          new Stage("train_tokenizer", TrainTokenizer.JOB, Map.of()),
          new Stage("build_dataset", BuildDataset.JOB, Map.of()),
          new Stage("train_sft", TrainSft.JOB, Map.of()),
          new Stage(
              "evaluate_before_sft",
              Evaluate.JOB,
              Map.of("run_id", "before_sft", "checkpoint", "sft/step-0")),
          new Stage(
              "evaluate_after_sft",
              Evaluate.JOB,
              Map.of("run_id", "after_sft", "checkpoint", "sft")),
          new Stage("train_rl", TrainRl.JOB, Map.of()),
          new Stage(
              "evaluate_after_rl", Evaluate.JOB, Map.of("run_id", "after_rl", "checkpoint", "rl")),
          new Stage("write_report", WriteReport.JOB, Map.of()));

  private static final List<String> QUERIES =
      List.of(
          "SELECT run_id, problem_set, count(*) AS problems, round(avg(int(greedy_passed)), 3) AS"
              + " greedy, round(avg(c / n), 3) AS `pass@1` FROM evaluations GROUP BY 1, 2 ORDER BY"
              + " 2, 1 DESC",
          "SELECT family, split, count(*) AS problems, round(avg(depth), 2) AS depth FROM problems"
              + " GROUP BY 1, 2 ORDER BY 1, 2",
          "SELECT int((step - 1) / 10) * 10 + 1 AS from_step, outcome, count(*) AS rollouts,"
              + " round(avg(reward), 3) AS reward FROM rollouts GROUP BY 1, 2 ORDER BY 1, 3 DESC"
              + " LIMIT 12");

  static final Job<Config> JOB =
      new Job<>(
          "Pipeline",
          "all of it on the quickstart config: atoms to report",
          Config.class,
          List.of(),
          STAGES.stream().flatMap(s -> s.job().writes().stream()).distinct().toList(),
          Pipeline::run);

  private Pipeline() {}

  public static void main(String[] args) {
    List<String> words = new ArrayList<>(Arrays.asList(args));
    if (!words.contains("--config")) {
      words.addAll(0, List.of("--config", "conf/quickstart.yaml"));
    }
    JobRunner.main(JOB, words.toArray(String[]::new));
  }

  static Summary run(Warehouse warehouse, Config config) throws Exception {
    FileStore store = FileStore.open(warehouse, config.files());
    List<ConfigLoader> loaders = loaders(config);
    List<Stages.Stage> stages = new ArrayList<>();
    for (int i = 0; i < STAGES.size(); i++) {
      Stage stage = STAGES.get(i);
      boolean report = stage.job() == WriteReport.JOB;
      stages.add(new Stages.Stage(stage.name(), stage.job(), loaders.get(i), report));
    }
    WriteReport.Summary report = (WriteReport.Summary) Stages.run(stages, warehouse, store);
    return new Summary(report.answer(), report.report(), queries(warehouse));
  }

  /**
   * @return the config of each stage, in order
   * @throws ConfigException naming the stage whose block is wrong
   */
  static List<ConfigLoader> loaders(Config config) {
    return STAGES.stream().map(stage -> load(stage, config)).toList();
  }

  private static ConfigLoader load(Stage stage, Config config) {
    ObjectNode all = (ObjectNode) JobRunner.JSON.valueToTree(config);
    ObjectNode shared = all.deepCopy();
    STAGES.forEach(s -> shared.remove(s.job().key()));
    return Stages.load(
        stage.job(), "pipeline", shared, (ObjectNode) all.get(stage.job().key()), stage.words());
  }

  private static String queries(Warehouse warehouse) {
    SqlScope.open(warehouse, String.join(" ", QUERIES)::contains);
    StringBuilder out = new StringBuilder();
    for (String query : QUERIES) {
      var result = warehouse.spark().sql(query);
      out.append("> ")
          .append(query)
          .append('\n')
          .append(Query.table(result.columns(), result.collectAsList()))
          .append('\n');
    }
    return out.toString();
  }
}
