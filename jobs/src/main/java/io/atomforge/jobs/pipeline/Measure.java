package io.atomforge.jobs.pipeline;

import io.atomforge.evaluation.PassAtK;
import io.atomforge.sandbox.Outcome;
import io.atomforge.tables.EvaluationRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * A number that an evaluation has of each problem.
 *
 * @param name with its unit
 * @param value empty where the evaluation cannot say
 */
record Measure(String name, Function<EvaluationRow, Optional<Double>> value) {
  private static final String BROKEN = Outcome.COMPILE_ERROR.name();

  /**
   * What all runs can say: greedy pass@1 and the share that parses always, pass@1 and the largest
   * pass@k of a power of two where each run has samples, the reference's likelihood where there is
   * a reference, and the divergence from a model where one was named.
   */
  static List<Measure> of(List<EvaluationRow> rows) {
    // A run has as many samples as its problems, but for those whose verdict was lost.
    int samples =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    EvaluationRow::runId,
                    Collectors.mapping(
                        EvaluationRow::n, Collectors.maxBy(Comparator.naturalOrder()))))
            .values()
            .stream()
            .mapToInt(most -> most.orElse(0))
            .min()
            .orElse(0);
    int most = Integer.highestOneBit(Math.max(1, samples));
    List<Measure> measures = new ArrayList<>();
    measures.add(
        percent("greedy pass@1", EvaluationRow::greedyJudged, row -> row.greedyPassed() ? 1 : 0));
    if (samples > 1) {
      measures.add(passAt(1));
    }
    if (most > 2) {
      measures.add(passAt(most));
    }
    measures.add(
        percent(
            "greedy completions that parse",
            EvaluationRow::greedyJudged,
            row -> row.greedyOutcome().equals(BROKEN) || row.greedyCompletion().isBlank() ? 0 : 1));
    if (rows.stream().allMatch(row -> row.referenceNll() > 0)) {
      measures.add(
          always(
              "negative log-likelihood of the reference, nats per token",
              EvaluationRow::referenceNll));
    }
    if (samples > 0) {
      measures.add(always("entropy of the samples, nats per token", EvaluationRow::entropy));
    }
    // A model that was compared with no other has 0 everywhere.
    Set<String> compared =
        rows.stream()
            .filter(row -> row.kl() != 0)
            .map(EvaluationRow::runId)
            .collect(Collectors.toSet());
    if (!compared.isEmpty()) {
      measures.add(
          new Measure(
              "KL divergence from kl_reference, nats per token",
              row -> compared.contains(row.runId()) ? Optional.of(row.kl()) : Optional.empty()));
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
    return percent(
        "pass@" + k + " of samples",
        row -> row.n() >= k,
        row -> PassAtK.estimate(row.n(), row.c(), k));
  }

  private static Measure percent(
      String name, Predicate<EvaluationRow> known, ToDoubleFunction<EvaluationRow> share) {
    return new Measure(
        name + ", %",
        row ->
            known.test(row)
                ? Optional.of(100 * share.applyAsDouble(row))
                : Optional.<Double>empty());
  }

  private static Measure always(String name, ToDoubleFunction<EvaluationRow> value) {
    return new Measure(name, row -> Optional.of(value.applyAsDouble(row)));
  }
}
