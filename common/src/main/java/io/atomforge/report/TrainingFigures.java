package io.atomforge.report;

import io.atomforge.report.Chart.Point;
import io.atomforge.report.Chart.Series;
import io.atomforge.report.Chart.Style;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.regex.Pattern;

/** What training looked like, step by step. */
final class TrainingFigures {
  private static final int MOST_POINTS = 300;
  private static final String TENTHS = "From the first to the last tenth of the steps, ";
  private static final Pattern VERDICT = Pattern.compile("sandbox/([A-Z_]+)_ratio");

  /**
   * @param words how the caption calls the quantity
   */
  private record Quantity(String metric, String title, String words) {}

  private static final List<Quantity> RL =
      List.of(
          new Quantity("critic/score/mean", "Mean reward", "mean reward"),
          new Quantity(
              "train/visible_pass_hidden_fail",
              "Share that passes the visible tests alone",
              "the share that passes the visible tests alone"),
          new Quantity("actor/entropy", "Entropy, nats per token", "entropy"),
          new Quantity("actor/kl_to_start", "KL to the start", "KL to the start"),
          new Quantity("response_length/mean", "Completion length, tokens", "completion length"),
          new Quantity(
              "training/zero_variance_groups",
              "Groups whose rewards are all equal",
              "the number of groups without a learning signal"),
          new Quantity("actor/grad_norm", "Gradient norm", "gradient norm"));

  private final Curves curves;

  TrainingFigures(Curves curves) {
    this.curves = curves;
  }

  /** Loss on what is trained on and on what is held out. */
  String sft(String run) {
    List<Point> train = curves.curve(run, "train/loss");
    List<Point> held = curves.curve(run, "val/loss");
    List<Series> loss = noisy("training", Ink.SFT, train);
    String caption = TENTHS + "training loss " + trend(train, Words::number) + ".";
    if (!held.isEmpty()) {
      Point best = held.stream().min(Comparator.comparingDouble(Point::y)).orElseThrow();
      loss.add(new Series("validation", Ink.TEXT, Style.LINE, Curves.thin(held, MOST_POINTS)));
      caption +=
          " Validation loss was lowest at step %s, %s, and ended at %s."
              .formatted(
                  Words.count((long) best.x()),
                  Words.number(best.y()),
                  Words.number(held.get(held.size() - 1).y()));
    }
    return Html.figure(List.of(panel("Loss, nats per token", Scale.ratios(loss), loss)), caption);
  }

  /** Reward and what tells how it is earned. */
  String rl(String run, Ink ink) {
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (Quantity quantity : RL) {
      List<Point> curve = curves.curve(run, quantity.metric());
      if (!curve.isEmpty()) {
        List<Series> series = noisy("", ink, curve);
        panels.add(panel(quantity.title(), Scale.around(series), series));
        findings.add(quantity.words() + " " + trend(curve, Words::number));
      }
    }
    return Html.figure(panels, TENTHS + String.join("; ", findings) + ".");
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
        series.addAll(noisy(words, verdict, percent));
        findings.add(words + " " + trend(percent, v -> Words.fixed(v, 1) + " %"));
      }
    }
    return series.isEmpty()
        ? ""
        : Html.figure(
            List.of(panel("Verdicts of the rollouts, %", Scale.PERCENT, series)),
            TENTHS + String.join("; ", findings) + ".");
  }

  private static String panel(String title, Scale scale, List<Series> series) {
    return Html.panel(title, Chart.curves(title, "step", scale, series));
  }

  private static List<Series> noisy(String label, Ink ink, List<Point> curve) {
    List<Point> thin = Curves.thin(curve, MOST_POINTS);
    List<Series> series = new ArrayList<>();
    series.add(new Series("", ink, Style.RAW, thin));
    series.add(new Series(label, ink, Style.LINE, Curves.smooth(thin)));
    return series;
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
