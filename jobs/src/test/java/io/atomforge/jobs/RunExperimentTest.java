package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.pipeline.Stages;
import io.atomforge.jobs.training.SftConfig;
import io.atomforge.tables.EvaluationRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunExperimentTest {
  static List<Path> experiments() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../conf/experiments"))) {
      return files.sorted().toList();
    }
  }

  private static RunExperiment.Config config(String... words) {
    return JobRunner.load(RunExperiment.JOB, List.of(words)).bind(RunExperiment.Config.class);
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void everyExperimentIsMadeOfStepsThatBind(Path file) {
    RunExperiment.Config config = config("--config", file.toString());
    List<Stages.Stage> stages = RunExperiment.stages(config);
    assertThat(stages).extracting(Stages.Stage::name).doesNotHaveDuplicates();
    assertThat(stages).hasSize(config.once().size() + 3 * config.eachSeed().size());
    List<String> evaluated =
        stages.stream()
            .filter(s -> s.job() == Evaluate.JOB)
            .map(s -> s.loader().tree().get("run_id").asText())
            .toList();
    assertThat(config.arms()).isNotEmpty();
    for (RunExperiment.Arm arm : config.arms()) {
      assertThat(evaluated).contains(arm.evaluation().replace("$seed", "18"));
    }
    for (Stages.Stage stage : stages) {
      assertThat(stage.loader().tree().toString()).doesNotContain("$seed");
    }
  }

  @Test
  void aStepOfASeedHasItAndItsSettings() {
    RunExperiment.Config config =
        config("seeds=[3, 5]", "each_seed=[{job: TrainSft, settings: {run_id: sft-$seed}}]");
    assertThat(RunExperiment.stages(config))
        .extracting(s -> s.loader().bind(SftConfig.class))
        .extracting(c -> c.runId() + " " + c.seed())
        .containsExactly("sft-3 3", "sft-5 5");
    assertThatThrownBy(
            () -> RunExperiment.stages(config("each_seed=[{job: Pipeline, settings: {}}]")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no job 'Pipeline'");
  }

  private static EvaluationRow row(String run, String problem, boolean passed) {
    return new EvaluationRow(
        run, "c", "b_test", problem, 2, 1, 0, passed, "PASSED", "", Map.of(), 1);
  }

  @Test
  void cellsHaveStudentsIntervalOverSeedsAndThePairedDifference() {
    List<EvaluationRow> rows = new ArrayList<>();
    for (int p = 0; p < 4; p++) {
      rows.add(row("a-1", "p" + p, p < 1)); // 25, 50 and 75 percent
      rows.add(row("a-2", "p" + p, p < 2));
      rows.add(row("a-3", "p" + p, p < 3));
      for (int seed = 1; seed <= 3; seed++) {
        rows.add(row("b-" + seed, "p" + p, true));
      }
    }
    RunExperiment.Config config =
        config(
            "seeds=[1, 2, 3]",
            "arms=[{name: A, evaluation: a-$seed}, {name: B, evaluation: b-$seed}]");
    String table = ExperimentTable.markdown(config, rows);
    assertThat(table).contains("| A | 50.0 ± 62.1 |"); // 4.303 * 25 / sqrt(3)
    assertThat(table)
        .containsPattern("\\| B \\| 100.0 ± 0.0; \\+50.0 \\(\\+[0-9.]+ to \\+[0-9.]+\\) \\|");
    rows.removeIf(r -> r.runId().equals("b-2"));
    assertThatThrownBy(() -> ExperimentTable.markdown(config, rows))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'b-2' for arm B");
  }
}
