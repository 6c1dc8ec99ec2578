package io.atomforge.jobs.report;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.struct;

import io.atomforge.dataset.Language;
import io.atomforge.random.Seeds;
import io.atomforge.report.ReportData;
import io.atomforge.report.ReportData.Call;
import io.atomforge.report.ReportData.Run;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.CheckpointRow;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The rows of some runs, as the report takes them.
 *
 * @param samplesPerSet problems of each set whose completions are shown
 */
record ReportTables(Warehouse warehouse, long seed, Language language, int samplesPerSet) {
  private static final int MOST_CHARACTERS = 10_000;

  /** An evaluation and the model that it is of, which has no run if a file brought it. */
  record Evaluated(String runId, String trainedBy, long step) {}

  /** Every evaluation, by name. */
  List<Evaluated> evaluated() {
    if (!warehouse.exists(EVALUATIONS)) {
      return List.of();
    }
    Map<String, CheckpointRow> checkpoints = new HashMap<>();
    if (warehouse.exists(CHECKPOINTS)) {
      Rows.collect(CHECKPOINTS, warehouse.read(CHECKPOINTS))
          .forEach(c -> checkpoints.put(c.checkpointId(), c));
    }
    List<Evaluated> all = new ArrayList<>();
    Dataset<Row> names = warehouse.read(EVALUATIONS).select("run_id", "checkpoint_id").distinct();
    for (Row row : names.orderBy("run_id", "checkpoint_id").collectAsList()) {
      CheckpointRow of = checkpoints.get(row.getString(1));
      all.add(
          new Evaluated(
              row.getString(0), of == null ? "" : of.runId(), of == null ? 0 : of.step()));
    }
    return all;
  }

  /** Every training run that has measured something, by name. */
  List<String> trained() {
    return warehouse.exists(STEP_METRICS)
        ? warehouse
            .read(STEP_METRICS)
            .select("run_id")
            .distinct()
            .orderBy("run_id")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList()
        : List.of();
  }

  private static Dataset<Row> of(List<Run> runs, Dataset<Row> rows) {
    return rows.filter(col("run_id").isin(runs.stream().map(Run::id).toArray()));
  }

  /** What the runs were evaluated to, by run, problem set and problem. */
  List<EvaluationRow> rows(List<Run> evaluated) {
    if (!warehouse.exists(EVALUATIONS)) {
      return List.of();
    }
    Dataset<Row> rows = of(evaluated, warehouse.read(EVALUATIONS));
    return Rows.collect(EVALUATIONS, rows.orderBy("run_id", "problem_set", "problem_id"));
  }

  /**
   * @param rows of {@link #rows}
   */
  List<ReportData.Evaluation> evaluations(List<Run> evaluated, List<EvaluationRow> rows) {
    Map<List<String>, List<Call>> calls = calls(evaluated);
    return rows.stream()
        .map(
            e ->
                new ReportData.Evaluation(
                    e.runId(),
                    e.problemSet(),
                    e.problemId(),
                    e.depth(),
                    e.n(),
                    e.c(),
                    e.greedyJudged(),
                    e.greedyPassed(),
                    e.sampledOutcomes(),
                    calls.getOrDefault(key(e), List.of())))
        .toList();
  }

  private static List<String> key(EvaluationRow e) {
    return List.of(e.runId(), e.problemSet(), e.problemId());
  }

  /**
   * Programs that solve their problem and call its atoms less often than every other time write the
   * atoms out; then no call says anything.
   */
  private Map<List<String>, List<Call>> calls(List<Run> evaluated) {
    Map<List<String>, List<Call>> calls = new HashMap<>();
    int solved = 0;
    int named = 0;
    Dataset<Row> steps =
        of(evaluated, SqlScope.rows(warehouse, View.V_CHAIN_STEPS))
            .groupBy("run_id", "problem_set", "problem_id", "greedy_passed")
            .agg(array_sort(collect_list(struct("step", "asked", "right"))));
    for (Row row : steps.collectAsList()) {
      List<Call> chain =
          row.<Row>getList(4).stream()
              .map(step -> new Call(step.getString(1), step.getBoolean(2)))
              .toList();
      calls.put(List.of(row.getString(0), row.getString(1), row.getString(2)), chain);
      if (row.getBoolean(3)) {
        solved += chain.size();
        named += (int) chain.stream().filter(Call::right).count();
      }
    }
    return 2 * named < solved ? Map.of() : calls;
  }

  List<ReportData.Metric> metrics(List<Run> trained) {
    if (!warehouse.exists(STEP_METRICS)) {
      return List.of();
    }
    Dataset<Row> committed = of(trained, SqlScope.rows(warehouse, View.COMMITTED_STEP_METRICS));
    return Rows.collect(STEP_METRICS, committed.orderBy("run_id", "step", "name")).stream()
        .map(m -> new ReportData.Metric(m.runId(), m.step(), m.name(), m.value()))
        .toList();
  }

  /**
   * Problems of each set that the first run of each arm was asked, by a hash of their names.
   *
   * @param rows of {@link #rows}
   */
  List<ReportData.Sample> samples(List<Run> evaluated, List<EvaluationRow> rows) {
    Map<String, String> arms = new LinkedHashMap<>();
    for (Run run : evaluated) {
      if (!arms.containsValue(run.arm())) {
        arms.put(run.id(), run.arm());
      }
    }
    List<String> order = List.copyOf(arms.keySet());
    Map<String, Map<String, List<EvaluationRow>>> bySet = new TreeMap<>();
    rows.stream()
        .filter(row -> arms.containsKey(row.runId()))
        .forEach(
            row ->
                bySet
                    .computeIfAbsent(row.problemSet(), s -> new TreeMap<>())
                    .computeIfAbsent(row.problemId(), p -> new ArrayList<>())
                    .add(row));
    Map<String, List<List<EvaluationRow>>> chosen = new TreeMap<>();
    bySet.forEach((set, of) -> chosen.put(set, choice(of)));
    Map<String, Problem> problems =
        problems(
            chosen.values().stream()
                .flatMap(List::stream)
                .map(answers -> answers.get(0).problemId())
                .toList());
    List<ReportData.Sample> samples = new ArrayList<>();
    chosen.forEach(
        (set, all) ->
            all.forEach(
                answers -> {
                  String id = answers.get(0).problemId();
                  Optional<Problem> problem = Optional.ofNullable(problems.get(id));
                  samples.add(
                      new ReportData.Sample(
                          set,
                          problem.map(language::prompt).orElse(id),
                          problem.map(Problem::referenceCall).orElse(""),
                          answers.stream()
                              .sorted(Comparator.comparing(e -> order.indexOf(e.runId())))
                              .map(e -> completion(arms.getOrDefault(e.runId(), ""), e))
                              .toList()));
                }));
    return samples;
  }

  private static ReportData.Completion completion(String arm, EvaluationRow e) {
    String text = e.greedyCompletion();
    return new ReportData.Completion(
        arm, text.substring(0, Math.min(text.length(), MOST_CHARACTERS)), e.greedyOutcome());
  }

  /** Those of which most arms tell come first. */
  private List<List<EvaluationRow>> choice(Map<String, List<EvaluationRow>> problems) {
    return problems.values().stream()
        .sorted(
            Comparator.comparing((List<EvaluationRow> rows) -> -rows.size())
                .thenComparing(rows -> Seeds.derive(seed, "sample", rows.get(0).problemId())))
        .limit(samplesPerSet)
        .toList();
  }

  private Map<String, Problem> problems(List<String> ids) {
    Map<String, Problem> problems = new HashMap<>();
    if (warehouse.exists(PROBLEMS)) {
      Dataset<Row> asked = warehouse.read(PROBLEMS).filter(col("problem_id").isin(ids.toArray()));
      Rows.collect(PROBLEMS, asked).forEach(p -> problems.put(p.problemId(), p));
    }
    return problems;
  }
}
