package io.atomforge.jobs.evaluate;

import io.atomforge.evaluation.PassAtK;
import io.atomforge.tables.EvaluationRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What an evaluation comes to. */
public final class PassRates {
  private static final int[] K = {1, 5, 10, 100};

  private PassRates() {}

  /**
   * Per problem set: the greedy pass rate of the problems with a verdict, and pass@1, 5, 10 and 100
   * where each problem has enough samples; where samples have results, also the pass rates of the
   * answer by majority vote and of the likeliest sample.
   */
  public static Map<String, Map<String, Double>> of(List<EvaluationRow> rows) {
    Map<String, Map<String, Double>> rates = new LinkedHashMap<>();
    for (String set : rows.stream().map(EvaluationRow::problemSet).distinct().toList()) {
      List<EvaluationRow> of = rows.stream().filter(r -> r.problemSet().equals(set)).toList();
      Map<String, Double> rate = new LinkedHashMap<>();
      List<EvaluationRow> judged = of.stream().filter(EvaluationRow::greedyJudged).toList();
      if (!judged.isEmpty()) {
        rate.put("greedy", share(judged, EvaluationRow::greedyPassed));
      }
      for (int k : K) {
        if (of.stream().allMatch(r -> r.n() >= k)) {
          rate.put(
              "pass@" + k,
              of.stream().mapToDouble(r -> PassAtK.estimate(r.n(), r.c(), k)).average().orElse(0));
        }
      }
      if (of.stream().anyMatch(r -> r.votes() > 0)) {
        rate.put("vote", share(of, EvaluationRow::votePassed));
        rate.put("likeliest", share(of, EvaluationRow::likeliestPassed));
      }
      rates.put(set, rate);
    }
    return rates;
  }

  private static double share(List<EvaluationRow> rows, Predicate<EvaluationRow> passed) {
    return rows.stream().mapToInt(r -> passed.test(r) ? 1 : 0).average().orElse(0);
  }
}
