package io.atomforge.rl;

import java.util.Arrays;
import java.util.List;

/** Mean and variance over all values of rows of unequal lengths; 0 where there is none. */
final class Moments {
  private Moments() {}

  static double mean(List<double[]> rows) {
    return rows.stream().flatMapToDouble(Arrays::stream).average().orElse(0);
  }

  /** Of the values as a whole population. */
  static double variance(List<double[]> rows) {
    double mean = mean(rows);
    return rows.stream()
        .flatMapToDouble(Arrays::stream)
        .map(x -> (x - mean) * (x - mean))
        .average()
        .orElse(0);
  }
}
