package io.atomforge.report;

import io.atomforge.report.LineChart.Point;
import io.atomforge.report.ReportData.Metric;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
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
  private static final int MOST_PLACES = 120;

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
    return runs(LOSS).stream().filter(r -> !run(r).containsKey(SCORE)).toList();
  }

  /** Runs that trained on their own completions. */
  List<String> rlRuns() {
    return runs(SCORE);
  }

  private List<String> runs(String metric) {
    return runs.keySet().stream().filter(r -> run(r).containsKey(metric)).toList();
  }

  private Map<String, TreeMap<Long, Double>> run(String name) {
    return runs.getOrDefault(name, Map.of());
  }

  /** Step and value; empty where nothing was measured. */
  List<Point> curve(String run, String name) {
    return points(run(run).getOrDefault(name, new TreeMap<>()));
  }

  /** The curves whose names match, added up; a step that one lacks counts as 0 there. */
  List<Point> sum(String run, Pattern names, Predicate<Matcher> which) {
    TreeMap<Long, Double> sums = new TreeMap<>();
    run(run)
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

  /**
   * The curve without its noise: at no more than 120 steps, the mean of the points around it, a
   * fortieth of the curve to either side, with their least and greatest as its band.
   */
  static List<Point> banded(List<Point> points) {
    int reach = points.size() / 40;
    int places = Math.min(MOST_PLACES, points.size());
    List<Point> out = new ArrayList<>();
    for (int place = 1; place <= places; place++) {
      int at = place * points.size() / places - 1;
      List<Point> around =
          points.subList(Math.max(0, at - reach), Math.min(points.size(), at + reach + 1));
      DoubleSummaryStatistics band = around.stream().mapToDouble(Point::y).summaryStatistics();
      out.add(new Point(points.get(at).x(), band.getAverage(), band.getMin(), band.getMax()));
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
