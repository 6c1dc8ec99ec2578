package io.atomforge.evaluation;

import io.atomforge.random.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Percentile bootstrap over problems: resample the problems with replacement, take the mean of each
 * resample, and report the middle share of those means (Efron and Tibshirani 1993, chapter 13).
 * Quantiles are interpolated linearly. The problems are the units because the samples of one
 * problem are not independent. Equal values and seed give an equal interval, whatever order the
 * problems come in.
 *
 * @param resamples 1 or more; 10,000 is usual
 * @param level share of the means inside the interval, in (0, 1), such as 0.95
 */
public record Bootstrap(int resamples, double level) {
  /**
   * @throws IllegalArgumentException if a component is out of range
   */
  public Bootstrap {
    if (resamples < 1) {
      throw new IllegalArgumentException("resamples must be 1 or more, got " + resamples);
    }
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("level must be in (0, 1), got " + level);
    }
  }

  /**
   * @param values one per problem, shape (P,), finite
   * @throws IllegalArgumentException if there is no value or one is not finite
   */
  public Interval mean(double[] values, long seed) {
    if (values.length == 0 || !Arrays.stream(values).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "A bootstrap needs one finite value per problem; there are " + values.length + " values");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    SplittableRandom random = Seeds.random(seed, "bootstrap");
    double[] means = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      double sum = 0;
      for (int i = 0; i < sorted.length; i++) {
        sum += sorted[random.nextInt(sorted.length)];
      }
      means[r] = sum / sorted.length;
    }
    Arrays.sort(means);
    double tail = (1 - level) / 2;
    return new Interval(
        Arrays.stream(sorted).sum() / sorted.length,
        quantile(means, tail),
        quantile(means, 1 - tail));
  }

  /**
   * @param treated one value per problem, shape (P,)
   * @param control the other model's values of the same problems in the same order, shape (P,)
   * @return of the mean of {@code treated - control}; without zero inside, the two differ
   * @throws IllegalArgumentException if the lengths differ, or as {@link #mean} does
   */
  public Interval difference(double[] treated, double[] control, long seed) {
    if (treated.length != control.length) {
      throw new IllegalArgumentException(
          "A paired difference needs the same problems on both sides, got "
              + treated.length
              + " and "
              + control.length);
    }
    double[] differences = new double[treated.length];
    Arrays.setAll(differences, i -> treated[i] - control[i]);
    return mean(differences, seed);
  }

  private static double quantile(double[] sorted, double share) {
    double rank = share * (sorted.length - 1);
    int below = (int) rank;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }
}
