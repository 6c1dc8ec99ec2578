package io.atomforge.jobs.pipeline;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.page.Html;
import io.atomforge.report.page.Scale;
import java.util.List;
import java.util.Locale;

/**
 * The arms of an experiment as one SVG file: a panel for each problem set, and in it a row for each
 * arm with its mean, its interval and a stroke for each seed.
 *
 * @param caption what the numbers are
 * @param arms names of the rows
 * @param withZero whether each panel shows where 0 is, as differences need it
 */
record ExperimentFigure(String caption, List<String> arms, List<Panel> panels, boolean withZero) {
  /**
   * @param rows one for each arm
   */
  record Panel(String set, List<Row> rows) {}

  /**
   * @param seeds the means of the seeds
   */
  record Row(Interval mean, List<Double> seeds) {
    // An interval may be many times wider than all that was seen, so it does not choose the scale.
    private double least() {
      double least = seeds.stream().mapToDouble(v -> v).min().orElse(mean.mean());
      return Math.min(mean.mean(), least);
    }

    private double greatest() {
      double greatest = seeds.stream().mapToDouble(v -> v).max().orElse(mean.mean());
      return Math.max(mean.mean(), greatest);
    }
  }

  private static final int NAMES = 250;
  private static final int PANEL = 210;
  private static final int GAP = 24;
  private static final int ROW = 26;
  private static final int HEAD = 58;

  private static final String STYLE =
      """
      <style>
        svg { color: #1f2328; font: 13px system-ui, sans-serif; }
        text { fill: currentColor; }
        .small { font-size: 11px; opacity: .75; }
        .head { font-weight: 600; }
        .grid { stroke: currentColor; opacity: .15; }
        .zero { stroke: currentColor; opacity: .6; }
        .interval { stroke: #0969da; stroke-width: 2.2; stroke-linecap: round; }
        .seed { stroke: #0969da; opacity: .6; }
        circle { fill: #0969da; }
        @media (prefers-color-scheme: dark) {
          svg { color: #e6edf3; }
          .interval, .seed { stroke: #58a6ff; }
          circle { fill: #58a6ff; }
        }
      </style>
      """;

  String svg() {
    int width = NAMES + panels.size() * (PANEL + GAP);
    int bottom = HEAD + arms.size() * ROW;
    StringBuilder out = new StringBuilder();
    out.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n"
            .formatted(width, bottom + 28));
    out.append("<title>").append(Html.escape(caption)).append("</title>\n").append(STYLE);
    out.append(text("small", "start", 8, 16, caption));
    for (int a = 0; a < arms.size(); a++) {
      out.append(text("name", "end", NAMES - 12, middle(a) + 4, arms.get(a)));
    }
    for (int p = 0; p < panels.size(); p++) {
      append(out, panels.get(p), NAMES + p * (PANEL + GAP), bottom);
    }
    return out.append("</svg>\n").toString();
  }

  private void append(StringBuilder out, Panel panel, int left, int bottom) {
    double low = panel.rows().stream().mapToDouble(Row::least).min().orElse(0);
    double high = panel.rows().stream().mapToDouble(Row::greatest).max().orElse(1);
    Scale scale =
        withZero ? Scale.around(Math.min(0, low), Math.max(0, high)) : Scale.around(low, high);
    out.append(text("head", "start", left, HEAD - 16, panel.set()));
    for (double tick : scale.ticks()) {
      double x = x(scale, left, tick);
      out.append(line("grid", x, HEAD - 6, x, bottom + 4));
      out.append(text("small", "middle", x, bottom + 20, scale.text(tick)));
    }
    if (withZero) {
      double x = x(scale, left, 0);
      out.append(line("zero", x, HEAD - 6, x, bottom + 4));
    }
    for (int a = 0; a < panel.rows().size(); a++) {
      Row row = panel.rows().get(a);
      int y = middle(a);
      out.append(
          line(
              "interval",
              x(scale, left, row.mean().low()),
              y,
              x(scale, left, row.mean().high()),
              y));
      for (double seed : row.seeds()) {
        out.append(line("seed", x(scale, left, seed), y - 7, x(scale, left, seed), y + 7));
      }
      out.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%d\" r=\"4\"/>\n",
              x(scale, left, row.mean().mean()),
              y));
    }
  }

  private static int middle(int row) {
    return HEAD + row * ROW + ROW / 2;
  }

  private static double x(Scale scale, int left, double value) {
    return left + PANEL * Math.min(1, Math.max(0, scale.share(value)));
  }

  private static String line(String style, double x1, double y1, double x2, double y2) {
    return String.format(
        Locale.ROOT,
        "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
        style,
        x1,
        y1,
        x2,
        y2);
  }

  private static String text(String style, String anchor, double x, double y, String words) {
    return String.format(
        Locale.ROOT,
        "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
        style,
        anchor,
        x,
        y,
        Html.escape(words));
  }
}
