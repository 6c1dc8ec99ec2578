package io.atomforge.report.page;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Bars, or dots with their intervals, one to a row of a table: the browser gives names and values
 * the room they need, and what is drawn takes its place in per cent of the rest.
 */
public final class RowChart {
  /**
   * @param name empty where the row belongs to the one above
   * @param value stands right of the drawing
   */
  public record Row(String name, List<Mark> marks, String value) {}

  /** What a row draws, in its ink. */
  public sealed interface Mark {
    Ink ink();

    /** For the tooltip. */
    String words();

    /** SVG in the colour of its surroundings. */
    String shape(Scale scale);
  }

  public record Bar(Ink ink, double from, double to, String words) implements Mark {
    @Override
    public String shape(Scale scale) {
      double length = scale.share(to) - scale.share(from);
      return "<rect x=\"%s\" y=\"3\" width=\"%s\" height=\"13\"/>"
          .formatted(percent(scale.share(from)), percent(length));
    }
  }

  /**
   * @param each what the dot is the mean of, drawn as small strokes; empty for none
   */
  public record Dot(Ink ink, double at, double low, double high, List<Double> each, String words)
      implements Mark {
    @Override
    public String shape(Scale scale) {
      String interval =
          line("interval", percent(scale.share(low)), percent(scale.share(high)), "50%", "50%");
      return interval
          + each.stream()
              .map(v -> percent(scale.share(v)))
              .map(x -> line("seed", x, x, "15%", "85%"))
              .collect(Collectors.joining())
          + "<circle cx=\"%s\" cy=\"50%%\" r=\"4\"/>".formatted(percent(scale.share(at)));
    }
  }

  private RowChart() {}

  /** Bars from zero; lengths are never negative. */
  public static String bars(List<Row> rows) {
    double longest =
        rows.stream()
            .flatMap(r -> r.marks().stream())
            .mapToDouble(m -> m instanceof Bar bar ? bar.to() : 0)
            .max()
            .orElse(1);
    return table(new Scale(0, longest > 0 ? longest : 1, false), List.of(), rows, "");
  }

  /**
   * @param unit of the numbers along the axis, with its space
   */
  public static String dots(Scale scale, List<Row> rows, String unit) {
    List<Double> ticks = scale.ticks();
    String labels =
        ticks.stream()
            .map(
                t ->
                    "<text text-anchor=\"middle\" x=\"%s\" y=\"14\">%s</text>"
                        .formatted(percent(scale.share(t)), Html.escape(scale.text(t) + unit)))
            .collect(Collectors.joining());
    return table(
        scale,
        ticks,
        rows,
        "<tr class=\"axis\"><td></td><td><svg aria-hidden=\"true\">"
            + labels
            + "</svg></td><td></td></tr>\n");
  }

  private static String table(Scale scale, List<Double> ticks, List<Row> rows, String foot) {
    String grid =
        ticks.stream()
            .map(
                t ->
                    line(
                        t == 0 ? "zero" : "grid",
                        percent(scale.share(t)),
                        percent(scale.share(t)),
                        "0",
                        "100%"))
            .collect(Collectors.joining());
    StringBuilder out =
        new StringBuilder("<table class=\"rows" + (foot.isEmpty() ? "" : " dots") + "\"><tbody>\n");
    for (Row row : rows) {
      out.append(
          "<tr%s><th scope=\"row\">%s</th><td><svg role=\"img\" aria-label=\"%s\">%s%s</svg></td><td>%s</td></tr>\n"
              .formatted(
                  row.name().isEmpty() ? "" : " class=\"first\"",
                  Html.prose(row.name()),
                  Html.escape(described(row)),
                  grid,
                  row.marks().stream().map(m -> draw(scale, m)).collect(Collectors.joining()),
                  Html.prose(row.value())));
    }
    return out + foot + "</tbody></table>\n";
  }

  private static String described(Row row) {
    return row.marks().stream()
        .map(Mark::words)
        .collect(Collectors.joining("; ", "", row.marks().isEmpty() ? row.name() : ""));
  }

  private static String draw(Scale scale, Mark mark) {
    return "<g %s><title>%s</title>%s</g>"
        .formatted(mark.ink().style(), Html.escape(mark.words()), mark.shape(scale));
  }

  private static String line(String style, String x1, String x2, String y1, String y2) {
    return "<line class=\"%s\" x1=\"%s\" x2=\"%s\" y1=\"%s\" y2=\"%s\"/>"
        .formatted(style, x1, x2, y1, y2);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }
}
