package io.atomforge.jobs.pipeline;

import io.atomforge.evaluation.PassAtK;
import io.atomforge.sandbox.Outcome;
import io.atomforge.tables.EvaluationRow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A number that an evaluation has of each problem.
 *
 * @param name with its unit
 */
record Measure(String name, Function<EvaluationRow, Double> value) {
  private static final String BROKEN = Outcome.COMPILE_ERROR.name();

  /**
   * What all rows can say: greedy pass@1 and the share that parses always, pass@1 and the largest
   * pass@k of a power of two where there are samples, the reference's likelihood where there is a
   * reference, and the divergence from a model where one was named.
   */
  static List<Measure> of(List<EvaluationRow> rows) {
    int samples = rows.stream().mapToInt(EvaluationRow::n).min().orElse(0);
    int most = Integer.highestOneBit(Math.max(1, samples));
    List<Measure> measures = new ArrayList<>();
    measures.add(percent("greedy pass@1", row -> row.greedyPassed() ? 1.0 : 0.0));
    if (samples > 1) {
      measures.add(passAt(1));
    }
    if (most > 2) {
      measures.add(passAt(most));
    }
    measures.add(
        percent(
            "greedy completions that parse",
            row ->
                row.greedyOutcome().equals(BROKEN) || row.greedyCompletion().isBlank()
                    ? 0.0
                    : 1.0));
    if (rows.stream().allMatch(row -> row.referenceNll() > 0)) {
      measures.add(
          new Measure(
              "negative log-likelihood of the reference, nats per token",
              EvaluationRow::referenceNll));
    }
    if (samples > 0) {
      measures.add(new Measure("entropy of the samples, nats per token", EvaluationRow::entropy));
    }
    if (rows.stream().anyMatch(row -> row.kl() != 0)) {
      measures.add(
          new Measure("KL divergence from kl_reference, nats per token", EvaluationRow::kl));
    }
    return measures;
  }

  /** Pass@1 of the samples, or greedy pass@1 where there are none. */
  static Measure accuracy(List<Measure> measures) {
    return measures.stream()
        .filter(measure -> measure.name.startsWith("pass@1 "))
        .findFirst()
        .orElse(measures.get(0));
  }

  /** The name without its unit. */
  String quantity() {
    return name.replaceFirst(", .*", "");
  }

  private static Measure passAt(int k) {
    return percent("pass@" + k + " of samples", r -> PassAtK.estimate(r.n(), r.c(), k));
  }

  private static Measure percent(String name, Function<EvaluationRow, Double> share) {
    return new Measure(name + ", %", row -> 100 * share.apply(row));
  }
}
