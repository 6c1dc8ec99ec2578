package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.evaluate.EvaluateConfig;
import io.atomforge.jobs.pipeline.ExperimentPage;
import io.atomforge.jobs.pipeline.ExperimentTable;
import io.atomforge.jobs.pipeline.Stages;
import io.atomforge.jobs.training.setup.SftConfig;
import io.atomforge.report.ReportData;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.ExperimentRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RunExperimentTest {
  static List<Path> experiments() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../conf/experiments"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The files that the command in the head of an experiment names, such as that of its base. */
  private static String[] command(Path file) throws IOException {
    String command =
        Files.readAllLines(file).stream()
            .filter(line -> line.startsWith("# deploy/submit.sh RunExperiment "))
            .findFirst()
            .orElseThrow();
    assertThat(command).contains("--config conf/experiments/" + file.getFileName() + " warehouse=");
    return command
        .replaceAll("^.*RunExperiment | warehouse=.*$", "")
        .replace("conf/", "../conf/")
        .split(" ");
  }

  private static RunExperiment.Config config(String... words) {
    return JobRunner.load(RunExperiment.JOB, List.of(words)).bind(RunExperiment.Config.class);
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void everyExperimentIsMadeOfStepsThatBind(Path file) throws IOException {
    RunExperiment.Config config = config(command(file));
    List<Stages.Stage> stages = RunExperiment.stages(config);
    assertThat(stages).extracting(Stages.Stage::name).doesNotHaveDuplicates();
    int each =
        Stream.concat(config.base().stream(), config.eachSeed().stream())
            .mapToInt(entry -> entry.forEach().size())
            .sum();
    assertThat(stages).hasSize(config.once().size() + config.seeds().size() * each);
    List<String> evaluated =
        stages.stream()
            .filter(s -> s.job() == Evaluate.JOB)
            .map(s -> s.loader().tree().get("run_id").asText())
            .toList();
    assertThat(config.arms()).isNotEmpty();
    assertThat(evaluated)
        .containsAll(table(config).runs().stream().map(ReportData.Run::id).toList());
    for (Stages.Stage stage : stages) {
      assertThat(stage.loader().tree().toString()).doesNotContain("$seed");
    }
  }

  @Test
  void aGridMakesAStageAndALineForEachCombination() {
    RunExperiment.Config config =
        config(
            "seeds=[3, 5]",
            "each_seed=[{name: rl, job: TrainRl, recipe: conf/recipes/$method.yaml,"
                + " config: {run_id: $method-$n-$seed, num_generations: $n},"
                + " for_each: {method: [dapo, grpo], n: [4, 16]}},"
                + " {name: after-$method, job: Evaluate, config: {run_id: after-$method-$seed},"
                + " for_each: {method: [dapo, grpo]}}]",
            "arms=[{name: $method, evaluation: after-$method-$seed,"
                + " for_each: {method: [dapo, grpo]}}]",
            "rl.max_steps=7",
            "rl-grpo-4.max_steps=9");
    List<Stages.Stage> stages = RunExperiment.stages(config);
    assertThat(stages).hasSize(12);
    List<JsonNode> of = stages.stream().limit(4).map(s -> (JsonNode) s.loader().tree()).toList();
    assertThat(of)
        .extracting(t -> t.path("run_id").asText() + " " + t.path("max_steps"))
        .containsExactly("dapo-4-3 7", "dapo-16-3 7", "grpo-4-3 9", "grpo-16-3 7");
    assertThat(of.get(1).path("num_generations")).isEqualTo(IntNode.valueOf(16));
    assertThat(of.get(0).path("loss_agg_mode")).isNotEqualTo(of.get(2).path("loss_agg_mode"));
    assertThat(table(config).runs())
        .extracting(ReportData.Run::id)
        .containsExactly("after-dapo-3", "after-dapo-5", "after-grpo-3", "after-grpo-5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "for_each: {d: []} | for_each: d must be a list with a value",
        "for_each: [d] | expected a block of lists",
        "config: {run_id: x-$dept}, for_each: {depth: [1]} | no variable $dept; did you mean $depth?",
        "recipe: conf/recipes/none.yaml | conf/recipes/none.yaml: no such file",
        "recipe: conf/recipes/sft/dft.yaml | unknown key",
      })
  void aMistakeInAStageIsNamed(String keys, String message) {
    assertThatThrownBy(
            () -> RunExperiment.stages(config("each_seed=[{name: a, job: TrainRl, " + keys + "}]")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aStepOfASeedHasItAndItsSettings() {
    RunExperiment.Config config =
        config("seeds=[3, 5]", "each_seed=[{job: TrainSft, config: {run_id: sft-$seed}}]");
    assertThat(RunExperiment.stages(config))
        .extracting(s -> s.loader().bind(SftConfig.class))
        .extracting(c -> c.runId() + " " + c.seed())
        .containsExactly("sft-3 3", "sft-5 5");
    assertThatThrownBy(() -> RunExperiment.stages(config("each_seed=[{job: Pipeline}]")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no job 'Pipeline'");
  }

  private static ExperimentTable table(RunExperiment.Config config) {
    return ExperimentTable.of(
        config.arms(), config.seeds(), config.baselines(), config.tasks(), config.fit());
  }

  private static EvaluationRow row(String run, String problem, boolean passed) {
    return new EvaluationRow(
        run, "c", "b_test", problem, 2, 1, 0, passed, "PASSED", "", Map.of(), 1, 0, false, false, 0,
        0, 0);
  }

  @Test
  void aBlockGoesToAllStagesOfItsJobAndTheStagesOwnConfigWins() {
    List<String> words =
        List.of(
            "seeds=[3, 5]",
            "each_seed=[{name: a, job: Evaluate, config: {run_id: a-$seed, checkpoint: m-$seed}},"
                + " {name: b, job: Evaluate, config: {run_id: b-$seed, samples: 7}}]",
            "evaluate={samples: 2, checkpoint: of-$seed}");
    assertThat(evaluations(config(words.toArray(String[]::new))))
        .containsExactly("a-3 m-3 2", "b-3 of-3 7", "a-5 m-5 2", "b-5 of-5 7");
    List<String> more = new ArrayList<>(words);
    more.add("b.samples=9");
    assertThat(evaluations(config(more.toArray(String[]::new))))
        .contains("b-3 of-3 9", "b-5 of-5 9");
  }

  private static List<String> evaluations(RunExperiment.Config config) {
    return RunExperiment.stages(config).stream()
        .map(stage -> stage.loader().bind(EvaluateConfig.class))
        .map(c -> c.runId() + " " + c.checkpoint() + " " + c.samples())
        .toList();
  }

  @Test
  void anEvaluationOfAnArmThatLacksATaskIsRefusedBeforeTheFirstStage() {
    String evaluate =
        "each_seed=[{job: Evaluate, config: {run_id: of-$seed, problem_sets: ["
            + "{name: atom, family: atom, split: train, limit: 1},"
            + " {name: a_test, family: composite_a, split: test, limit: 1}]}}]";
    String arms = "arms=[{name: A, evaluation: of-$seed}]";
    assertThat(RunExperiment.stages(config(evaluate, arms, "tasks=[a_test, atom]"))).hasSize(3);
    assertThatThrownBy(() -> RunExperiment.stages(config(evaluate, arms, "tasks=[a_test, b_test]")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "tasks must be problem_sets of each evaluation of an arm; stage 17/evaluate has the"
                + " sets [atom, a_test]");
  }

  @Test
  void samplesGivePassAtKAndEachBaselineHasItsDifferences() {
    List<EvaluationRow> rows = new ArrayList<>();
    for (String arm : List.of("a", "b", "c")) {
      for (int seed = 1; seed <= 2; seed++) {
        int passed = arm.equals("b") ? 1 : 0;
        rows.add(
            new EvaluationRow(
                arm + "-" + seed,
                "run/step-2",
                "b_test",
                "p",
                2,
                5,
                passed,
                false,
                "COMPILE_ERROR",
                "",
                Map.of(),
                1,
                0,
                false,
                false,
                0.5,
                0.25,
                0));
      }
    }
    RunExperiment.Config config =
        config(
            "seeds=[1, 2]",
            "arms=[{name: A, evaluation: a-$seed}, {name: B, evaluation: b-$seed},"
                + " {name: C, evaluation: c-$seed}]",
            "baselines=[A, C]");
    List<ExperimentRow> results = table(config).results("e", rows);
    assertThat(results)
        .filteredOn(row -> row.measure().equals("pass@4 of samples, %") && row.arm().equals("B"))
        .extracting(row -> row.baseline() + " " + row.mean() + " " + row.seeds() + row.runIds())
        .containsExactly(
            " 80.0 [1, 2][b-1, b-2]", "A 80.0 [1, 2][b-1, b-2]", "C 80.0 [1, 2][b-1, b-2]");
    ExperimentPage page = new ExperimentPage(results, List.of("A", "C"), Map.of());
    String svg = page.svg();
    assertThat(svg).startsWith("<svg").contains(">b_test<", "pass@1 of samples, %");
    assertThat(svg.split("<circle", -1)).hasSize(1 + 3);
    assertThat(svg.split("class=\"seed\"", -1)).hasSize(1 + 6);
    String differences = page.differencesSvg().orElseThrow();
    assertThat(differences).contains("pass@1 of samples, %: differences to A", ">B<", ">C<");
    assertThat(differences).doesNotContain(">A<");
    assertThat(differences.split("<circle", -1)).hasSize(1 + 2);
    assertThat(differences).contains("class=\"zero\"");
    assertThat(page.markdown())
        .contains(
            "## Pass@1 of samples, %",
            "| B | 20.0 ± 0.0 |", "## Pass@4 of samples, %", "| B | 80.0 ± 0.0 |")
        .contains(
            "| difference to A | b_test |\n|---|---|\n| B | +20.0 ± 0.0 |\n| C | +0.0 ± 0.0 |")
        .contains("| difference to C | b_test |\n|---|---|\n| B | +20.0 ± 0.0 |")
        .contains(
            "nats per token\n\n|  | b_test |\n|---|---|\n| A | 0.250 ± 0.000 |",
            "| A | 0.500 ± 0.000 |")
        .contains(
            "## Greedy completions that parse, %\n\n|  | b_test |\n|---|---|\n| A | 0.0 ± 0.0 |");
    assertThatThrownBy(() -> table(config("arms=[{name: A, evaluation: a}]", "baselines=[B]")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no arm 'B'");
    assertThatThrownBy(
            () ->
                table(
                    config(
                        "arms=[{name: A, evaluation: a-$rate, for_each: {rate: [1, 2]}}]",
                        "baselines=[]")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("arms: two arms have one name among [A, A]");
  }

  @Test
  void twoStagesWithOneNameOrOneRunAreRefused() {
    assertThatThrownBy(
            () -> RunExperiment.stages(config("each_seed=[{job: TrainSft}, {job: TrainSft}]")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("17/train_sft: two stages have this name; change one");
    assertThatThrownBy(() -> RunExperiment.stages(config("each_seed=[{job: TrainSft}]")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("18/train_sft: run_id sft is that of stage 17/train_sft");
  }

  @Test
  void cellsHaveIntervalsOverSeedsAndProblemsAndThePairedDifference() {
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
    ExperimentTable table = table(config);
    Map<String, ExperimentTable.Cost> costs = Map.of("c", new ExperimentTable.Cost(90, 12000, 64));
    String text =
        new ExperimentPage(table.results("e", rows), table.baselines(), table.costs(rows, costs))
            .markdown();
    // Variance 208.3 over seeds and 347.2 in common, 4.99 degrees of freedom.
    assertThat(text)
        .contains(
            "| A | 50.0 ± 60.6 |",
            "| B | 100.0 ± 0.0 |",
            "| difference to A | b_test |",
            "| B | +50.0 ± 60.6 |",
            "| B | 1.5 | 12,000 | 64 |",
            "| seeds 1, 2, 3 | b_test |",
            "| A | 25.0, 50.0, 75.0 |",
            "| B | 100.0, 100.0, 100.0 |");
    rows.removeIf(r -> r.runId().equals("b-2"));
    assertThatThrownBy(() -> table(config).results("e", rows))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'b-2' for arm B");
  }
}
