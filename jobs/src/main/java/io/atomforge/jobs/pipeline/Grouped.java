package io.atomforge.jobs.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one seed has of a number: a value of each problem, in groups that count the same whatever
 * their sizes, such as the tasks of a sequence.
 *
 * @param groups for each group the values by the problems' ids
 */
record Grouped(List<Map<String, Double>> groups) {
  Grouped {
    groups = List.copyOf(groups);
  }

  static Grouped of(Map<String, Double> only) {
    return new Grouped(List.of(only));
  }

  /** Whether each group has a problem. */
  boolean complete() {
    return !groups.isEmpty() && groups.stream().noneMatch(Map::isEmpty);
  }

  /** The differences of the problems that both have. */
  Grouped minus(Grouped other) {
    List<Map<String, Double>> differences = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      Map<String, Double> subtracted = other.groups.get(g);
      Map<String, Double> difference = new TreeMap<>(groups.get(g));
      difference.keySet().retainAll(subtracted.keySet());
      subtracted.forEach((id, value) -> difference.computeIfPresent(id, (i, v) -> v - value));
      differences.add(difference);
    }
    return new Grouped(differences);
  }

  /** Of the groups' means. */
  double mean() {
    return groups.stream().mapToDouble(Grouped::mean).average().orElseThrow();
  }

  /**
   * One value of each problem such that their plain mean is that of the groups' means. Each value
   * is this mean and its difference to its own group's mean, times N / (G n) with N problems in
   * all, G groups and n problems of its group; so the problems vary within their groups alone, and
   * the variance of the plain mean is that of the groups' mean.
   */
  Map<String, Double> problems() {
    if (groups.size() == 1) {
      return groups.get(0);
    }
    double mean = mean();
    int all = groups.stream().mapToInt(Map::size).sum();
    Map<String, Double> problems = new TreeMap<>();
    for (int g = 0; g < groups.size(); g++) {
      double ofGroup = mean(groups.get(g));
      double factor = (double) all / groups.size() / groups.get(g).size();
      String place = g + "/";
      groups
          .get(g)
          .forEach((id, value) -> problems.put(place + id, mean + factor * (value - ofGroup)));
    }
    return problems;
  }

  private static double mean(Map<String, Double> group) {
    return group.values().stream().mapToDouble(v -> v).average().orElseThrow();
  }
}
