package io.atomforge.jobs.pipeline;

import io.atomforge.tables.EvaluationRow;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Rows of table {@code evaluations}.
 *
 * @param byRun by run_id
 */
record Evaluations(Map<String, List<EvaluationRow>> byRun) {
  static Evaluations of(List<EvaluationRow> rows) {
    return new Evaluations(rows.stream().collect(Collectors.groupingBy(EvaluationRow::runId)));
  }

  List<EvaluationRow> of(String run) {
    return byRun.getOrDefault(run, List.of());
  }

  /**
   * @return the value of each problem that has one, by its id; empty where the run has no such set
   */
  Map<String, Double> values(String run, String set, Measure measure) {
    Map<String, Double> values = new TreeMap<>();
    of(run).stream()
        .filter(row -> row.problemSet().equals(set))
        .forEach(row -> measure.value().apply(row).ifPresent(v -> values.put(row.problemId(), v)));
    return values;
  }
}
