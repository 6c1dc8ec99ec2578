package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.dataset.Sequence;
import io.atomforge.dataset.Split;
import io.atomforge.evaluation.PassAtK;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.CheckpointRow;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.Provenance;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.Tables;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewTest {
  private static final SparkSession SPARK = TinyPipeline.SPARK;

  @BeforeAll
  static void open() {
    assertThat(ToyTables.WAREHOUSE.exists(Tables.EVALUATIONS)).isTrue();
    SqlScope.open(SPARK, ToyTables.FOLDER.toString());
  }

  private static List<Row> rows(String sql) {
    return SPARK.sql(sql).collectAsList();
  }

  @Test
  void everyColumnOfEveryViewSaysWhatItMeans() {
    for (String view :
        Stream.concat(Stream.of(View.values()).map(View::sqlName), Stream.of(View.COMMITS))
            .toList()) {
      assertThat(rows("DESCRIBE " + view))
          .as(view)
          .allSatisfy(row -> assertThat(row.getString(2)).as(row.getString(0)).isNotBlank());
    }
    for (View view : View.values()) {
      assertThat(List.of(SPARK.table(view.sqlName()).columns()))
          .containsAll(view.comments().keySet());
    }
  }

  @Test
  void passAtKIsTheUnbiasedEstimate() {
    for (Row row : rows("SELECT * FROM v_pass_at_k WHERE run_id = 'after_sft'")) {
      int k = row.getAs("k");
      double[] each =
          IntStream.range(0, 6).mapToDouble(i -> PassAtK.estimate(10, 2 * i, k)).toArray();
      double mean = java.util.Arrays.stream(each).average().orElseThrow();
      double squares = java.util.Arrays.stream(each).map(p -> (p - mean) * (p - mean)).sum();
      assertThat(row.<Double>getAs("pass_at_k")).isCloseTo(mean, within(1e-12));
      assertThat(row.<Double>getAs("standard_error"))
          .isCloseTo(Math.sqrt(squares / 5 / 6), within(1e-12));
      assertThat(row.<Double>getAs("greedy")).isEqualTo(0.5);
      assertThat(row.<Long>getAs("problems")).isEqualTo(6);
    }
    assertThat(rows("SELECT DISTINCT k FROM v_pass_at_k ORDER BY k"))
        .extracting(r -> r.getInt(0))
        .containsExactly(1, 2, 4, 5, 8, 10);
    assertThat(rows("SELECT pass_at_k FROM v_pass_at_k WHERE run_id = 'before_sft'"))
        .allMatch(r -> r.getDouble(0) == 0);
  }

  @Test
  void scoresAreOneRowOfAnEvaluationAndASet() {
    Row row = rows("SELECT * FROM v_scores WHERE run_id = 'after_sft'").get(0);
    assertThat(row.<Long>getAs("problems")).isEqualTo(6);
    assertThat(row.<Double>getAs("greedy")).isEqualTo(0.5);
    assertThat(row.<Double>getAs("sampled")).isCloseTo(0.5, within(1e-12));
    assertThat(row.<Double>getAs("parsed")).isEqualTo(1);
    assertThat(row.<Double>getAs("tokens")).isEqualTo(12.5);
    assertThat(row.<Double>getAs("entropy")).isEqualTo(0.5);
    assertThat(row.<Double>getAs("reference_nll")).isEqualTo(0.25);
    assertThat(row.<Double>getAs("kl")).isEqualTo(0.125);
  }

  /** Rows of v_changes over tables of these rows alone. */
  private static List<Row> changes(
      List<Problem> problems, List<EvaluationRow> evaluations, String where) {
    List<CheckpointRow> checkpoints =
        List.of(
            new CheckpointRow("sft/step-0", "sft", 0, "/none/0", "", "00"),
            new CheckpointRow("sft/step-30", "sft", 30, "/none/30", "sft/step-0", "30"));
    Warehouse toy = ToyTables.WAREHOUSE;
    toy.dataset(Tables.PROBLEMS, problems).createOrReplaceTempView("some_problems");
    toy.dataset(Tables.EVALUATIONS, evaluations).createOrReplaceTempView("some_evaluations");
    toy.dataset(Tables.CHECKPOINTS, checkpoints).createOrReplaceTempView("some_checkpoints");
    String view = View.V_CHANGES.sql(table -> "SELECT * FROM some_" + table.name());
    return rows("SELECT * FROM (" + view + ") WHERE " + where);
  }

  /** The samples of a-0 to a-5 pass at 0, 0.2, ... 1, and those of the start never. */
  private static List<EvaluationRow> beforeAndAfter() {
    return IntStream.range(0, 6)
        .boxed()
        .flatMap(
            i ->
                Stream.of(
                    ToyTables.evaluation("before_sft", "sft/step-0", "a-" + i, 0),
                    ToyTables.evaluation("after_sft", "sft/step-30", "a-" + i, 2 * i)))
        .toList();
  }

  /** One more evaluation of the start asks two problems, and its name is the last: it counts. */
  @Test
  void changesAreTakenFromTheStartOverTheProblemsOfBoth() {
    List<EvaluationRow> evaluations = new ArrayList<>(beforeAndAfter());
    evaluations.add(ToyTables.evaluation("z_half", "sft/step-0", "a-0", 5));
    evaluations.add(ToyTables.evaluation("z_half", "sft/step-0", "a-3", 10));
    // The start's samples pass at 0.5, 0, 0, 1, 0, 0.
    Row row = changes(List.of(), evaluations, "run_id = 'after_sft'").get(0);
    assertThat(row.<String>getAs("parent_checkpoint_id")).isEqualTo("sft/step-0");
    assertThat(row.<Long>getAs("shared_problems")).isEqualTo(6);
    assertThat(row.<Double>getAs("greedy")).isEqualTo(0.5);
    assertThat(row.<Double>getAs("greedy_start")).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(row.<Double>getAs("greedy_change")).isCloseTo(1 / 6.0, within(1e-12));
    assertThat(row.<Double>getAs("sampled_start")).isCloseTo(0.25, within(1e-12));
    assertThat(row.<Double>getAs("sampled_change")).isCloseTo(0.25, within(1e-12));
    assertThat(row.<Double>getAs("greedy_gap")).isNull();
    Row start = changes(List.of(), evaluations, "run_id = 'before_sft'").get(0);
    assertThat(start.<Long>getAs("shared_problems")).isZero();
    assertThat(start.<Double>getAs("sampled_change")).isNull();
  }

  @Test
  void theGapIsTheDifferenceOfTheHalvesTestProblems() {
    List<Problem> problems = List.of(tested(problem("a-3")), problem("a-4"), problem("b-0"));
    List<EvaluationRow> evaluations = new ArrayList<>(beforeAndAfter());
    evaluations.add(ToyTables.evaluation("after_sft", "sft/step-30", "b-0", 2));
    // a-3 passes greedily and in 6 of 10 samples, b-0 in 2 of 10; a-4 is not of the test split.
    Row row = changes(problems, evaluations, "run_id = 'after_sft'").get(0);
    assertThat(row.<Double>getAs("greedy_gap")).isEqualTo(1);
    assertThat(row.<Double>getAs("sampled_gap")).isCloseTo(0.4, within(1e-12));
    assertThat(changes(problems, evaluations, "run_id = 'before_sft'"))
        .singleElement()
        .satisfies(r -> assertThat(r.<Double>getAs("sampled_gap")).isNull());
  }

  private static Problem problem(String id) {
    return ToyTables.problems(1, 6).stream()
        .filter(p -> p.problemId().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** The same with a second atom that puts it into the test split. */
  private static Problem tested(Problem p) {
    return new Problem(
        p.problemId(),
        p.family(),
        ToyTables.tuple(Split.TEST, p.atomIds().get(0)),
        p.depth(),
        p.entryPoint(),
        p.signature(),
        p.promptEn(),
        p.promptZh(),
        p.referenceInline(),
        p.referenceCall(),
        p.tests(),
        p.mutationScore(),
        p.graphHash(),
        p.fingerprint(),
        "test");
  }

  @Test
  void learningCurvesAreSmoothedAndHoldThePassRatesOfTheCheckpoints() {
    Row last =
        rows("SELECT * FROM v_learning_curves WHERE name = 'train/loss' AND step = 30").get(0);
    double mean = IntStream.rangeClosed(11, 30).mapToDouble(i -> 3.0 / i).average().orElseThrow();
    assertThat(last.<Double>getAs("smoothed")).isCloseTo(mean, within(1e-12));
    assertThat(
            rows(
                "SELECT step, value FROM v_learning_curves WHERE name = 'val/a_test/pass@1' ORDER"
                    + " BY 1"))
        .extracting(r -> r.getLong(0) + " " + r.getDouble(1))
        .containsExactly("0 0.0", "30 0.5");
  }

  /** Of the two runs only sft has checkpoints. */
  @Test
  void committedStepsAreThoseThatACheckpointCovers() {
    assertThat(rows("SELECT max(step) FROM committed_step_metrics"))
        .singleElement()
        .extracting(r -> r.getLong(0))
        .isEqualTo(30L);
    assertThat(rows("SELECT * FROM rollouts")).isNotEmpty();
    assertThat(rows("SELECT * FROM committed_rollouts")).isEmpty();
  }

  @Test
  void aStepOfAChainIsComparedWithTheCallInItsPlace() {
    assertThat(
            rows(
                "SELECT asked, called, right FROM v_chain_steps WHERE run_id = 'after_sft' AND step"
                    + " = 1 ORDER BY problem_id"))
        .extracting(r -> r.getString(0) + " " + r.getString(1) + " " + r.getBoolean(2))
        .containsExactly(
            "add0  false",
            "add1  false",
            "add2  false",
            "add3 add3 true",
            "add4 add4 true",
            "add5 add5 true");
  }

  @Test
  void verdictsAndRejectionsHaveShares() {
    assertThat(
            rows(
                "SELECT programs, share FROM v_verdict_mix WHERE origin = 'rollouts' AND outcome ="
                    + " 'PASSED' ORDER BY step"))
        .extracting(r -> r.getLong(0) + " " + r.getDouble(1))
        .containsExactly("1 0.25", "1 0.25");
    assertThat(
            rows("SELECT sum(share) FROM v_verdict_mix GROUP BY origin, run_id, step, problem_set"))
        .allSatisfy(r -> assertThat(r.getDouble(0)).isCloseTo(1, within(1e-12)));
    Row dull = rows("SELECT * FROM v_rejections WHERE stage = 'V3_DULL'").get(0);
    assertThat(dull.<Long>getAs("candidates")).isEqualTo(2);
    assertThat(dull.<Double>getAs("share")).isCloseTo(2 / 9.0, within(1e-12)); // 6 were kept
    assertThat(dull.<String>getAs("example_detail")).isEqualTo("1 over 12");
  }

  @Test
  void aRolloutThatPassesTheVisibleTestsAloneIsASignOfRewardHacking() {
    assertThat(rows("SELECT * FROM v_reward_hacking ORDER BY step"))
        .extracting(
            r ->
                r.getAs("rollouts")
                    + " "
                    + r.getAs("visible_pass_hidden_fail")
                    + " "
                    + r.getAs("cpu_ms"))
        .containsExactly("4 0.25 6.0", "4 0.25 22.0");
  }

  @Test
  void lineageLeadsFromAnEvaluationToTheAtoms() {
    Row row =
        rows("SELECT * FROM v_lineage WHERE run_id = 'after_sft' AND problem_id = 'a-2'").get(0);
    assertThat(row.<String>getAs("training_run_id")).isEqualTo("sft");
    assertThat(row.<String>getAs("training_job")).isEqualTo("TrainSft");
    assertThat(row.<String>getAs("git_commit")).isEqualTo("c0ffee");
    assertThat(row.<Long>getAs("seed")).isEqualTo(17);
    long problems = ToyTables.WAREHOUSE.version(Tables.PROBLEMS);
    long sequences = ToyTables.WAREHOUSE.version(Tables.SEQUENCES);
    assertThat(row.<String, Long>getJavaMap(row.fieldIndex("evaluation_reads")))
        .isEqualTo(Map.of("problems", problems));
    assertThat(row.<String, Long>getJavaMap(row.fieldIndex("training_reads")))
        .isEqualTo(Map.of("sequences", sequences));
    assertThat(row.<String, Long>getJavaMap(row.fieldIndex("sequences_reads")))
        .isEqualTo(Map.of("problems", problems));
    assertThat(row.getAs("atoms").toString()).contains("add2,arithmetic,S_A");
  }

  @Test
  void lineageFindsTheCommitOfTheDataSetThatARunReadWhateverWasWrittenAfterIt(
      @TempDir Path folder) {
    Warehouse any = ToyTables.fill(folder.toString());
    long[] problems = new long[2];
    for (int i = 0; i < 2; i++) {
      Warehouse dataset = any.as(provenance("BuildDataset", "name", List.of("a", "b").get(i)));
      dataset.overwrite(
          Tables.PROBLEMS, dataset.dataset(Tables.PROBLEMS, ToyTables.problems(4, 6)));
      dataset.read(Tables.PROBLEMS);
      problems[i] = dataset.version(Tables.PROBLEMS);
      DataSets.write(
          dataset,
          List.of("a", "b").get(i),
          List.of(Sequence.of("s", "a-0", "m", new int[] {1}, new int[] {2}, 1)));
    }
    for (String name : List.of("a", "b")) {
      Warehouse sft = any.as(provenance("TrainSft", "dataset", name));
      DataSets.read(sft, name);
      sft.replace(
          Tables.CHECKPOINTS,
          "run_id = 'sft'",
          sft.dataset(
              Tables.CHECKPOINTS,
              List.of(new CheckpointRow("sft/step-30", "sft", 30, "/none/30", "", "30"))));
      try {
        SqlScope.open(SPARK, folder.toString());
        Row row =
            rows("SELECT * FROM v_lineage WHERE run_id = 'after_sft' AND problem_id = 'a-2'")
                .get(0);
        assertThat(row.<String>getAs("dataset")).isEqualTo(name);
        assertThat(row.<String, Long>getJavaMap(row.fieldIndex("sequences_reads")))
            .isEqualTo(Map.of("problems", problems[name.equals("a") ? 0 : 1]));
      } finally {
        open();
      }
    }
  }

  private static Provenance provenance(String job, String key, String value) {
    ObjectNode config = JobRunner.JSON.createObjectNode().put("run_id", "sft").put(key, value);
    return new Provenance(job, "c0ffee", config);
  }

  @Test
  void viewsOfAWarehouseWithoutResultsAreEmpty(@TempDir Path folder) {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    warehouse.overwrite(
        Tables.PROBLEMS, warehouse.dataset(Tables.PROBLEMS, ToyTables.problems(1, 1)));
    for (View view : View.values()) {
      boolean ofProblems =
          view.tables().contains(Tables.PROBLEMS)
              && view != View.V_REJECTIONS
              && view != View.V_LEAKS
              && view != View.V_CHAIN_STEPS
              && view != View.V_CHANGES;
      if (!view.readsCommits()) {
        assertThat(SqlScope.rows(warehouse, view).isEmpty())
            .as(view.sqlName())
            .isEqualTo(!ofProblems);
      }
    }
  }

  @Test
  void everyViewSaysWhatItsRowsAre() {
    assertThat(View.values()).allSatisfy(v -> assertThat(v.comment()).hasSizeGreaterThan(40));
  }
}
