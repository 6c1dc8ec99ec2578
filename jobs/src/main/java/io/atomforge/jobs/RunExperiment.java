package io.atomforge.jobs;

import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.EXPERIMENTS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.config.OtherKeys;
import io.atomforge.dataset.Language;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.Counts;
import io.atomforge.jobs.evaluate.EvaluateConfig;
import io.atomforge.jobs.evaluate.ProblemSet;
import io.atomforge.jobs.pipeline.ExperimentPage;
import io.atomforge.jobs.pipeline.ExperimentTable;
import io.atomforge.jobs.pipeline.StageList;
import io.atomforge.jobs.pipeline.Stages;
import io.atomforge.jobs.report.Comparison;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.OutputFile;
import io.atomforge.report.ReportData;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.ExperimentRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Several runs on one warehouse, each made anew for every seed, and one table of what came out. It
 * can be stopped and run again like a pipeline.
 */
public final class RunExperiment {
  /**
   * See {@code conf/run-experiment.yaml}.
   *
   * @param once stages that all seeds share
   * @param base stages that are made for every seed before those of {@code eachSeed}
   * @param eachSeed stages that are made for every seed, with it as their {@code seed}
   * @param tasks problem sets in the order in which arms with a {@code sequence} are trained on
   *     them
   * @param fit two variables of the arms, over whose logarithms the accuracy is fitted
   * @param blocks of keys by the name of a stage or the key of a job
   */
  record Config(
      @Operational String warehouse,
      @Operational String files,
      long seed,
      @Operational int partitions,
      String promptLanguage,
      String promptTemplate,
      String responseStyle,
      ObjectNode sandbox,
      String title,
      List<Long> seeds,
      List<StageList.Entry> once,
      List<StageList.Entry> base,
      List<StageList.Entry> eachSeed,
      List<ExperimentTable.Arm> arms,
      List<String> baselines,
      List<String> tasks,
      List<String> fit,
      String page,
      @OtherKeys Map<String, ObjectNode> blocks)
      implements JobConfig {
    Config {
      blocks = Map.copyOf(blocks);
      Checks.check(
          !title.isBlank() && !title.matches("(?s).*['\\\\\\v].*"),
          "title",
          "'" + title + "'",
          "a line without quotes and backslashes");
      Checks.check(
          seeds.size() >= 2
              && seeds.size() <= 10
              && seeds.stream().distinct().count() == seeds.size(),
          "seeds",
          seeds,
          "2 to 10 different numbers");
      Checks.check(
          tasks.isEmpty() || tasks.size() >= 2 && tasks.stream().distinct().count() == tasks.size(),
          "tasks",
          tasks,
          "two or more different names of problem sets, or an empty list");
      Checks.check(
          fit.isEmpty() || fit.size() == 2 && !fit.get(0).equals(fit.get(1)),
          "fit",
          fit,
          "two different variables of the arms' for_each, or an empty list");
    }

    private ExperimentTable table() {
      return ExperimentTable.of(arms, seeds, baselines, tasks, fit);
    }
  }

  /**
   * @param report the comparison of the arms as a page
   */
  record Summary(String results, String report) {}

  private static final int SAMPLES_PER_SET = 20;

  static final Job<Config> JOB =
      new Job<>(
              "RunExperiment",
              "several runs over several seeds, and one table of their results",
              Config.class,
              List.<Table<?>>of(),
              List.of(EVALUATIONS, EXPERIMENTS),
              RunExperiment::run)
          .dependsOn(
              config -> stages(config).stream().flatMap(stage -> stage.files().stream()).toList());

  private RunExperiment() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) throws Exception {
    if (config.arms().isEmpty()) {
      throw new ConfigException(
          "arms: nothing is compared; pass an experiment with --config, such as"
              + " conf/experiments/e6.yaml");
    }
    if (!config.page().isEmpty()) {
      OutputFile.check(warehouse, "page", config.page(), List.of());
    }
    ExperimentTable arms = config.table();
    FileStore store = FileStore.open(warehouse, config.files());
    Stages.run(stages(config), warehouse, store);
    List<EvaluationRow> rows = Rows.collect(EVALUATIONS, warehouse.read(EVALUATIONS));
    List<ExperimentRow> found = arms.results(config.title(), rows);
    warehouse.replace(
        EXPERIMENTS,
        "experiment = '" + config.title() + "'",
        warehouse.dataset(EXPERIMENTS, found).coalesce(1));
    ExperimentPage shown =
        new ExperimentPage(found, arms.baselines(), arms.costs(rows, costs(warehouse)));
    String results = shown.markdown();
    if (!config.page().isEmpty()) {
      Path page = Path.of(config.page());
      String name = page.getFileName().toString().replaceFirst("\\.[^.]*$", "");
      StringBuilder figures = new StringBuilder();
      figures.append("![Pass rates of the arms on each problem set](%s.svg)\n\n".formatted(name));
      write(page.resolveSibling(name + ".svg"), shown.svg());
      Optional<String> differences = shown.differencesSvg();
      if (differences.isPresent()) {
        String file = name + "-differences.svg";
        figures.append("![Differences to the first baseline](%s)\n\n".formatted(file));
        write(page.resolveSibling(file), differences.get());
      }
      write(page, "# " + config.title() + "\n\n" + figures + results);
    }
    ReportData data =
        new Comparison(
                config.title(),
                config.seed(),
                Language.valueOf(config.promptLanguage().toUpperCase(Locale.ROOT)),
                SAMPLES_PER_SET)
            .ofEvaluations(warehouse, arms.runs());
    return new Summary(results, WriteReport.write(store, "report/experiment.html", data).report());
  }

  /** By run_id. */
  private static Map<String, ExperimentTable.Cost> costs(Warehouse warehouse) {
    Map<String, ExperimentTable.Cost> costs = new HashMap<>();
    if (!warehouse.exists(STEP_METRICS)) {
      return costs;
    }
    Map<String, Long> completions =
        warehouse.exists(ROLLOUTS) ? Counts.of(warehouse.read(ROLLOUTS), "run_id") : Map.of();
    warehouse
        .read(STEP_METRICS)
        .groupBy("run_id")
        .agg(
            sum(when(col("name").isin(both("timing_s/step")), col("value"))),
            sum(when(col("name").isin(both("perf/total_num_tokens")), col("value"))))
        .collectAsList()
        .forEach(
            row ->
                costs.put(
                    row.getString(0),
                    new ExperimentTable.Cost(
                        row.isNullAt(1) ? 0 : row.getDouble(1),
                        row.isNullAt(2) ? 0 : row.getDouble(2),
                        completions.getOrDefault(row.getString(0), 0L))));
    return costs;
  }

  /** A metric of the steps of a run, and of the supervised steps between those of RL. */
  private static Object[] both(String metric) {
    return new Object[] {metric, "supervised/" + metric};
  }

  /**
   * @throws ConfigException naming the stage or the block that is wrong, or an evaluation of an arm
   *     that lacks a task
   */
  static List<Stages.Stage> stages(Config config) {
    StageList list = new StageList(Jobs.stages(), config.blocks());
    list.add(config.once(), "once/", StageList.shared(config), Map.of());
    for (long seed : config.seeds()) {
      ObjectNode shared = StageList.shared(config).put("seed", seed);
      Map<String, JsonNode> variables = Map.of(ExperimentTable.SEED, LongNode.valueOf(seed));
      list.add(config.base(), seed + "/", shared, variables);
      list.add(config.eachSeed(), seed + "/", shared, variables);
    }
    checkTasks(config, list.stages());
    return list.stages();
  }

  /** Before hours of training, whose evaluations would not tell what the page shows. */
  private static void checkTasks(Config config, List<Stages.Stage> stages) {
    List<String> runs = config.table().evaluated();
    for (Stages.Stage stage : stages) {
      if (stage.job().config() == EvaluateConfig.class && !config.tasks().isEmpty()) {
        EvaluateConfig evaluation = stage.loader().bind(EvaluateConfig.class);
        List<String> sets = evaluation.problemSets().stream().map(ProblemSet::name).toList();
        if (runs.contains(evaluation.runId()) && !sets.containsAll(config.tasks())) {
          throw new ConfigException(
              "tasks must be problem_sets of each evaluation of an arm; stage "
                  + stage.name()
                  + " has the sets "
                  + sets);
        }
      }
    }
  }

  private static void write(Path page, String text) {
    try {
      if (page.getParent() != null) {
        Files.createDirectories(page.getParent());
      }
      Files.writeString(page, text);
    } catch (IOException e) {
      throw new ConfigException("page: cannot write to " + page + ": " + e.getMessage());
    }
  }
}
