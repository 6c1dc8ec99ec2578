package io.atomforge.report;

import io.atomforge.report.LineChart.Point;
import io.atomforge.report.LineChart.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.DoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** What training looked like, step by step. */
final class TrainingFigures {
  private static final String TENTHS = "From the first to the last tenth of the steps, ";
  private static final String BANDS = " Lines are means of neighbouring steps, bands their range.";
  private static final Pattern VERDICT = Pattern.compile("sandbox/([A-Z_]+)_ratio");

  /**
   * @param words how the caption calls the quantity
   * @param unit with its space; empty for none
   */
  private record Quantity(String metric, String title, String words, String unit) {}

  private static final List<Quantity> RL =
      List.of(
          new Quantity("critic/score/mean", "Mean reward, 0 to 1", "mean reward", ""),
          new Quantity(
              "train/visible_pass_hidden_fail",
              "Share that passes the visible tests alone, 0 to 1",
              "the share that passes the visible tests alone",
              ""),
          new Quantity("actor/entropy", "Entropy, nats per token", "entropy", " nats per token"),
          new Quantity(
              "actor/kl_to_start",
              "KL to the start, nats per token",
              "KL to the start",
              " nats per token"),
          new Quantity(
              "response_length/mean", "Completion length, tokens", "completion length", " tokens"),
          new Quantity(
              "training/zero_variance_groups",
              "Groups per step whose rewards are all equal",
              "the number of groups per step without a learning signal",
              ""),
          new Quantity("actor/grad_norm", "Gradient norm", "gradient norm", ""));

  private final Curves curves;

  TrainingFigures(Curves curves) {
    this.curves = curves;
  }

  /** Loss on what is trained on and on what is held out. */
  String sft(String run) {
    List<Point> train = curves.curve(run, "train/loss");
    List<Point> held = curves.curve(run, "val/loss");
    List<Series> loss = new ArrayList<>();
    loss.add(new Series("training", Ink.SFT, Curves.banded(train)));
    String caption = TENTHS + "training loss " + trend(train, " nats per token") + ".";
    if (!held.isEmpty()) {
      Point best = held.stream().min(Comparator.comparingDouble(Point::y)).orElseThrow();
      loss.add(new Series("validation", Ink.TEXT, held));
      caption +=
          " Validation loss was lowest at step %s, %s nats per token, and ended at %s."
              .formatted(
                  Words.count((long) best.x()),
                  Words.number(best.y()),
                  Words.number(held.get(held.size() - 1).y()));
    }
    List<String> legend = loss.stream().map(s -> Html.key(s.ink(), s.name())).toList();
    String panel = panel("Loss, nats per token", Scale::ratios, " nats per token", loss);
    return Html.figure(
        legend, List.of(panel), caption + BANDS, source(run, List.of("train/loss", "val/loss")));
  }

  /** Reward and what tells how it is earned. */
  String rl(String run, Ink ink) {
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (Quantity quantity : RL) {
      List<Point> curve = curves.curve(run, quantity.metric());
      if (!curve.isEmpty()) {
        List<Series> series = List.of(new Series("", ink, Curves.banded(curve)));
        panels.add(panel(quantity.title(), Scale::around, quantity.unit(), series));
        findings.add(quantity.words() + " " + trend(curve, quantity.unit()));
      }
    }
    return Html.figure(
        List.of(),
        panels,
        TENTHS + String.join("; ", findings) + "." + BANDS,
        source(run, RL.stream().map(Quantity::metric).toList()));
  }

  /**
   * The verdicts of the rollouts.
   *
   * @return empty where none were recorded
   */
  String verdicts(String run) {
    List<Series> series = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (Ink verdict : Ink.VERDICTS) {
      List<Point> share = curves.sum(run, VERDICT, m -> Ink.verdict(m.group(1)) == verdict);
      if (share.stream().anyMatch(p -> p.y() > 0)) {
        List<Point> percent = share.stream().map(p -> new Point(p.x(), 100 * p.y())).toList();
        String words = Words.verdict(verdict.name());
        series.add(new Series(words, verdict, Curves.banded(percent)));
        findings.add(words + " " + trend(percent, v -> Words.fixed(v, 1) + " %"));
      }
    }
    String title = "Verdicts of the rollouts, % of completions";
    return series.isEmpty()
        ? ""
        : Html.figure(
            List.of(),
            List.of(panel(title, (low, high) -> Scale.PERCENT, " %", series)),
            TENTHS + String.join("; ", findings) + ".",
            "SELECT step, name, value FROM committed_step_metrics\nWHERE run_id = %s AND name LIKE 'sandbox/%%_ratio'\nORDER BY step, name"
                .formatted(Html.literal(run)));
  }

  private static String source(String run, List<String> names) {
    return "SELECT step, name, value FROM committed_step_metrics\nWHERE run_id = %s AND name IN (%s)\nORDER BY step, name"
        .formatted(
            Html.literal(run), names.stream().map(Html::literal).collect(Collectors.joining(", ")));
  }

  private static String panel(
      String title, BiFunction<Double, Double, Scale> scale, String unit, List<Series> series) {
    DoubleSummaryStatistics values =
        series.stream()
            .flatMap(s -> s.points().stream())
            .flatMapToDouble(p -> DoubleStream.of(p.low(), p.high()))
            .summaryStatistics();
    Scale fit = scale.apply(values.getMin(), values.getMax());
    return Html.panel(title, LineChart.curves(title, fit, unit, series));
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
