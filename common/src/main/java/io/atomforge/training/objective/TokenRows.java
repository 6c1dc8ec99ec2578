package io.atomforge.training.objective;

import java.util.Arrays;
import java.util.List;

/** Arithmetic of rows of numbers, such as one row per completion and one number per token. */
final class TokenRows {
  private TokenRows() {}

  /**
   * (x - mean) / sqrt(variance + 1e-8) over all numbers, with the sample variance (n - 1). Of fewer
   * than two numbers there is no variance: they come out as 0.
   */
  static List<double[]> whitened(List<double[]> rows) {
    double[] all = rows.stream().flatMapToDouble(Arrays::stream).toArray();
    double mean = Arrays.stream(all).average().orElse(0);
    double squares = Arrays.stream(all).map(x -> (x - mean) * (x - mean)).sum();
    double scale = 1 / Math.sqrt(squares / Math.max(1, all.length - 1) + 1e-8);
    return rows.stream()
        .map(row -> Arrays.stream(row).map(x -> (x - mean) * scale).toArray())
        .toList();
  }

  /** x minus the mean of the row; a lone number stays. */
  static double[] centered(double[] row) {
    double mean = row.length < 2 ? 0 : Arrays.stream(row).sum() / row.length;
    return Arrays.stream(row).map(x -> x - mean).toArray();
  }

  static double[] filled(int length, double value) {
    double[] row = new double[length];
    Arrays.fill(row, value);
    return row;
  }
}
