package io.atomforge.report;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.Scores.Measure;
import io.atomforge.report.page.Html;
import io.atomforge.report.page.LineChart;
import io.atomforge.report.page.LineChart.Point;
import io.atomforge.report.page.LineChart.Series;
import io.atomforge.report.page.RowChart;
import io.atomforge.report.page.RowChart.Dot;
import io.atomforge.report.page.RowChart.Mark;
import io.atomforge.report.page.RowChart.Row;
import io.atomforge.report.page.Scale;
import io.atomforge.report.page.Words;
import java.util.ArrayList;
import java.util.List;
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
        List<Double> each = scores.each(set, stage, Measure.GREEDY);
        level.ifPresent(
            i -> dot(levels, set, stage, i, each, Words.percent(i.mean()), Words.level(i)));
      }
      for (String stage : scores.later()) {
        String baseline = scores.baseline().orElseThrow();
        Optional<Interval> gain = scores.difference(set, stage, baseline, Measure.GREEDY);
        gain.ifPresent(
            i -> dot(gains, set, stage, i, List.of(), Words.signed(i.mean()), Words.points(i)));
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
      caption += " In the panel of differences, a bar that does not touch zero shows a difference.";
    }
    return Html.figure(
        legend(),
        panels,
        caption
            + (scores.overSeeds()
                ? " Bars are 95 % intervals; small strokes are the seeds of an arm."
                : " Bars are 95 % intervals."),
        "SELECT run_id, problem_set, avg(int(greedy_passed)) AS greedy, count(*) AS problems"
            + "\nFROM evaluations "
            + scores.where("GROUP BY 1, 2 ORDER BY 2, 1"));
  }

  /** One more row; the first of a set bears its name. */
  private void dot(
      List<Row> rows,
      String set,
      String stage,
      Interval value,
      List<Double> each,
      String text,
      String words) {
    String name = Words.capital(Words.set(set));
    String tooltip = name + ", " + Words.stage(stage) + ": " + words;
    boolean first =
        rows.stream().noneMatch(row -> row.marks().get(0).words().startsWith(name + ", "));
    Mark dot =
        new Dot(
            scores.ink(stage),
            100 * value.mean(),
            100 * value.low(),
            100 * value.high(),
            each.stream().map(v -> 100 * v).toList(),
            tooltip);
    rows.add(new Row(first ? name : "", List.of(dot), text));
  }

  /** One panel per set: the chance that one of k samples passes. */
  String passAtK() {
    List<Integer> ks = scores.ks();
    List<String> panels = new ArrayList<>();
    for (String set : scores.sets()) {
      panels.add(
          places(
              Words.capital(Words.set(set)) + ", pass@k, %",
              set,
              ks.stream().map(k -> "k = " + k).toList(),
              (stage, place) -> scores.mean(set, stage, Measure.passAt(ks.get(place)))));
    }
    List<String> findings =
        ks.stream().map(k -> shares(Measure.passAt(k), "pass@" + k + " is ")).toList();
    return Html.figure(
        legend(),
        panels,
        "On " + target + " " + String.join("; ", findings) + ".",
        "SELECT run_id, problem_set, k, pass_at_k, standard_error, problems\nFROM v_pass_at_k "
            + scores.where(
                "AND k IN (%s)\nORDER BY 2, 3, 1"
                    .formatted(ks.stream().map(k -> "" + k).collect(Collectors.joining(", ")))));
  }

  /**
   * @return empty where every set has one depth only
   */
  String depths() {
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    String last = scores.stages().get(scores.stages().size() - 1);
    for (String set : scores.sets()) {
      List<Integer> depths = scores.depths(set);
      if (depths.size() < 2) {
        continue;
      }
      Measured level = (stage, place) -> atDepth(set, stage, depths.get(place));
      String name = Words.set(set);
      panels.add(
          places(
              Words.capital(name) + ", greedy pass@1 by chain length, %",
              set,
              depths.stream().map(d -> d + " atoms").toList(),
              level));
      Optional<Interval> shortest = level.at(last, 0);
      Optional<Interval> longest = level.at(last, depths.size() - 1);
      if (shortest.isPresent() && longest.isPresent()) {
        findings.add(
            "%s from %s at %s atoms to %s at %s"
                .formatted(
                    name,
                    Words.percent(shortest.get().mean()),
                    depths.get(0),
                    Words.percent(longest.get().mean()),
                    depths.get(depths.size() - 1)));
      }
    }
    return panels.isEmpty()
        ? ""
        : Html.figure(
            legend(),
            panels,
            Words.capital(Words.at(last))
                + ", greedy pass@1 changes with the length of the chain: "
                + String.join("; ", findings)
                + ".",
            "SELECT run_id, problem_set, depth, avg(int(greedy_passed)) AS greedy, count(*) AS"
                + " problems\nFROM evaluations "
                + scores.where("GROUP BY 1, 2, 3 ORDER BY 2, 3, 1"));
  }

  private Optional<Interval> atDepth(String set, String stage, int depth) {
    return scores.mean(set, stage, "depth " + depth, e -> e.depth() == depth, Measure.GREEDY);
  }

  /** The interval of an arm at one of several places, where there is one. */
  interface Measured {
    Optional<Interval> at(String stage, int place);
  }

  /** A panel with a line per arm of a set over named places, %. */
  String places(String title, String set, List<String> names, Measured measured) {
    List<String> stages = scores.stages(set);
    List<Series> lines = new ArrayList<>();
    for (String stage : stages) {
      double shift = (stages.indexOf(stage) - (stages.size() - 1) / 2.0) * 0.06;
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        double x = i + shift;
        measured
            .at(stage, i)
            .ifPresent(
                v -> points.add(new Point(x, 100 * v.mean(), 100 * v.low(), 100 * v.high())));
      }
      lines.add(new Series(Words.stage(stage), scores.ink(stage), points));
    }
    return Html.panel(title, LineChart.places(title, names, Scale.PERCENT, " %", lines));
  }

  /** "38.5 % after SFT and 47.3 % after RL", of the target. */
  private String shares(Measure measure, String prefix) {
    List<String> shares = new ArrayList<>();
    for (String stage : scores.stages()) {
      scores
          .mean(scores.target(), stage, measure)
          .ifPresent(i -> shares.add(Words.percent(i.mean()) + " " + Words.at(stage)));
    }
    return prefix + Words.and(shares);
  }
}
