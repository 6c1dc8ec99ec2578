package io.atomforge.report.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Lines over training steps or over named places, as one svg element that fills its panel. The
 * browser anchors every label, so no width of a text is guessed here.
 */
public final class LineChart {
  /**
   * @param low lower end of the interval or band; equal to {@code y} without one
   */
  public record Point(double x, double y, double low, double high) {}

  /**
   * @param name for the tooltip; the legend belongs to the figure
   * @param points x ascending, one or more
   */
  public record Series(String name, Ink ink, List<Point> points) {}

  /** What a phone shows at about its real size. */
  private static final int WIDTH = 420;

  private static final int HEIGHT = 214;
  private static final int LEFT = 46;
  private static final int RIGHT = 412;
  private static final int TOP = 8;
  private static final int BOTTOM = 180;

  private final Scale x;
  private final Scale y;
  private final StringBuilder out = new StringBuilder();

  private LineChart(Scale x, Scale y, String description) {
    this.x = x;
    this.y = y;
    out.append(
        "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
            .formatted(WIDTH, HEIGHT, Html.escape(description)));
    for (double tick : y.ticks()) {
      String at = number(down(tick));
      out.append(
          "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>"
              .formatted(LEFT, RIGHT, at, at));
      text("end", LEFT - 7, down(tick) + 4, y.text(tick));
    }
  }

  /**
   * Dots with their intervals, joined by lines.
   *
   * @param names of the places 0, 1, ... along the axis; a point belongs to the nearest
   * @param unit follows each number in a tooltip, with its space
   */
  public static String places(
      String description, List<String> names, Scale y, String unit, List<Series> series) {
    LineChart chart = new LineChart(new Scale(-0.4, names.size() - 0.6, false), y, description);
    for (int i = 0; i < names.size(); i++) {
      chart.text("middle", chart.right(i), BOTTOM + 17, names.get(i));
    }
    for (Series s : series) {
      chart.out.append("<g " + s.ink().style() + ">").append(chart.line(s.points()));
      for (Point p : s.points()) {
        String cx = number(chart.right(p.x()));
        chart.out.append(
            "<g><title>%s, %s: %s%s [%s, %s]</title><line class=\"interval\" x1=\"%s\" x2=\"%s\" y1=\"%s\" y2=\"%s\"/><circle cx=\"%s\" cy=\"%s\" r=\"4\"/></g>"
                .formatted(
                    Html.escape(s.name()),
                    Html.escape(names.get((int) Math.round(p.x()))),
                    Words.number(p.y()),
                    unit,
                    Words.number(p.low()),
                    Words.number(p.high()),
                    cx,
                    cx,
                    number(chart.down(p.low())),
                    number(chart.down(p.high())),
                    cx,
                    number(chart.down(p.y()))));
      }
      chart.out.append("</g>\n");
    }
    return chart.out + "</svg>";
  }

  /**
   * Lines in their bands.
   *
   * @param unit follows each number in a tooltip, with its space
   */
  public static String curves(String description, Scale y, String unit, List<Series> series) {
    double last =
        series.stream().flatMap(s -> s.points().stream()).mapToDouble(Point::x).max().orElse(1);
    LineChart chart = new LineChart(new Scale(0, Math.max(last, 1), false), y, description);
    List<Double> ticks = chart.x.ticks().stream().filter(t -> t == Math.rint(t)).toList();
    ticks.forEach(t -> chart.text("middle", chart.right(t), BOTTOM + 17, Words.fixed(t, 0)));
    chart.text("middle", (LEFT + RIGHT) / 2.0, BOTTOM + 33, "step");
    for (Series s : series) {
      chart.out.append("<g " + s.ink().style() + ">");
      if (s.points().stream().anyMatch(p -> p.low() < p.high())) {
        chart.out.append("<path class=\"band\" d=\"" + chart.band(s.points()) + "\"/>");
      }
      chart.out.append(chart.line(s.points()));
      if (s.points().size() == 1) {
        Point only = s.points().get(0);
        chart.out.append(
            "<circle cx=\"%s\" cy=\"%s\" r=\"4\"/>"
                .formatted(number(chart.right(only.x())), number(chart.down(only.y()))));
      }
      chart.out.append("</g>\n");
    }
    chart.tooltips(unit, series);
    return chart.out + "</svg>";
  }

  /** One strip of the plot per point, which tells the values there. */
  private void tooltips(String unit, List<Series> series) {
    Map<Double, List<String>> words = new TreeMap<>();
    for (Series s : series) {
      String name = s.name().isEmpty() ? "" : s.name() + " ";
      s.points()
          .forEach(
              p ->
                  words
                      .computeIfAbsent(p.x(), at -> new ArrayList<>())
                      .add(name + Words.number(p.y()) + unit));
    }
    List<Double> places = List.copyOf(words.keySet());
    for (int i = 0; i < places.size(); i++) {
      double at = right(places.get(i));
      double from = i == 0 ? LEFT : (right(places.get(i - 1)) + at) / 2;
      double to = i == places.size() - 1 ? RIGHT : (at + right(places.get(i + 1))) / 2;
      out.append(
          "<rect class=\"strip\" x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\"><title>step %s: %s</title></rect>"
              .formatted(
                  number(from),
                  TOP,
                  number(Math.max(0, to - from)),
                  BOTTOM - TOP,
                  Words.number(places.get(i)),
                  Html.escape(String.join(", ", words.get(places.get(i))))));
    }
  }

  private String line(List<Point> points) {
    return points.stream()
        .map(p -> number(right(p.x())) + "," + number(down(p.y())))
        .collect(Collectors.joining(" ", "<polyline class=\"line\" points=\"", "\"/>"));
  }

  private String band(List<Point> points) {
    StringBuilder path = new StringBuilder("M");
    points.forEach(p -> path.append(number(right(p.x())) + "," + number(down(p.high())) + " "));
    for (int i = points.size() - 1; i >= 0; i--) {
      Point p = points.get(i);
      path.append(number(right(p.x())) + "," + number(down(p.low())) + " ");
    }
    return path + "Z";
  }

  private void text(String anchor, double at, double base, String text) {
    out.append(
        "<text text-anchor=\"%s\" x=\"%s\" y=\"%s\">%s</text>"
            .formatted(anchor, number(at), number(base), Html.escape(text)));
  }

  private double right(double value) {
    return LEFT + (RIGHT - LEFT) * x.share(value);
  }

  private double down(double value) {
    return BOTTOM - (BOTTOM - TOP) * y.share(value);
  }

  private static String number(double coordinate) {
    return Double.toString(Math.round(10 * coordinate) / 10.0);
  }
}
