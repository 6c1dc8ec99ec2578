package io.atomforge.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.config.OtherKeys;
import io.atomforge.config.Suggestion;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.pipeline.StageList;
import io.atomforge.jobs.pipeline.Stages;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.sql.Answer;
import io.atomforge.jobs.sql.Format;
import io.atomforge.jobs.sql.Statements;
import io.atomforge.tables.Table;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * All of it: atoms to report. Stages whose result is there are skipped, a stage that was
 * interrupted goes on, and a stage is made anew when something changed that its result depends on.
 */
public final class Pipeline {
  /**
   * Shared keys, the stages in order, the one stage to run if not all of them, and blocks of keys
   * by the name of a stage or the key of a job. See {@code conf/pipeline.yaml}.
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
      @Operational String stage,
      List<StageList.Entry> stages,
      @OtherKeys Map<String, ObjectNode> blocks)
      implements JobConfig {
    Config {
      blocks = Map.copyOf(blocks);
    }
  }

  record Summary(String answer, String report, String queries) {}

  /** What is said of a stage that had nothing to do: its name. */
  record Skipped(String alreadyDone) {}

  private static final List<String> QUERIES =
      List.of(
          "SELECT run_id, problem_set, problems, round(greedy, 3) AS greedy, round(sampled, 3) AS"
              + " `pass@1` FROM v_scores ORDER BY 2, 1 DESC",
          "SELECT family, split, count(*) AS problems, round(avg(depth), 2) AS depth FROM problems"
              + " GROUP BY 1, 2 ORDER BY 1, 2",
          "SELECT int((step - 1) / 10) * 10 + 1 AS from_step, outcome, count(*) AS rollouts,"
              + " round(avg(reward), 3) AS reward FROM rollouts GROUP BY 1, 2 ORDER BY 1, 3 DESC"
              + " LIMIT 12");

  private static final List<Table<?>> NOT_OF_STAGES =
      List.of(Tables.RELEASES, Tables.DIFFICULTIES, Tables.EXPERIMENTS);

  static final Job<Config> JOB =
      new Job<>(
              "Pipeline",
              "all of it on the quickstart config: atoms to report",
              Config.class,
              List.<Table<?>>of(),
              Tables.ALL.stream().filter(table -> !NOT_OF_STAGES.contains(table)).toList(),
              Pipeline::run)
          .dependsOn(Pipeline::inputs);

  private Pipeline() {}

  public static void main(String[] args) {
    List<String> words = new ArrayList<>(Arrays.asList(args));
    if (!words.contains("--config")) {
      words.addAll(0, List.of("--config", "conf/quickstart.yaml"));
    }
    JobRunner.main(JOB, words.toArray(String[]::new));
  }

  /** Files that stages are told of, which none of them makes. */
  private static List<Input> inputs(Config config) {
    return stages(config).stream().flatMap(stage -> stage.files().stream()).toList();
  }

  /**
   * @return of one stage what its job says or that it is {@link Skipped}, of all stages the {@link
   *     Summary}
   */
  static Record run(Warehouse warehouse, Config config) throws Exception {
    FileStore store = FileStore.open(warehouse, config.files());
    String only = config.stage();
    Map<String, Record> said =
        Stages.run(
            stages(config), stage -> only.isEmpty() || only.equals(stage.name()), warehouse, store);
    if (!only.isEmpty()) {
      return said.getOrDefault(only, new Skipped(only));
    }
    WriteReport.Summary report =
        said.values().stream()
            .filter(WriteReport.Summary.class::isInstance)
            .map(WriteReport.Summary.class::cast)
            .reduce((first, last) -> last)
            .orElse(new WriteReport.Summary("", ""));
    return new Summary(report.answer(), report.report(), queries(warehouse));
  }

  /**
   * @throws ConfigException naming the stage or the block that is wrong
   */
  static List<Stages.Stage> stages(Config config) {
    List<Stages.Stage> stages =
        new StageList(Jobs.stages(), config.blocks())
            .add(config.stages(), "", StageList.shared(config), Map.of())
            .stages();
    List<String> names = stages.stream().map(Stages.Stage::name).toList();
    if (!config.stage().isEmpty() && !names.contains(config.stage())) {
      throw new ConfigException(
          "stage: no stage "
              + config.stage()
              + " in the list"
              + Suggestion.of(config.stage(), names));
    }
    return stages;
  }

  /** The answers that have a row, of the queries whose tables the stages made. */
  private static String queries(Warehouse warehouse) throws Exception {
    Statements statements = new Statements(warehouse);
    StringBuilder out = new StringBuilder();
    for (String query : QUERIES) {
      if (Tables.ALL.stream()
          .allMatch(t -> warehouse.exists(t) || !query.contains(" FROM " + t.name()))) {
        Answer answer = statements.answer(query, Format.TABLE, 100);
        if (answer.rows() > 0) {
          out.append("> ").append(query).append('\n').append(answer.text()).append("\n\n");
        }
      }
    }
    return out.toString();
  }
}
