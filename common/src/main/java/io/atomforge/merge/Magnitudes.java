package io.atomforge.merge;

import io.atomforge.model.Parameters;
import java.nio.FloatBuffer;
import java.util.function.IntConsumer;

/**
 * How great the differences of two vectors are. They are never held at once: two passes over them
 * count first the upper and then the lower halves of their bits, whose order is that of the
 * magnitudes.
 */
final class Magnitudes {
  private static final int HALF = 16;

  private final Parameters one;
  private final Parameters other;

  private Magnitudes(Parameters one, Parameters other) {
    this.one = one;
    this.other = other;
  }

  static Magnitudes ofDifference(Parameters one, Parameters other) {
    return new Magnitudes(one, other);
  }

  /**
   * @param rank 1 for the greatest
   * @return the magnitude of this rank; infinity for rank 0
   */
  float atRank(long rank) {
    if (rank == 0) {
      return Float.POSITIVE_INFINITY;
    }
    long[] upper = new long[1 << HALF];
    each(bits -> upper[bits >>> HALF]++);
    long[] left = {rank};
    int high = place(upper, left);
    long[] lower = new long[1 << HALF];
    each(
        bits -> {
          if (bits >>> HALF == high) {
            lower[bits & 0xffff]++;
          }
        });
    return Float.intBitsToFloat(high << HALF | place(lower, left));
  }

  /** The place of the rank that is left, counted from the last; leaves the rank within it. */
  private static int place(long[] counts, long[] left) {
    int place = counts.length - 1;
    while (counts[place] < left[0]) {
      left[0] -= counts[place--];
    }
    return place;
  }

  private void each(IntConsumer bits) {
    long size = one.layout().size();
    for (long at = 0; at < size; at += Parameters.WINDOW) {
      int n = (int) Math.min(Parameters.WINDOW, size - at);
      float[] a = new float[n];
      float[] b = new float[n];
      one.read(at, FloatBuffer.wrap(a));
      other.read(at, FloatBuffer.wrap(b));
      for (int i = 0; i < n; i++) {
        bits.accept(Float.floatToIntBits(Math.abs(a[i] - b[i])));
      }
    }
  }
}
