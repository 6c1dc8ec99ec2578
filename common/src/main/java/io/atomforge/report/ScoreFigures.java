package io.atomforge.report;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.LineChart.Point;
import io.atomforge.report.LineChart.Series;
import io.atomforge.report.RowChart.Bar;
import io.atomforge.report.RowChart.Dot;
import io.atomforge.report.RowChart.Mark;
import io.atomforge.report.RowChart.Row;
import io.atomforge.report.Scores.Measure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the evaluations look like. */
final class ScoreFigures {
  private final Scores scores;
  private final String target;

  ScoreFigures(Scores scores) {
    this.scores = scores;
    this.target = Words.set(scores.target());
  }

  List<String> legend() {
    return scores.stages().stream().map(s -> Html.key(scores.ink(s), Words.stage(s))).toList();
  }

  /** Every set at every stage, and beside it the differences. */
  String overview() {
    List<Row> levels = new ArrayList<>();
    List<Row> gains = new ArrayList<>();
    double low = -1;
    double high = 1;
    for (String set : scores.sets()) {
      for (String stage : scores.stages()) {
        Optional<Interval> level = scores.mean(set, stage, Measure.GREEDY);
        level.ifPresent(i -> dot(levels, set, stage, i, Words.percent(i.mean()), Words.level(i)));
      }
      for (String stage : scores.later()) {
        String baseline = scores.baseline().orElseThrow();
        Optional<Interval> gain = scores.difference(set, stage, baseline, Measure.GREEDY);
        gain.ifPresent(i -> dot(gains, set, stage, i, Words.signed(i.mean()), Words.points(i)));
        low = Math.min(low, gain.map(i -> 100 * i.low()).orElse(low));
        high = Math.max(high, gain.map(i -> 100 * i.high()).orElse(high));
      }
    }
    List<String> panels = new ArrayList<>();
    panels.add(
        Html.panel("Greedy pass@1, % of problems", RowChart.dots(Scale.PERCENT, levels, " %")));
    String caption = "On " + target + " greedy pass@1 is " + shares(Measure.GREEDY, "") + ".";
    if (!gains.isEmpty()) {
      String title = "Paired difference to " + Words.stage(scores.baseline().get()) + ", points";
      Scale points = new Scale(1.05 * low, 1.05 * high, false);
      panels.add(Html.panel(title, RowChart.dots(points, gains, "")));
      caption += " A bar on the right that stays clear of zero is a difference the problems show.";
    }
    return Html.figure(
        legend(),
        panels,
        caption + " Bars are 95 % intervals.",
        "SELECT run_id, problem_set, avg(int(greedy_passed)) AS greedy, count(*) AS problems"
            + evaluations("GROUP BY 1, 2 ORDER BY 2, 1"));
  }

  /** One more row; the first of a set bears its name. */
  private void dot(
      List<Row> rows, String set, String stage, Interval value, String text, String words) {
    String name = Words.capital(Words.set(set));
    String tooltip = name + ", " + Words.stage(stage) + ": " + words;
    boolean first =
        rows.stream().noneMatch(row -> row.marks().get(0).words().startsWith(name + ", "));
    Mark dot =
        new Dot(
            scores.ink(stage), 100 * value.mean(), 100 * value.low(), 100 * value.high(), tooltip);
    rows.add(new Row(first ? name : "", List.of(dot), text));
  }

  private String evaluations(String rest) {
    return "\nFROM evaluations WHERE run_id IN (%s)\n%s"
        .formatted(
            scores.stages().stream().map(Html::literal).collect(Collectors.joining(", ")), rest);
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
    return Html.figure(
        legend(),
        panels,
        "On " + target + " " + String.join("; ", findings) + ".",
        "SELECT run_id, problem_set, k, pass_at_k, standard_error, problems\nFROM v_pass_at_k WHERE run_id IN (%s) AND k IN (%s)\nORDER BY 2, 3, 1"
            .formatted(
                scores.stages().stream().map(Html::literal).collect(Collectors.joining(", ")),
                scores.ks().stream().map(k -> "" + k).collect(Collectors.joining(", "))));
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
            legend(),
            panels,
            Words.capital(stage)
                + ", greedy pass@1 goes with the length of the chain: "
                + String.join("; ", findings)
                + ".",
            "SELECT run_id, problem_set, depth, avg(int(greedy_passed)) AS greedy, count(*) AS"
                + " problems"
                + evaluations("GROUP BY 1, 2, 3 ORDER BY 2, 3, 1"));
  }

  /** What the samples came to, one panel per set. */
  String verdicts() {
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (String set : scores.sets()) {
      List<Row> rows = new ArrayList<>();
      for (String stage : scores.stages(set)) {
        Map<Ink, Double> shares = verdicts(set, stage);
        rows.add(
            new Row(
                Words.stage(stage),
                bars(shares),
                Words.fixed(shares.getOrDefault(Ink.PASSED, 0.0), 1) + " %"));
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
      String title = "Samples of " + Words.set(set) + ", and % that passed";
      panels.add(Html.panel(title, RowChart.bars(rows)));
    }
    return Html.figure(
        List.of(),
        panels,
        findings.isEmpty()
            ? "No sample of " + target + " failed."
            : "The most common failure on " + target + ": " + String.join("; ", findings) + ".",
        "SELECT run_id, problem_set, outcome, sum(samples) AS samples\n"
            + "FROM evaluations LATERAL VIEW explode(sampled_outcomes) o AS outcome, samples\n"
            + "GROUP BY 1, 2, 3 ORDER BY 2, 1, 3");
  }

  private static List<Mark> bars(Map<Ink, Double> shares) {
    List<Mark> bars = new ArrayList<>();
    double from = 0;
    for (Ink verdict : Ink.VERDICTS) {
      double share = shares.getOrDefault(verdict, 0.0);
      if (share > 0) {
        String words = Words.verdict(verdict.name()) + " " + Words.fixed(share, 1) + " %";
        bars.add(new Bar(verdict, from, from + share, words));
        from += share;
      }
    }
    return bars;
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
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      double x = i + shift;
      measured
          .at(places.get(i))
          .ifPresent(v -> points.add(new Point(x, 100 * v.mean(), 100 * v.low(), 100 * v.high())));
    }
    return new Series(Words.stage(stage), scores.ink(stage), points);
  }

  private static String places(String title, List<String> places, List<Series> lines) {
    return Html.panel(title, LineChart.places(title, places, Scale.PERCENT, " %", lines));
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
