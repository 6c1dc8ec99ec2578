package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.pipeline.ExperimentPage;
import io.atomforge.jobs.pipeline.ExperimentTable;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.ExperimentRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of an experiment that are about several evaluations of an arm, or several arms. */
class ExperimentRowsTest {
  private static final String SEQUENCES =
      "arms=[{name: A, sequence: [a1-$seed, a2-$seed, a3-$seed]},"
          + " {name: B, sequence: [b1-$seed, b2-$seed, b3-$seed]},"
          + " {name: joint, evaluation: j-$seed}]";
  private static final String TASKS = "tasks=[t1, t2, t3]";

  private final List<EvaluationRow> rows = new ArrayList<>();

  private static ExperimentTable table(String... words) {
    RunExperiment.Config config =
        JobRunner.load(RunExperiment.JOB, List.of(words)).bind(RunExperiment.Config.class);
    return ExperimentTable.of(
        config.arms(), config.seeds(), config.baselines(), config.tasks(), config.fit());
  }

  /** A set of problems, of which the first ones are solved. */
  private void evaluated(String run, String set, int solved, int of) {
    for (int p = 0; p < of; p++) {
      evaluated(run, set + p, set, 1, p < solved, p < solved ? "PASSED" : "WRONG_ANSWER");
    }
  }

  private void evaluated(
      String run, String problem, String set, int n, boolean passed, String outcome) {
    rows.add(
        new EvaluationRow(
            run, "c", set, problem, 2, n, 0, passed, outcome, "x", Map.of(), 1, 0, false, false, 0,
            0, 0));
  }

  /** Solved of the four, two and eight problems of three tasks after each of the tasks. */
  private void sequence(String arm, int seed, int[][] solved) {
    for (int j = 0; j < 3; j++) {
      evaluated(arm + (j + 1) + "-" + seed, "t1", solved[j][0], 4);
      evaluated(arm + (j + 1) + "-" + seed, "t2", solved[j][1], 2);
      evaluated(arm + (j + 1) + "-" + seed, "t3", solved[j][2], 8);
    }
  }

  private void sequences() {
    for (int seed = 1; seed <= 2; seed++) {
      sequence("b", seed, new int[][] {{4, 0, 0}, {4, 2, 0}, {4, 2, 8}});
      evaluated("j-" + seed, "t1", 4, 4);
      evaluated("j-" + seed, "t2", 1, 2);
      evaluated("j-" + seed, "t3", 8, 8);
    }
    // In percent: 75 0 0 / 50 100 25 / 25 50 100, and 100 50 0 / 100 50 0 / 50 50 50.
    sequence("a", 1, new int[][] {{3, 0, 0}, {2, 2, 2}, {1, 1, 8}});
    sequence("a", 2, new int[][] {{4, 1, 0}, {4, 1, 0}, {2, 1, 4}});
  }

  private static ExperimentRow row(
      List<ExperimentRow> results, String measure, String arm, String baseline) {
    return results.stream()
        .filter(r -> r.measure().startsWith(measure) && r.arm().equals(arm))
        .filter(r -> r.baseline().equals(baseline))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void forgettingAndAverageAccuracyAreThoseOfTheMatrix() {
    sequences();
    List<ExperimentRow> results = table("seeds=[1, 2]", SEQUENCES, TASKS).results("e", rows);
    // Seed 1: (25 - 75 + 50 - 100) / 2. Seed 2: (50 - 100 + 50 - 50) / 2.
    ExperimentRow forgetting = row(results, "forgetting", "A", "");
    assertThat(forgetting.seedMeans()).containsExactly(-50.0, -25.0);
    assertThat(forgetting.mean()).isEqualTo(-37.5);
    assertThat(forgetting.problemSet()).isEqualTo("tasks");
    assertThat(forgetting.runIds()).containsExactly("a3-1", "a3-2");
    // The means of seeds alone: standard error 12.5. Problems that both seeds solve alike widen it.
    assertThat(forgetting.high() - forgetting.mean()).isGreaterThan(12.5);
    assertThat(row(results, "forgetting", "B", "").mean()).isZero();
    assertThat(row(results, "forgetting", "B", "A").mean()).isEqualTo(37.5);
    // Each task counts the same, whatever the number of its problems.
    ExperimentRow average = row(results, "average accuracy", "A", "");
    assertThat(average.seedMeans().get(0)).isCloseTo(175 / 3.0, within(1e-9));
    assertThat(average.seedMeans().get(1)).isCloseTo(50, within(1e-9));
    assertThat(average.mean()).isCloseTo(325 / 6.0, within(1e-9));
    assertThat(row(results, "average accuracy", "joint", "").mean())
        .isCloseTo(250 / 3.0, within(1e-9));
    assertThat(row(results, "average accuracy", "joint", "A").mean())
        .isCloseTo(250 / 3.0 - 325 / 6.0, within(1e-9));
    assertThat(results)
        .noneMatch(r -> r.measure().startsWith("forgetting") && r.arm().equals("joint"));
    // The other measures are those of the last evaluation.
    assertThat(row(results, "greedy pass@1", "A", "").seedMeans()).containsExactly(25.0, 50.0);
    assertThat(new ExperimentPage(results, List.of("A"), Map.of()).markdown())
        .contains(
            "## Forgetting measure (negative: forgotten) by greedy pass@1, points\n\n"
                + "|  | tasks |\n|---|---|\n| A | -37.5 ± ",
            "## Greedy pass@1, %\n\n|  | t1 | t2 | t3 |");
  }

  @Test
  void aDivergenceIsShownOnlyOfRunsThatWereComparedWithAModel() {
    for (int seed = 1; seed <= 2; seed++) {
      evaluated("a-" + seed, "t", 1, 2);
      for (int p = 0; p < 2; p++) {
        rows.add(
            new EvaluationRow(
                "b-" + seed,
                "c",
                "t",
                "t" + p,
                2,
                1,
                0,
                true,
                "PASSED",
                "x",
                Map.of(),
                1,
                0,
                false,
                false,
                0,
                0,
                0.25 * p));
      }
    }
    String arms = "arms=[{name: A, evaluation: a-$seed}, {name: B, evaluation: b-$seed}]";
    List<ExperimentRow> results = table("seeds=[1, 2]", arms).results("e", rows);
    assertThat(row(results, "KL", "B", "").mean()).isEqualTo(0.125);
    assertThat(results).noneMatch(r -> r.measure().startsWith("KL") && r.arm().equals("A"));
  }

  @Test
  void lostVerdictsAreLeftOut() {
    for (int seed = 1; seed <= 2; seed++) {
      for (String arm : List.of("a-", "b-")) {
        evaluated(arm + seed, "p0", "t", 4, true, "PASSED");
        evaluated(arm + seed, "p1", "t", 4, false, "TIMEOUT");
        boolean lost = arm.equals("a-");
        evaluated(arm + seed, "p2", "t", lost ? 3 : 4, false, lost ? "SANDBOX_ERROR" : "TIMEOUT");
      }
    }
    String arms = "arms=[{name: A, evaluation: a-$seed}, {name: B, evaluation: b-$seed}]";
    List<ExperimentRow> results = table("seeds=[1, 2]", arms).results("e", rows);
    assertThat(row(results, "greedy pass@1", "A", "").mean()).isEqualTo(50);
    assertThat(row(results, "greedy pass@1", "B", "").mean()).isCloseTo(100 / 3.0, within(1e-9));
    assertThat(row(results, "greedy pass@1", "B", "A").mean()).isZero();
    assertThat(row(results, "pass@4", "B", "A").mean()).isZero();
  }

  /** Problems vary about the mean of their own task, so tasks of other levels add no variance. */
  @Test
  void theIntervalOfAnAverageDoesNotCountTheDifferencesOfTheTasks() {
    for (int seed = 1; seed <= 2; seed++) {
      evaluated("j-" + seed, "t1", 0, 4);
      evaluated("j-" + seed, "t2", 2, 2);
    }
    ExperimentRow average =
        row(
            table("seeds=[1, 2]", "arms=[{name: J, evaluation: j-$seed}]", "tasks=[t1, t2]")
                .results("e", rows),
            "average accuracy",
            "J",
            "");
    assertThat(List.of(average.mean(), average.low(), average.high()))
        .containsExactly(50.0, 50.0, 50.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tasks=[t1, t2] | the sequence of arm A has 3 evaluations, and tasks has 2 problem sets",
        "tasks=[t1] | tasks must be two or more different names of problem sets",
        "tasks=[t1, t2, t9] | tasks: run 'a1-1' of arm A was not evaluated on problem set 't9'",
        "arms=[{name: A, sequence: []}] | sequence is a list of evaluations, one after each task",
        "arms=[{name: A, sequence: [a], evaluation: a}] | in the place of evaluation",
        "fit=[d] | fit must be two different variables of the arms' for_each",
        "fit=[d, u] | in their for_each must be three or more, whose logarithms are not on one line",
      })
  void aMistakeInTheSequenceOrTheFitIsNamed(String word, String message) {
    sequences();
    assertThatThrownBy(() -> table("seeds=[1, 2]", SEQUENCES, TASKS, word).results("e", rows))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  /**
   * Each of 20 problems is solved with a chance that the grid plants, rounded to whole problems.
   */
  @Test
  void theFitOverAGridHasTheCoefficientsThatWerePlantedAtEachSeed() {
    String arms =
        "arms=[{name: none, evaluation: none-$seed}, {name: $p of $r, evaluation: g-$p-$r-$seed,"
            + " for_each: {p: [1, 2, 4], r: [1, 2]}}]";
    for (int seed = 1; seed <= 2; seed++) {
      evaluated("none-" + seed, "t", 0, 20);
      for (int p = 0; p < 3; p++) {
        for (int r = 0; r < 2; r++) {
          String run = "g-" + (1 << p) + "-" + (1 << r) + "-" + seed;
          evaluated(run, "t", 3 * seed + 4 * p + r, 20);
        }
      }
    }
    List<ExperimentRow> results = table("seeds=[1, 2]", arms, "fit=[p, r]").results("e", rows);
    double unit = 5 / Math.log(2); // points for one problem of 20
    ExperimentRow a = row(results, "fit a ln(p) + b ln(r) + c of greedy pass@1", "a", "");
    assertThat(a.mean()).isCloseTo(4 * unit, within(1e-9));
    assertThat(a.runIds().get(1)).startsWith("g-1-1-2,g-1-2-2,g-2-1-2");
    assertThat(row(results, "fit", "b", "").mean()).isCloseTo(unit, within(1e-9));
    assertThat(row(results, "fit", "a - b", "").mean()).isCloseTo(3 * unit, within(1e-9));
    ExperimentRow c = row(results, "fit", "c", "");
    assertThat(c.seedMeans().get(0)).isCloseTo(15, within(1e-9));
    assertThat(c.seedMeans().get(1)).isCloseTo(30, within(1e-9));
    assertThat(c.high() - c.mean()).isGreaterThan(7.5);
    assertThat(new ExperimentPage(results, List.of("A"), Map.of()).markdown())
        .contains("## Fit a ln(p) + b ln(r) + c of greedy pass@1, points", "| a | 28.9 ± ");
    assertThatThrownBy(() -> table(arms.replace("p: [1, 2, 4]", "p: [0, 2, 4]"), "fit=[p, r]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("fit: p is 0 in arm '0 of 1'");
    assertThatThrownBy(() -> table(arms.replace("r: [1, 2]", "r: [2]"), "fit=[p, r]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("fit: the arms with the variables [p, r]");
  }
}
