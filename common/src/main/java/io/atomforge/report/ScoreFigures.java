package io.atomforge.report;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.Chart.Part;
import io.atomforge.report.Chart.Point;
import io.atomforge.report.Chart.Row;
import io.atomforge.report.Chart.Series;
import io.atomforge.report.Chart.Style;
import io.atomforge.report.Scores.Measure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;

/** What the evaluations look like. */
final class ScoreFigures {
  private final Scores scores;
  private final String target;

  ScoreFigures(Scores scores) {
    this.scores = scores;
    this.target = Words.set(scores.target());
  }

  /** Every set at every stage, and beside it the differences. */
  String overview() {
    List<String> panels = new ArrayList<>();
    List<Series> levels = new ArrayList<>();
    for (String stage : scores.stages()) {
      levels.add(dots(stage, scores.stages(), set -> scores.mean(set, stage, Measure.GREEDY)));
    }
    panels.add(dots("Greedy pass@1, % of problems", Scale.PERCENT, levels, y -> Words.fixed(y, 1)));
    List<Series> gains = new ArrayList<>();
    for (String stage : scores.later()) {
      String baseline = scores.baseline().orElseThrow();
      gains.add(
          dots(
              stage,
              scores.later(),
              set -> scores.difference(set, stage, baseline, Measure.GREEDY)));
    }
    String caption = "On " + target + " greedy pass@1 is " + shares(Measure.GREEDY, "") + ".";
    if (!gains.isEmpty()) {
      String title = "Paired difference to " + Words.stage(scores.baseline().get()) + ", points";
      double low = Math.min(-1, -Scale.max(gains, p -> -p.low()));
      double high = Math.max(1, Scale.max(gains, Point::high));
      panels.add(
          dots(
              title, new Scale(1.05 * low, 1.05 * high, false), gains, y -> Words.signed(y / 100)));
      caption += " A bar on the right that stays clear of zero is a difference the problems show.";
    }
    return Html.figure(panels, caption + " Bars are 95 % intervals.");
  }

  private String dots(
      String title, Scale scale, List<Series> series, DoubleFunction<String> words) {
    List<String> names = scores.sets().stream().map(s -> Words.capital(Words.set(s))).toList();
    return Html.panel(
        title, Chart.dots(title, names, scale, series, words, scores.stages().size()));
  }

  private Series dots(String stage, List<String> stages, Measured measured) {
    double shift =
        (stages.indexOf(stage) - (stages.size() - 1) / 2.0) * 0.75 / scores.stages().size();
    return series("", stage, Style.DOTS, scores.sets(), shift, measured);
  }

  /** One panel per set: the chance that one of k samples passes. */
  String passAtK() {
    List<String> ks = scores.ks().stream().map(k -> "k = " + k).toList();
    List<String> panels = new ArrayList<>();
    for (String set : scores.sets()) {
      List<Series> lines = new ArrayList<>();
      for (String stage : scores.stages(set)) {
        lines.add(
            line(
                set,
                stage,
                ks,
                k -> scores.mean(set, stage, Measure.passAt(scores.ks().get(ks.indexOf(k))))));
      }
      panels.add(places(Words.capital(Words.set(set)) + ", pass@k, %", ks, lines));
    }
    List<String> findings =
        scores.ks().stream().map(k -> shares(Measure.passAt(k), "pass@" + k + " is ")).toList();
    return Html.figure(panels, "On " + target + " " + String.join("; ", findings) + ".");
  }

  /**
   * @return empty where every set has one depth only
   */
  String depths() {
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (String set : scores.sets()) {
      List<String> depths = scores.depths(set).stream().map(d -> Integer.toString(d)).toList();
      if (depths.size() < 2) {
        continue;
      }
      List<Series> lines = new ArrayList<>();
      for (String stage : scores.stages(set)) {
        lines.add(
            line(
                set,
                stage,
                depths,
                d -> scores.mean(set, stage, Integer.parseInt(d), Measure.GREEDY)));
      }
      String name = Words.set(set);
      panels.add(
          places(
              Words.capital(name) + ", greedy pass@1 by chain length, %",
              depths.stream().map(d -> d + " atoms").toList(),
              lines));
      List<Point> last = lines.get(lines.size() - 1).points();
      if (last.size() < depths.size()) {
        continue;
      }
      findings.add(
          "%s from %s %% at %s atoms to %s %% at %s"
              .formatted(
                  name,
                  Words.fixed(last.get(0).y(), 1),
                  depths.get(0),
                  Words.fixed(last.get(last.size() - 1).y(), 1),
                  depths.get(depths.size() - 1)));
    }
    String stage = Words.stage(scores.stages().get(scores.stages().size() - 1));
    return panels.isEmpty()
        ? ""
        : Html.figure(
            panels,
            Words.capital(stage)
                + ", greedy pass@1 goes with the length of the chain: "
                + String.join("; ", findings)
                + ".");
  }

  /** What the samples came to, one panel per set. */
  String verdicts() {
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (String set : scores.sets()) {
      List<Row> rows = new ArrayList<>();
      for (String stage : scores.stages(set)) {
        Map<Ink, Double> shares = verdicts(set, stage);
        List<Part> parts = Ink.VERDICTS.stream().map(v -> new Part(v, shares.get(v))).toList();
        rows.add(new Row(Words.stage(stage), parts, Words.fixed(shares.get(Ink.PASSED), 0) + " %"));
        shares.remove(Ink.PASSED);
        Map.Entry<Ink, Double> worst =
            shares.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        if (set.equals(scores.target()) && worst.getValue() > 0) {
          findings.add(
              "%s it is %s (%s %%)"
                  .formatted(
                      Words.stage(stage),
                      Words.verdict(worst.getKey().name()),
                      Words.fixed(worst.getValue(), 1)));
        }
      }
      String title = "Samples of " + Words.set(set) + ", % passed beside";
      panels.add(Html.panel(title, Chart.bars(title, rows)));
    }
    return Html.figure(
        panels,
        findings.isEmpty()
            ? "No sample of " + target + " failed."
            : "The most common failure on " + target + ": " + String.join("; ", findings) + ".");
  }

  private Map<Ink, Double> verdicts(String set, String stage) {
    Map<Ink, Double> counts = new EnumMap<>(Ink.class);
    Ink.VERDICTS.forEach(v -> counts.put(v, 0.0));
    scores
        .rows(set, stage)
        .forEach(
            row ->
                row.sampledOutcomes()
                    .forEach((o, n) -> counts.merge(Ink.verdict(o), (double) n, Double::sum)));
    double total = counts.values().stream().mapToDouble(n -> n).sum();
    counts.replaceAll((verdict, n) -> total == 0 ? 0 : 100 * n / total);
    return counts;
  }

  /** An interval for each name, where there is one. */
  private interface Measured {
    Optional<Interval> at(String name);
  }

  private Series line(String set, String stage, List<String> places, Measured measured) {
    List<String> stages = scores.stages(set);
    double shift = (stages.indexOf(stage) - (stages.size() - 1) / 2.0) * 0.06;
    return series(Words.stage(stage), stage, Style.MEASURED, places, shift, measured);
  }

  private Series series(
      String label,
      String stage,
      Style style,
      List<String> places,
      double shift,
      Measured measured) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      double x = i + shift;
      measured
          .at(places.get(i))
          .ifPresent(v -> points.add(new Point(x, 100 * v.mean(), 100 * v.low(), 100 * v.high())));
    }
    return new Series(label, scores.ink(stage), style, points);
  }

  private static String places(String title, List<String> places, List<Series> lines) {
    return Html.panel(title, Chart.places(title, places, Scale.PERCENT, lines));
  }

  /** "38.5 % after SFT and 47.3 % after RL", of the target. */
  private String shares(Measure measure, String prefix) {
    List<String> shares = new ArrayList<>();
    for (String stage : scores.stages()) {
      scores
          .mean(scores.target(), stage, measure)
          .ifPresent(i -> shares.add(Words.percent(i.mean()) + " " + Words.stage(stage)));
    }
    return prefix + Words.and(shares);
  }
}
