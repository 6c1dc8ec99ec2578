package io.atomforge.evaluation;

/**
 * A mean and the interval that covers it.
 *
 * @param mean of the values themselves, not of the resamples
 * @param low lower end, in the unit of the mean
 * @param high upper end
 */
public record Interval(double mean, double low, double high) {
  /**
   * @throws IllegalArgumentException if the three are not finite or {@code low} exceeds {@code
   *     high}
   */
  public Interval {
    if (!(low <= high && Double.isFinite(low) && Double.isFinite(high) && Double.isFinite(mean))) {
      throw new IllegalArgumentException(
          "Not an interval: mean " + mean + ", low " + low + ", high " + high);
    }
  }
}
