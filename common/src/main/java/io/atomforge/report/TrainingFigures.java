package io.atomforge.report;

import io.atomforge.report.page.Html;
import io.atomforge.report.page.Ink;
import io.atomforge.report.page.LineChart;
import io.atomforge.report.page.LineChart.Point;
import io.atomforge.report.page.LineChart.Series;
import io.atomforge.report.page.Scale;
import io.atomforge.report.page.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** What training looked like, step by step. */
final class TrainingFigures {
  private static final String TENTHS = "From the first to the last tenth of the steps, ";
  private static final String LOSS = "train/loss";
  private static final String HELD_OUT = "val/loss";
  private static final String PER_TOKEN = " nats per token";
  private static final Pattern VERDICT = Pattern.compile("sandbox/([A-Z_]+)_ratio");

  /**
   * @param words how the caption calls the quantity
   * @param unit with its space; empty for none
   */
  private record Quantity(String metric, String title, String words, String unit) {}

  private static final List<Quantity> SFT =
      List.of(
          new Quantity(LOSS, "Training loss, nats per token", "training loss", PER_TOKEN),
          new Quantity(HELD_OUT, "Validation loss, nats per token", "validation loss", PER_TOKEN));

  private static final List<Quantity> RL =
      List.of(
          new Quantity("critic/score/mean", "Mean reward, 0 to 1", "mean reward", ""),
          new Quantity(
              "train/visible_pass_hidden_fail",
              "Share that passes only the visible tests, 0 to 1",
              "the share that passes only the visible tests",
              ""),
          new Quantity("actor/entropy", "Entropy, nats per token", "entropy", PER_TOKEN),
          new Quantity(
              "actor/kl_to_start", "KL to the start, nats per token", "KL to the start", PER_TOKEN),
          new Quantity(
              "response_length/mean", "Completion length, tokens", "completion length", " tokens"),
          new Quantity(
              "training/zero_variance_groups",
              "Share of groups with equal rewards, 0 to 1",
              "the share of groups without a learning signal",
              ""),
          new Quantity("actor/grad_norm", "Gradient norm, L2", "gradient norm", ""));

  private final Curves curves;
  private final UnaryOperator<String> name;
  private final Function<String, Ink> ink;

  /**
   * @param name of an arm, for the reader
   */
  TrainingFigures(Curves curves, UnaryOperator<String> name, Function<String, Ink> ink) {
    this.curves = curves;
    this.name = name;
    this.ink = ink;
  }

  /** Loss on what is trained on and on what is held out. */
  String sft() {
    StringBuilder best = new StringBuilder();
    for (String arm : curves.sft()) {
      List<Point> held = curves.curve(arm, HELD_OUT);
      held.stream()
          .min(Comparator.comparingDouble(Point::y))
          .ifPresent(
              least ->
                  best.append(
                      " Validation loss%s was lowest at step %s, %s nats per token, and ended at %s."
                          .formatted(
                              curves.sft().size() > 1 ? " of " + name.apply(arm) : "",
                              Words.count((long) least.x()),
                              Words.number(least.y()),
                              Words.number(held.get(held.size() - 1).y()))));
    }
    return figure(curves.sft(), SFT, best.toString());
  }

  /** Reward and what tells how it is earned. */
  String rl() {
    return figure(curves.rl(), RL, "");
  }

  /** A panel per quantity with a line per arm. */
  private String figure(List<String> arms, List<Quantity> quantities, String more) {
    boolean several = arms.size() > 1;
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    boolean seeds = false;
    for (Quantity quantity : quantities) {
      List<Series> series = new ArrayList<>();
      for (String arm : arms) {
        List<Point> curve = curves.curve(arm, quantity.metric());
        if (!curve.isEmpty()) {
          seeds |= curve.stream().anyMatch(p -> p.low() < p.high());
          String label = several ? name.apply(arm) : "";
          boolean sparse = quantity.metric().equals(HELD_OUT);
          series.add(new Series(label, ink.apply(arm), sparse ? curve : Curves.banded(curve)));
          if (!several || findings.size() < arms.size()) {
            findings.add(
                quantity.words()
                    + (several ? " of " + label : "")
                    + " "
                    + trend(curve, quantity.unit()));
          }
        }
      }
      if (!series.isEmpty()) {
        panels.add(panel(quantity, series));
      }
    }
    String band =
        seeds
            ? " A line is the mean over the seeds of an arm, and its band goes from the smallest to"
                + " the greatest seed."
            : " A line is the mean over neighbouring steps, and its band is their range.";
    return Html.figure(
        several
            ? arms.stream().map(a -> Html.key(ink.apply(a), name.apply(a))).toList()
            : List.of(),
        panels,
        TENTHS + String.join("; ", findings) + "." + more + band,
        source(
            arms,
            "AND name IN (%s)"
                .formatted(
                    quantities.stream()
                        .map(q -> Html.literal(q.metric()))
                        .collect(Collectors.joining(", ")))));
  }

  /**
   * The verdicts of the rollouts, a panel per arm.
   *
   * @return empty where none were recorded
   */
  String verdicts() {
    List<String> panels = new ArrayList<>();
    List<String> captions = new ArrayList<>();
    for (String arm : curves.rl()) {
      List<Series> series = new ArrayList<>();
      List<String> findings = new ArrayList<>();
      for (Ink verdict : Ink.VERDICTS) {
        List<Point> share = curves.sum(arm, VERDICT, m -> Ink.verdict(m.group(1)) == verdict);
        if (share.stream().anyMatch(p -> p.y() > 0)) {
          List<Point> percent =
              share.stream()
                  .map(p -> new Point(p.x(), 100 * p.y(), 100 * p.low(), 100 * p.high()))
                  .toList();
          String words = Words.verdict(verdict.name());
          series.add(new Series(words, verdict, Curves.banded(percent)));
          findings.add(words + " " + trend(percent, v -> Words.fixed(v, 1) + " %"));
        }
      }
      if (!series.isEmpty()) {
        String of = curves.rl().size() > 1 ? " of " + name.apply(arm) : "";
        panels.add(
            Html.panel(
                "Rollouts" + of + " by training step, % of completions",
                LineChart.curves("Verdicts of the rollouts" + of, Scale.PERCENT, " %", series)));
        captions.add((of.isEmpty() ? "" : name.apply(arm) + ": ") + String.join("; ", findings));
      }
    }
    return panels.isEmpty()
        ? ""
        : Html.figure(
            List.of(),
            panels,
            TENTHS + String.join(". ", captions) + ".",
            source(curves.rl(), "AND name LIKE 'sandbox/%_ratio'"));
  }

  /** Before the names of the metrics of supervised steps between those of RL. */
  private static final String SUPERVISED = "supervised/";

  private double spent(String arm, String metric) {
    return curves.total(arm, metric) + curves.total(arm, SUPERVISED + metric);
  }

  /** What each arm took: steps, time and tokens. */
  String costs() {
    List<List<String>> rows = new ArrayList<>();
    List<String> arms = Stream.concat(curves.sft().stream(), curves.rl().stream()).toList();
    for (String arm : arms) {
      int steps =
          curves.curve(arm, "timing_s/step").size()
              + curves.curve(arm, SUPERVISED + "timing_s/step").size();
      rows.add(
          List.of(
              "",
              Html.key(ink.apply(arm), name.apply(arm)),
              Words.count(steps),
              Words.duration(spent(arm, "timing_s/step")),
              Words.count(Math.round(spent(arm, "perf/total_num_tokens")))));
    }
    return rows.isEmpty()
        ? ""
        : Html.figure(
            List.of(),
            List.of(
                "<div class=\"wide\">"
                    + Html.table(
                        "numbers sorts", List.of("A run of", "Steps", "Time", "Tokens"), rows)
                    + "</div>\n"),
            "The time is that of the training steps. For RL it includes sampling and judging; it"
                + " never includes evaluations.",
            "SELECT run_id, replace(name, 'supervised/') AS name, count(*) AS steps, sum(value) AS total\n"
                + "FROM committed_step_metrics "
                + Html.where(
                    curves.runs(arms).stream(),
                    "AND replace(name, 'supervised/') IN ('timing_s/step', 'perf/total_num_tokens')\n"
                        + "GROUP BY 1, 2 ORDER BY 1, 2"));
  }

  private String source(List<String> arms, String condition) {
    return "SELECT run_id, step, name, value FROM committed_step_metrics\n"
        + Html.where(curves.runs(arms).stream(), condition + "\nORDER BY run_id, step, name");
  }

  private static String panel(Quantity quantity, List<Series> series) {
    DoubleSummaryStatistics values =
        series.stream()
            .flatMap(s -> s.points().stream())
            .flatMapToDouble(p -> DoubleStream.of(p.low(), p.high()))
            .summaryStatistics();
    Scale fit =
        SFT.contains(quantity)
            ? Scale.ratios(values.getMin(), values.getMax())
            : Scale.around(values.getMin(), values.getMax());
    return Html.panel(
        quantity.title(), LineChart.curves(quantity.title(), fit, quantity.unit(), series));
  }

  private static String trend(List<Point> curve, String unit) {
    return trend(curve, Words::number) + unit;
  }

  private static String trend(List<Point> curve, DoubleFunction<String> words) {
    double start = Curves.start(curve);
    double end = Curves.end(curve);
    String from = words.apply(start);
    String to = words.apply(end);
    return from.equals(to)
        ? "stayed at " + from
        : (end > start ? "rose from " : "fell from ") + from + " to " + to;
  }
}
