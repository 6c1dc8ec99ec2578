package io.atomforge.report;

import io.atomforge.report.ReportData.Metric;
import io.atomforge.report.ReportData.Run;
import io.atomforge.report.page.LineChart.Point;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics as curves over steps, one per arm and name. */
final class Curves {
  private static final String LOSS = "train/loss";
  private static final String SCORE = "critic/score/mean";
  private static final int MOST_PLACES = 120;

  private final List<Run> trained;
  private final Map<String, Map<String, TreeMap<Long, Double>>> runs = new TreeMap<>();

  Curves(ReportData data) {
    trained = data.trained();
    for (Metric m : data.metrics()) {
      if (Double.isFinite(m.value())) {
        runs.computeIfAbsent(m.run(), r -> new TreeMap<>())
            .computeIfAbsent(m.name(), n -> new TreeMap<>())
            .put(m.step(), m.value());
      }
    }
  }

  /** Arms that trained on given completions. */
  List<String> sft() {
    return ReportData.arms(trained, run -> has(run, LOSS) && !has(run, SCORE));
  }

  /** Arms that trained on their own completions. */
  List<String> rl() {
    return ReportData.arms(trained, run -> has(run, SCORE));
  }

  private boolean has(String run, String metric) {
    return runs.getOrDefault(run, Map.of()).containsKey(metric);
  }

  /** The runs of some arms, in order. */
  List<String> runs(List<String> arms) {
    return trained.stream().filter(r -> arms.contains(r.arm())).map(Run::id).toList();
  }

  /** Step and value; empty where nothing was measured. */
  List<Point> curve(String arm, String name) {
    return sum(arm, Pattern.compile(Pattern.quote(name)), matcher -> true);
  }

  /**
   * The curves whose names match, added up; a step that one lacks counts as 0 there. Of several
   * seeds, the mean at the steps that all of them have, between the least and the greatest.
   */
  List<Point> sum(String arm, Pattern names, Predicate<Matcher> which) {
    List<TreeMap<Long, Double>> seeds =
        runs(List.of(arm)).stream()
            .map(run -> sum(runs.getOrDefault(run, Map.of()), names, which))
            .filter(curve -> !curve.isEmpty())
            .toList();
    List<Point> points = new ArrayList<>();
    for (long step : seeds.isEmpty() ? Set.<Long>of() : seeds.get(0).keySet()) {
      if (seeds.stream().allMatch(s -> s.containsKey(step))) {
        DoubleSummaryStatistics at =
            seeds.stream().mapToDouble(s -> s.get(step)).summaryStatistics();
        points.add(new Point(step, at.getAverage(), at.getMin(), at.getMax()));
      }
    }
    return points;
  }

  private static TreeMap<Long, Double> sum(
      Map<String, TreeMap<Long, Double>> curves, Pattern names, Predicate<Matcher> which) {
    TreeMap<Long, Double> sums = new TreeMap<>();
    curves.forEach(
        (name, curve) -> {
          Matcher matcher = names.matcher(name);
          if (matcher.matches()) {
            boolean counts = which.test(matcher);
            curve.forEach((step, v) -> sums.merge(step, counts ? v : 0, Double::sum));
          }
        });
    return sums;
  }

  /** What a metric adds up to over all steps, as the mean of the runs of an arm. */
  double total(String arm, String name) {
    return runs(List.of(arm)).stream()
        .map(run -> runs.getOrDefault(run, Map.of()).getOrDefault(name, new TreeMap<>()))
        .mapToDouble(curve -> curve.values().stream().mapToDouble(v -> v).sum())
        .average()
        .orElse(0);
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
      boolean seeds = around.stream().anyMatch(p -> p.low() < p.high());
      out.add(
          new Point(
              points.get(at).x(),
              band.getAverage(),
              seeds ? around.stream().mapToDouble(Point::low).average().orElse(0) : band.getMin(),
              seeds
                  ? around.stream().mapToDouble(Point::high).average().orElse(0)
                  : band.getMax()));
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
