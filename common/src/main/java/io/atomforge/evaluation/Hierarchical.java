package io.atomforge.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * The interval for a mean over seeds and problems, where both are samples of those that one might
 * have taken. With S seeds of which each has the mean m_s over its problems, the variance of the
 * mean of the m_s is estimated as A + C:
 *
 * <ul>
 *   <li>A = s² / S, s² being the variance of the m_s. Its degrees of freedom are S - 1. A holds
 *       what problems do at one seed alone, so it is not taken below what the values within the
 *       seeds say of that: the average of a seed's variance over its number of problems, less C,
 *       over S. That bound has (S - 1) times the average number of problems, less 1, as its degrees
 *       of freedom. Without the bound, means that are equal by chance would have no width.
 *   <li>C is the average covariance of two seeds' means. It comes from the problems that both were
 *       asked: the covariance of the values over those problems, times their number, over the
 *       product of both seeds' numbers of problems; it is not taken below 0. Seeds with problems of
 *       their own alone have C = 0. Its degrees of freedom are the number of problems that several
 *       seeds share, less 1.
 * </ul>
 *
 * If all seeds share all problems, A + C is the estimate of the two-way model with random effects
 * (MS_seed + MS_problem - MS_rest) / (S P), where MS_seed is not taken below MS_rest. The quantile
 * is Student's at Satterthwaite's degrees of freedom (Satterthwaite 1946, Biometrics Bulletin 2).
 */
public final class Hierarchical {
  private static final double UPPER = 0.975;

  /** The normal distribution's quantile at {@link #UPPER}. */
  private static final double NORMAL = 1.959964;

  private Hierarchical() {}

  /**
   * @param seeds for each of two or more seeds the value of each problem by its id
   * @return the mean over the seeds' means with its 95 % interval
   * @throws IllegalArgumentException if there are fewer than two seeds or one has no problem
   */
  public static Interval mean(List<Map<String, Double>> seeds) {
    if (seeds.size() < 2 || seeds.stream().anyMatch(Map::isEmpty)) {
      throw new IllegalArgumentException(
          "An interval over seeds needs 2 seeds or more with a problem each, got " + seeds.size());
    }
    int n = seeds.size();
    double[] means = seeds.stream().mapToDouble(s -> mean(s.values())).toArray();
    double mean = 0;
    for (double m : means) {
      mean += m / n;
    }
    double between = 0;
    for (double m : means) {
      between += (m - mean) * (m - mean) / (n - 1) / n;
    }
    double common = 0;
    for (int s = 0; s < n; s++) {
      for (int t = s + 1; t < n; t++) {
        common += covariance(seeds.get(s), seeds.get(t)) * 2 / n / (n - 1);
      }
    }
    double within = 0;
    double problems = 0;
    for (Map<String, Double> seed : seeds) {
      within += variance(seed.values()) / seed.size() / n;
      problems += (double) seed.size() / n;
    }
    double rest = (within - common) / n;
    double freedomBetween = n - 1;
    if (between < rest) {
      between = rest;
      freedomBetween = (n - 1) * (problems - 1);
    }
    common = Math.max(0, common);
    double variance = between + common;
    if (variance == 0) {
      return new Interval(mean, mean, mean);
    }
    long shared =
        seeds.stream()
            .flatMap(s -> s.keySet().stream())
            .distinct()
            .filter(id -> seeds.stream().filter(s -> s.containsKey(id)).count() > 1)
            .count();
    double freedom =
        variance
            * variance
            / (between * between / freedomBetween + common * common / Math.max(1, shared - 1));
    double half =
        new TDistribution(freedom).inverseCumulativeProbability(UPPER) * Math.sqrt(variance);
    return new Interval(mean, mean - half, mean + half);
  }

  /**
   * The interval for the mean of one seed, from the interval over its problems and from what other
   * seeds have shown of the spread between seeds. The variance is the sum of both, the degrees of
   * freedom those of Satterthwaite.
   *
   * @param problems the mean with its 95 % interval over problems
   * @param spread standard deviation between seeds, in the unit of the mean
   * @param runs seeds that {@code spread} was estimated from, 2 or more
   * @return the same mean with its 95 % interval over seeds and problems
   */
  public static Interval ofOneSeed(Interval problems, double spread, int runs) {
    double error = (problems.high() - problems.low()) / 2 / NORMAL;
    double between = spread * spread;
    double variance = error * error + between;
    if (between == 0) {
      return problems;
    }
    double freedom = variance * variance / (between * between / (runs - 1));
    double half =
        new TDistribution(freedom).inverseCumulativeProbability(UPPER) * Math.sqrt(variance);
    return new Interval(problems.mean(), problems.mean() - half, problems.mean() + half);
  }

  /** Of the means of two seeds, as far as problems that both have tell. */
  private static double covariance(Map<String, Double> one, Map<String, Double> other) {
    List<String> both = new ArrayList<>(one.keySet());
    both.retainAll(other.keySet());
    if (both.size() < 2) {
      return 0;
    }
    double x = mean(both.stream().map(one::get).toList());
    double y = mean(both.stream().map(other::get).toList());
    double sum =
        both.stream()
            .mapToDouble(id -> (one.getOrDefault(id, x) - x) * (other.getOrDefault(id, y) - y))
            .sum();
    double of = sum / (both.size() - 1);
    return of * both.size() / ((double) one.size() * other.size());
  }

  /** With n - 1 below, or 0 of a single value. */
  private static double variance(Collection<Double> values) {
    double mean = mean(values);
    double sum = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return values.size() < 2 ? 0 : sum / (values.size() - 1);
  }

  private static double mean(Iterable<Double> values) {
    double sum = 0;
    int n = 0;
    for (double value : values) {
      sum += value;
      n++;
    }
    return sum / n;
  }
}
