package io.atomforge.jobs.training;

import io.atomforge.dataset.Sequence;
import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.model.Parameters;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import io.atomforge.training.objective.LossAggregation;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Tells a loss that leaps up, with the sequences that may be its cause. */
final class LossSpikes {
  /** Losses that a spike is measured against. */
  private static final int WINDOW = 32;

  private final double factor;
  private final Deque<Double> recent = new ArrayDeque<>();

  /**
   * @param factor times the median of the last losses that a loss may be; 0 for any that is finite
   */
  LossSpikes(double factor) {
    this.factor = factor;
  }

  void add(double loss) {
    recent.add(loss);
    if (recent.size() > WINDOW) {
      recent.remove();
    }
  }

  /** The greatest loss that is no spike. */
  double most() {
    if (factor == 0 || recent.size() < WINDOW) {
      return Double.POSITIVE_INFINITY;
    }
    double[] sorted = recent.stream().mapToDouble(l -> l).sorted().toArray();
    return factor * sorted[sorted.length / 2];
  }

  /** Which sequences of a bad step fit the model least. */
  static String worst(
      List<Sequence> sequences, LossScript loss, GradientSource source, Parameters theta) {
    List<Shard> single =
        sequences.stream()
            .map(s -> SupervisedSteps.example(s, LossAggregation.TOKEN_MEAN, 1))
            .map(e -> Sharding.cut(List.of(e), loss, 1).get(0))
            .toList();
    double[] losses =
        source.logProbs(theta, single, 1.0).stream()
            .mapToDouble(s -> LogProbs.meanSurprisal(Stream.of(s.logProbs())))
            .toArray();
    return "highest losses: "
        + IntStream.range(0, losses.length)
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> losses[i]).reversed())
            .limit(5)
            .map(
                i ->
                    String.format(Locale.ROOT, "%s %.3f", sequences.get(i).sequenceId(), losses[i]))
            .collect(Collectors.joining(", "))
        + "; lower learning_rate, or remove these sequences";
  }
}
