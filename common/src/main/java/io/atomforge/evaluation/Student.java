package io.atomforge.evaluation;

import java.util.Arrays;

/**
 * Student's interval for the mean of a few values, such as one score per seed: mean ± t s / √n with
 * the sample's standard deviation s and the 97.5 % quantile t of n - 1 degrees of freedom (Student
 * 1908). It covers what differs between the values, whatever made them differ.
 */
public final class Student {
  /** Two-sided 95 % quantiles of 1, 2, ... degrees of freedom. */
  private static final double[] QUANTILES = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093
  };

  private Student() {}

  /**
   * @param values shape (n,), finite; above 20 of them the quantile of 20 is used, which is a
   *     little wide
   * @return the mean with its 95 % interval
   * @throws IllegalArgumentException if there are fewer than two values
   */
  public static Interval mean(double[] values) {
    int n = values.length;
    if (n < 2) {
      throw new IllegalArgumentException("Student's interval needs 2 values or more, got " + n);
    }
    double mean = Arrays.stream(values).sum() / n;
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    double half =
        QUANTILES[Math.min(n - 1, QUANTILES.length) - 1] * Math.sqrt(squares / (n - 1) / n);
    return new Interval(mean, mean - half, mean + half);
  }
}
