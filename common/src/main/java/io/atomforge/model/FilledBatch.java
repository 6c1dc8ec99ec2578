package io.atomforge.model;

import java.util.Arrays;

/**
 * A batch filled up to one of few sizes. An engine makes kernels for one size at a time and keeps
 * them; batches whose sizes come again find theirs, and their tensors fit where the last ones were.
 *
 * <p>What fills it up are tokens in no row, which nothing attends to, and predictions of weight
 * zero at these, so that no sum changes.
 *
 * @param tokens shape (M,), of which the last are in no row
 * @param positions shape (N,), of which the last are at tokens in no row
 * @param targets shape (N,)
 * @param keys shape (M,), or empty for no dropout
 */
record FilledBatch(int[] tokens, int[] positions, int[] targets, long[] keys) {
  /** Sizes between a power of two and the next. */
  private static final int SIZES = 16;

  static FilledBatch of(TokenBatch batch) {
    int used = batch.tokens().length;
    int predicted = batch.positions().length;
    int predictions = (int) rounded(predicted);
    int[] tokens = Arrays.copyOf(batch.tokens(), (int) rounded(used + predictions - predicted));
    int[] positions = Arrays.copyOf(batch.positions(), predictions);
    for (int i = predicted; i < predictions; i++) {
      positions[i] = used + i - predicted;
    }
    int keys = batch.keys().length == 0 ? 0 : tokens.length;
    return new FilledBatch(
        tokens,
        positions,
        Arrays.copyOf(batch.targets(), predictions),
        Arrays.copyOf(batch.keys(), keys));
  }

  /** The size, of tokens or of predictions, to which this many are filled up. */
  static long rounded(long count) {
    long step = Math.max(1, Long.highestOneBit(count) / SIZES);
    return (count + step - 1) / step * step;
  }

  /**
   * The weights and each input of a loss script in rows of N; what fills up has the first input.
   */
  float[] rows(float[] weights, float[][] inputs) {
    int n = positions.length;
    float[] rows = new float[(1 + inputs.length) * n];
    System.arraycopy(weights, 0, rows, 0, weights.length);
    for (int i = 0; i < inputs.length && n > 0; i++) {
      int start = (1 + i) * n;
      Arrays.fill(rows, start, start + n, inputs[i][0]);
      System.arraycopy(inputs[i], 0, rows, start, inputs[i].length);
    }
    return rows;
  }
}
