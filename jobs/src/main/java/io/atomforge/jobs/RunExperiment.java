package io.atomforge.jobs;

import static io.atomforge.tables.Tables.EVALUATIONS;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.pipeline.Stages;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Several runs on one warehouse, each made anew for every seed, and one table of what came out. It
 * can be stopped and run again like a pipeline.
 */
public final class RunExperiment {
  /**
   * One job.
   *
   * @param job its name, such as {@code TrainSft}
   * @param settings keys that differ from the job's defaults; {@code $seed} in a text is the seed
   */
  record Step(String job, ObjectNode settings) {
    Job<?> named() {
      return Jobs.ALL.stream()
          .filter(j -> j.name().equals(job) && j != Pipeline.JOB && j != JOB)
          .findFirst()
          .orElseThrow(() -> new ConfigException("steps: no job '" + job + "' that can be a step"));
    }
  }

  /**
   * One line of the table.
   *
   * @param evaluation run_id of table evaluations, with {@code $seed}
   */
  public record Arm(String name, String evaluation) {}

  /**
   * See {@code conf/run-experiment.yaml}.
   *
   * @param once steps that all seeds share
   * @param eachSeed steps that are made for every seed, with it as their {@code seed}
   * @param arms what is compared; the first is what the others are compared with
   */
  public record Config(
      @Operational String warehouse,
      @Operational String files,
      long seed,
      @Operational int partitions,
      String promptLanguage,
      String responseStyle,
      ObjectNode sandbox,
      String title,
      List<Long> seeds,
      List<Step> once,
      List<Step> eachSeed,
      List<Arm> arms,
      String page)
      implements JobConfig {
    public Config {
      Checks.check(
          seeds.size() >= 2
              && seeds.size() <= 10
              && seeds.stream().distinct().count() == seeds.size(),
          "seeds",
          seeds,
          "2 to 10 different numbers");
    }
  }

  record Summary(String results) {}

  static final Job<Config> JOB =
      new Job<>(
          "RunExperiment",
          "several runs over several seeds, and one table of their results",
          Config.class,
          List.<Table<?>>of(),
          List.of(EVALUATIONS),
          RunExperiment::run);

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
    Stages.run(stages(config), warehouse, FileStore.open(warehouse, config.files()));
    List<EvaluationRow> rows = Warehouse.collect(EVALUATIONS, warehouse.read(EVALUATIONS));
    String results = ExperimentTable.markdown(config, rows);
    if (!config.page().isEmpty()) {
      write(Path.of(config.page()), "# " + config.title() + "\n\n" + results);
    }
    return new Summary(results);
  }

  /**
   * @throws ConfigException naming the step whose settings are wrong
   */
  static List<Stages.Stage> stages(Config config) {
    List<Stages.Stage> stages = new ArrayList<>();
    for (Step step : config.once()) {
      stages.add(stage(config, step, config.seed(), "once/" + stages.size()));
    }
    for (long seed : config.seeds()) {
      for (Step step : config.eachSeed()) {
        stages.add(stage(config, step, seed, seed + "/" + stages.size()));
      }
    }
    return stages;
  }

  private static Stages.Stage stage(Config config, Step step, long seed, String place) {
    ObjectNode shared = JobRunner.JSON.valueToTree(config);
    shared.remove(List.of("title", "seeds", "once", "each_seed", "arms", "page"));
    shared.put("seed", seed);
    ConfigLoader loader =
        Stages.load(step.named(), "experiment", shared, seeded(step.settings(), seed), Map.of());
    return new Stages.Stage(
        place + "/" + step.job(), step.named(), loader, step.named() == WriteReport.JOB);
  }

  private static ObjectNode seeded(ObjectNode settings, long seed) {
    try {
      return (ObjectNode)
          JobRunner.JSON.readTree(settings.toString().replace("$seed", String.valueOf(seed)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
