package io.atomforge.report;

import io.atomforge.evaluation.Hierarchical;
import io.atomforge.evaluation.Interval;
import java.util.Map;

/**
 * How much the difference between two stages varies from seed to seed, as other runs of a
 * configuration have shown.
 *
 * @param runs number of these runs, 2 or more; 0 if there are none
 * @param points by problem set the standard deviation of the difference, in percentage points
 */
public record SeedSpread(int runs, Map<String, Double> points) {
  /** Where nothing is known. */
  public static final SeedSpread NONE = new SeedSpread(0, Map.of());

  public SeedSpread {
    points = Map.copyOf(points);
    if (runs < 0 || runs == 1 || runs == 0 != points.isEmpty()) {
      throw new IllegalArgumentException(
          "runs must be 2 or more with points of problem sets, or 0 without, got " + runs);
    }
    points.forEach(
        (set, value) -> {
          if (!(value >= 0 && value <= 100)) {
            throw new IllegalArgumentException(
                "points of " + set + " must be 0 to 100, got " + value);
          }
        });
  }

  /**
   * @param difference of one seed as a share, with its interval over problems
   * @return with an interval over seeds too, where the spread of the set is known
   */
  Interval widened(String set, Interval difference) {
    Double spread = points.get(set);
    return spread == null ? difference : Hierarchical.ofOneSeed(difference, spread / 100, runs);
  }
}
