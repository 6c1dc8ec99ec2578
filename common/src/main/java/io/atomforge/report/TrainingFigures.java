package io.atomforge.report;

import io.atomforge.report.Chart.Point;
import io.atomforge.report.Chart.Scale;
import io.atomforge.report.Chart.Series;
import io.atomforge.report.Chart.Style;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;

/** What training looked like, step by step. */
final class TrainingFigures {
  private static final int MOST_POINTS = 300;

  /**
   * @param words how the caption calls the quantity
   */
  private record Quantity(String metric, String title, String words) {}

  private static final List<Quantity> RL =
      List.of(
          new Quantity("critic/score/mean", "Mean reward", "mean reward"),
          new Quantity("actor/entropy", "Entropy, nats per token", "entropy"),
          new Quantity("actor/kl_loss", "KL to the reference", "KL to the reference"),
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
    String caption =
        "Training loss "
            + trend(train, Words::number)
            + " (means of the first and the last tenth of the steps).";
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
    List<String> panels = new ArrayList<>();
    panels.add(
        Html.panel(
            "Loss, nats per token", Chart.curves(caption, "step", Scale.ratios(loss), loss)));
    for (String name : List.of("actor/lr", "train/lr")) {
      List<Point> rate = curves.curve(run, name);
      if (!rate.isEmpty()) {
        List<Series> line =
            List.of(new Series("", Ink.SFT, Style.LINE, Curves.thin(rate, MOST_POINTS)));
        panels.add(
            Html.panel(
                "Learning rate", Chart.curves("Learning rate", "step", Scale.around(line), line)));
      }
    }
    return Html.figure(panels, caption);
  }

  /** Reward and what tells how it is earned. */
  String rl(String run, Ink ink) {
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (Quantity quantity : RL) {
      List<Point> curve = curves.curve(run, quantity.metric());
      if (!curve.isEmpty()) {
        List<Series> series = noisy("", ink, curve);
        String finding = quantity.words() + " " + trend(curve, Words::number);
        panels.add(
            Html.panel(
                quantity.title(), Chart.curves(finding, "step", Scale.around(series), series)));
        findings.add(finding);
      }
    }
    return Html.figure(
        panels,
        "From the first to the last tenth of the steps, " + String.join("; ", findings) + ".");
  }

  /**
   * The verdicts of the rollouts.
   *
   * @return empty where none were recorded
   */
  String verdicts(String run) {
    List<Series> shares = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    List<Point> steps = curves.curve(run, "critic/score/mean");
    for (Ink verdict : Ink.VERDICTS) {
      List<String> names =
          curves.names(run).stream()
              .filter(n -> n.matches("sandbox/[A-Z_]+_ratio"))
              .filter(n -> Ink.verdict(n.substring(8, n.length() - 6)) == verdict)
              .toList();
      List<Point> sum = new ArrayList<>();
      for (Point step : steps) {
        double share = 0;
        for (String name : names) {
          share += curves.at(run, name, (long) step.x());
        }
        sum.add(new Point(step.x(), 100 * share));
      }
      if (!names.isEmpty() && sum.stream().anyMatch(p -> p.y() > 0)) {
        String words = Words.verdict(verdict.name());
        shares.add(new Series(words, verdict, Style.LINE, Curves.thin(sum, 60)));
        findings.add(words + " " + trend(sum, v -> Words.fixed(v, 1) + " %"));
      }
    }
    return shares.isEmpty() || steps.size() < 2
        ? ""
        : Html.figure(
            List.of(
                Html.panel(
                    "Verdicts of the rollouts, %",
                    Chart.columns("Verdict mix over RL steps", "step", shares))),
            "Shares of the rollouts, first and last tenth of the steps: "
                + String.join("; ", findings)
                + ".");
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
