package io.atomforge.jobs.evaluate;

import io.atomforge.evaluation.PassAtK;
import io.atomforge.tables.EvaluationRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an evaluation comes to. */
public final class PassRates {
  private static final int[] K = {1, 5, 10, 100};

  private PassRates() {}

  /**
   * Per problem set: the greedy pass rate, unless completions were given, and pass@1, 5, 10 and 100
   * where each problem has enough samples.
   */
  public static Map<String, Map<String, Double>> of(List<EvaluationRow> rows) {
    Map<String, Map<String, Double>> rates = new LinkedHashMap<>();
    for (String set : rows.stream().map(EvaluationRow::problemSet).distinct().toList()) {
      List<EvaluationRow> of = rows.stream().filter(r -> r.problemSet().equals(set)).toList();
      Map<String, Double> rate = new LinkedHashMap<>();
      if (of.stream().noneMatch(r -> r.greedyOutcome().isEmpty())) {
        rate.put("greedy", of.stream().mapToInt(r -> r.greedyPassed() ? 1 : 0).average().orElse(0));
      }
      for (int k : K) {
        if (of.stream().allMatch(r -> r.n() >= k)) {
          rate.put(
              "pass@" + k,
              of.stream().mapToDouble(r -> PassAtK.estimate(r.n(), r.c(), k)).average().orElse(0));
        }
      }
      rates.put(set, rate);
    }
    return rates;
  }
}
