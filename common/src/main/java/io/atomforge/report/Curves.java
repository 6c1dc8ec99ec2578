package io.atomforge.report;

import io.atomforge.report.Chart.Point;
import io.atomforge.report.ReportData.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics as curves over steps, one per run and name. */
final class Curves {
  private static final String LOSS = "train/loss";
  private static final String SCORE = "critic/score/mean";

  private final Map<String, Map<String, TreeMap<Long, Double>>> runs = new TreeMap<>();

  Curves(List<Metric> metrics) {
    for (Metric m : metrics) {
      if (Double.isFinite(m.value())) {
        runs.computeIfAbsent(m.run(), r -> new TreeMap<>())
            .computeIfAbsent(m.name(), n -> new TreeMap<>())
            .put(m.step(), m.value());
      }
    }
  }

  /** Runs that trained on given completions. */
  List<String> sftRuns() {
    return runs(LOSS).stream().filter(r -> !runs.get(r).containsKey(SCORE)).toList();
  }

  /** Runs that trained on their own completions. */
  List<String> rlRuns() {
    return runs(SCORE);
  }

  private List<String> runs(String metric) {
    return runs.keySet().stream().filter(r -> runs.get(r).containsKey(metric)).toList();
  }

  /** Step and value; empty where nothing was measured. */
  List<Point> curve(String run, String name) {
    return points(runs.get(run).getOrDefault(name, new TreeMap<>()));
  }

  /** The curves whose names match, added up; a step that one lacks counts as 0 there. */
  List<Point> sum(String run, Pattern names, Predicate<Matcher> which) {
    TreeMap<Long, Double> sums = new TreeMap<>();
    runs.get(run)
        .forEach(
            (name, curve) -> {
              Matcher matcher = names.matcher(name);
              if (matcher.matches()) {
                boolean counts = which.test(matcher);
                curve.forEach((step, v) -> sums.merge(step, counts ? v : 0, Double::sum));
              }
            });
    return points(sums);
  }

  private static List<Point> points(Map<Long, Double> values) {
    return values.entrySet().stream().map(e -> new Point(e.getKey(), e.getValue())).toList();
  }

  /** At most {@code most} points, each the mean of its neighbours. */
  static List<Point> thin(List<Point> points, int most) {
    List<Point> out = new ArrayList<>();
    int groups = Math.min(most, points.size());
    for (int g = 0; g < groups; g++) {
      List<Point> group =
          points.subList(g * points.size() / groups, (g + 1) * points.size() / groups);
      out.add(new Point(group.get(group.size() - 1).x(), mean(group)));
    }
    return out;
  }

  /** The mean of each point and those around it, a fortieth of the curve to either side. */
  static List<Point> smooth(List<Point> points) {
    int reach = points.size() / 40;
    List<Point> out = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      int from = Math.max(0, i - reach);
      int to = Math.min(points.size(), i + reach + 1);
      out.add(new Point(points.get(i).x(), mean(points.subList(from, to))));
    }
    return out;
  }

  /** Mean of the first tenth of the points, 1 or more. */
  static double start(List<Point> points) {
    return mean(points.subList(0, Math.max(1, points.size() / 10)));
  }

  /** Mean of the last tenth of the points, 1 or more. */
  static double end(List<Point> points) {
    return mean(points.subList(points.size() - Math.max(1, points.size() / 10), points.size()));
  }

  private static double mean(List<Point> points) {
    return points.stream().mapToDouble(Point::y).average().orElse(0);
  }
}
