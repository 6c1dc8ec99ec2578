package io.atomforge.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** How well scores tell two classes apart, whatever the threshold. */
public final class RocCurve {
  private RocCurve() {}

  /**
   * The area under the ROC curve: the probability that a positive has a higher score than a
   * negative, a tie counting half. Hanley and McNeil 1982.
   *
   * @param scores shape (N,)
   * @param positive of each score
   * @return 0 to 1; NaN if a class is empty or a score is NaN
   */
  public static double area(double[] scores, boolean[] positive) {
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> scores[i]))
            .mapToInt(i -> i)
            .toArray();
    if (Arrays.stream(scores).anyMatch(Double::isNaN)) {
      return Double.NaN;
    }
    double won = 0;
    long negatives = 0;
    for (int from = 0, to; from < order.length; from = to) {
      double score = scores[order[from]];
      to = from;
      while (to < order.length && scores[order[to]] == score) {
        to++;
      }
      int tied = to - from;
      long up = Arrays.stream(order, from, to).filter(i -> positive[i]).count();
      won += up * (negatives + (tied - up) / 2.0);
      negatives += tied - up;
    }
    return won / ((scores.length - negatives) * (double) negatives);
  }
}
