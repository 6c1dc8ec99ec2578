package io.atomforge.report;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.Chart.Part;
import io.atomforge.report.Chart.Point;
import io.atomforge.report.Chart.Row;
import io.atomforge.report.Chart.Scale;
import io.atomforge.report.Chart.Series;
import io.atomforge.report.Chart.Style;
import io.atomforge.report.ReportData.Evaluation;
import io.atomforge.report.Scores.Measure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/** What the evaluations look like. */
final class ScoreFigures {
  private final Scores scores;

  ScoreFigures(Scores scores) {
    this.scores = scores;
  }

  /** Every set at every stage, and beside it the differences. */
  String overview() {
    List<String> sets = scores.sets();
    List<String> names = sets.stream().map(s -> Words.capital(Words.set(s))).toList();
    List<String> panels = new ArrayList<>();
    panels.add(
        Html.panel(
            "Greedy pass@1, % of problems",
            dots(
                "Greedy pass@1 by problem set and stage",
                names,
                scores.stages(),
                Optional.empty())));
    if (!scores.later().isEmpty()) {
      String baseline = scores.baseline().orElseThrow();
      String title = "Paired difference to " + Words.stage(baseline) + ", points";
      panels.add(Html.panel(title, dots(title, names, scores.later(), Optional.of(baseline))));
    }
    return Html.figure(
        panels,
        "Dots are means over problems, bars their 95 % bootstrap intervals."
            + (scores.later().isEmpty()
                ? ""
                : " On the right a bar that stays clear of zero is a difference that the problems can show."));
  }

  private String dots(
      String description, List<String> names, List<String> stages, Optional<String> control) {
    List<Series> series = new ArrayList<>();
    List<List<String>> texts = new ArrayList<>();
    double low = 0;
    double high = control.isPresent() ? 1 : 100;
    for (int s = 0; s < stages.size(); s++) {
      double shift = (s - (stages.size() - 1) / 2.0) * 0.75 / scores.stages().size();
      List<Point> points = new ArrayList<>();
      List<String> words = new ArrayList<>();
      for (int i = 0; i < scores.sets().size(); i++) {
        String set = scores.sets().get(i);
        String stage = stages.get(s);
        Optional<Interval> interval =
            control.isPresent()
                ? scores.difference(set, stage, control.get(), Measure.GREEDY)
                : scores.mean(set, stage, Measure.GREEDY);
        if (interval.isPresent()) {
          Point point = point(i + shift, interval.get());
          points.add(point);
          low = Math.min(low, point.low());
          high = Math.max(high, point.high());
          words.add(
              control.isPresent()
                  ? Words.signed(interval.get().mean())
                  : Words.fixed(point.y(), 1));
        }
      }
      if (!points.isEmpty()) {
        series.add(new Series("", ink(stages.get(s)), Style.DOTS, points));
        texts.add(words);
      }
    }
    Scale scale =
        control.isPresent()
            ? new Scale(low - 0.05 * (high - low) - 0.5, high + 0.05 * (high - low), false)
            : Scale.PERCENT;
    return Chart.dots(description, names, scale, series, texts, scores.stages().size());
  }

  /** One panel per set: the chance that one of k samples passes. */
  String passAtK() {
    List<Integer> ks = scores.ks();
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (String set : scores.sets()) {
      panels.add(
          Html.panel(
              Words.capital(Words.set(set)) + ", pass@k, %",
              places(
                  "pass@k on " + Words.set(set),
                  set,
                  ks.stream().map(k -> "k = " + k).toList(),
                  stage -> i -> scores.mean(set, stage, Measure.passAt(ks.get(i))))));
    }
    for (String stage : trained()) {
      List<String> shares = new ArrayList<>();
      for (int k : List.of(ks.get(0), ks.get(ks.size() - 1))) {
        scores
            .mean(scores.target(), stage, Measure.passAt(k))
            .ifPresent(i -> shares.add(Words.percent(i.mean()) + " with " + k));
      }
      findings.add(Words.stage(stage) + " " + String.join(" and ", shares));
    }
    return Html.figure(
        panels,
        "Share of problems that at least one of k samples solves. On %s: %s."
            .formatted(Words.set(scores.target()), String.join("; ", findings)));
  }

  /**
   * @return empty where every set has one depth only
   */
  String depths() {
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (String set : scores.sets()) {
      List<Integer> depths = scores.depths(set);
      if (depths.size() < 2) {
        continue;
      }
      panels.add(
          Html.panel(
              Words.capital(Words.set(set)) + ", greedy pass@1 by chain length, %",
              places(
                  "Greedy pass@1 on " + Words.set(set) + " by chain length",
                  set,
                  depths.stream().map(d -> d + (d == 1 ? " atom" : " atoms")).toList(),
                  stage -> i -> scores.mean(set, stage, depths.get(i), Measure.GREEDY))));
      List<String> stages = scores.stages(set);
      String last = stages.get(stages.size() - 1);
      int shortest = depths.get(0);
      int longest = depths.get(depths.size() - 1);
      findings.add(
          "%s from %s at %d atoms to %s at %d (%s)"
              .formatted(
                  Words.set(set),
                  share(set, last, shortest),
                  shortest,
                  share(set, last, longest),
                  longest,
                  Words.stage(last)));
    }
    return panels.isEmpty()
        ? ""
        : Html.figure(panels, "Greedy pass@1 as chains grow: " + String.join("; ", findings) + ".");
  }

  /** What the samples came to, one panel per set. */
  String verdicts() {
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (String set : scores.sets()) {
      List<Row> rows = new ArrayList<>();
      for (String stage : scores.stages(set)) {
        Map<Ink, Double> shares = shares(scores.rows(set, stage));
        List<Part> parts = new ArrayList<>();
        shares.forEach((verdict, share) -> parts.add(new Part(verdict, share)));
        String passed = Words.fixed(shares.get(Ink.PASSED), 0) + " %";
        rows.add(new Row(Words.stage(stage), parts, passed));
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
            ? "No sample of " + Words.set(scores.target()) + " failed."
            : "The most common failure on "
                + Words.set(scores.target())
                + ": "
                + String.join("; ", findings)
                + ".");
  }

  private static Map<Ink, Double> shares(List<Evaluation> rows) {
    Map<Ink, Double> counts = new LinkedHashMap<>();
    Ink.VERDICTS.forEach(v -> counts.put(v, 0.0));
    rows.forEach(
        r ->
            r.sampledOutcomes()
                .forEach((o, n) -> counts.merge(Ink.verdict(o), (double) n, Double::sum)));
    double total = counts.values().stream().mapToDouble(d -> d).sum();
    counts.replaceAll((v, n) -> total == 0 ? 0 : 100 * n / total);
    return counts;
  }

  private interface Values {
    IntFunction<Optional<Interval>> at(String stage);
  }

  private String places(String description, String set, List<String> places, Values values) {
    List<Series> series = new ArrayList<>();
    List<String> stages = scores.stages(set);
    for (String stage : stages) {
      double shift = (stages.indexOf(stage) - (stages.size() - 1) / 2.0) * 0.06;
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < places.size(); i++) {
        int place = i;
        values.at(stage).apply(i).ifPresent(v -> points.add(point(place + shift, v)));
      }
      if (!points.isEmpty()) {
        series.add(new Series(Words.stage(stage), ink(stage), Style.MEASURED, points));
      }
    }
    return Chart.places(description, places, Scale.PERCENT, series);
  }

  private String share(String set, String stage, int depth) {
    return scores
        .mean(set, stage, depth, Measure.GREEDY)
        .map(i -> Words.percent(i.mean()))
        .orElse("nothing");
  }

  private List<String> trained() {
    return scores.stages().stream().filter(s -> !s.equals("before_sft")).toList();
  }

  private Ink ink(String stage) {
    return Ink.stage(stage, scores.stages());
  }

  private static Point point(double x, Interval share) {
    return new Point(x, 100 * share.mean(), 100 * share.low(), 100 * share.high());
  }
}
