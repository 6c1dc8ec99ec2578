package io.atomforge.report;

import java.awt.BasicStroke;
import java.awt.geom.Ellipse2D;
import java.util.List;
import java.util.function.DoubleFunction;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYBarRenderer;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYDataset;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** The four kinds of chart in the report, laid out by JFreeChart and labelled directly. */
final class Chart {
  /**
   * @param low lower end of the interval; equal to {@code y} without one
   */
  record Point(double x, double y, double low, double high) {
    Point(double x, double y) {
      this(x, y, y, y);
    }
  }

  enum Style {
    /** Dots with their intervals, joined by a line. */
    MEASURED,
    /** Dots with their intervals. */
    DOTS,
    LINE,
    /** A pale line, for what is noisy. */
    RAW
  }

  /**
   * @param label stands beside the last point; empty for none
   * @param points x ascending, one or more
   */
  record Series(String label, Ink ink, Style style, List<Point> points) {}

  /**
   * One row of a bar chart.
   *
   * @param parts from left to right; empty for a heading
   * @param text to the right of the bar
   */
  record Row(String name, List<Part> parts, String text) {}

  record Part(Ink ink, double length) {}

  private Chart() {}

  /**
   * @param x names of the places 0, 1, ... along the axis
   */
  static String places(String description, List<String> x, Scale y, List<Series> series) {
    return lines(description, symbols(x), y, series);
  }

  /**
   * @param x what is counted along the axis
   */
  static String curves(String description, String x, Scale y, List<Series> series) {
    double last = Scale.max(series, Point::x);
    ValueAxis axis = new Scale(0, Math.max(last, 1), false).axis();
    axis.setLabel(x);
    return lines(description, axis, y, series);
  }

  private static String lines(String description, ValueAxis x, Scale y, List<Series> series) {
    XYPlot plot = plot(x, y.axis(), PlotOrientation.VERTICAL);
    draw(plot, series);
    SvgPlot svg = new SvgPlot(plot, 230);
    for (Series s : series) {
      Point end = s.points().get(s.points().size() - 1);
      svg.endLabel(end.x(), end.y(), s.label(), s.ink());
    }
    return svg.render(description);
  }

  /**
   * Dots with intervals along a horizontal axis.
   *
   * @param rows names of the places 0, 1, ... from the top
   * @param series points with the place as x; {@code label} is left out
   * @param words beside each point, for its value
   * @param slots series that a row has room for
   */
  static String dots(
      String description,
      List<String> rows,
      Scale scale,
      List<Series> series,
      DoubleFunction<String> words,
      int slots) {
    SymbolAxis names = symbols(rows);
    names.setInverted(true);
    XYPlot plot = plot(names, scale.axis(), PlotOrientation.HORIZONTAL);
    if (scale.low() < 0) {
      plot.addRangeMarker(new ValueMarker(0, Ink.MUTED.marker(), new BasicStroke(1.2f)));
    }
    draw(plot, series);
    SvgPlot svg = new SvgPlot(plot, 34 + rows.size() * (14 + 19 * slots));
    for (Series s : series) {
      s.points().forEach(p -> svg.label(p.x(), p.high(), words.apply(p.y()), s.ink()));
    }
    return svg.render(description);
  }

  /** Bars from the top, each with its text beside it; lengths are never negative. */
  static String bars(String description, List<Row> rows) {
    double longest =
        rows.stream()
            .mapToDouble(r -> r.parts().stream().mapToDouble(Part::length).sum())
            .max()
            .orElse(1);
    SymbolAxis names = symbols(rows.stream().map(Row::name).toList());
    names.setInverted(true);
    ValueAxis lengths = new Scale(0, longest > 0 ? longest : 1, false).axis();
    lengths.setVisible(false);
    XYPlot plot = plot(names, lengths, PlotOrientation.HORIZONTAL);
    plot.setRangeGridlinesVisible(false);
    SvgPlot svg = new SvgPlot(plot, 12 + 21 * rows.size());
    XYIntervalSeriesCollection bars = new XYIntervalSeriesCollection();
    XYBarRenderer renderer = new XYBarRenderer();
    renderer.setUseYInterval(true);
    renderer.setBarPainter(new StandardXYBarPainter());
    renderer.setShadowVisible(false);
    for (int i = 0; i < rows.size(); i++) {
      double from = 0;
      for (Part part : rows.get(i).parts()) {
        double to = from + part.length();
        XYIntervalSeries bar = new XYIntervalSeries(bars.getSeriesCount());
        bar.add(i, i - 0.36, i + 0.36, to, from, to);
        renderer.setSeriesPaint(bars.getSeriesCount(), part.ink().marker());
        bars.addSeries(bar);
        from = to;
      }
      svg.label(i, from, rows.get(i).text(), Ink.TEXT);
    }
    add(plot, bars, renderer);
    return svg.render(description);
  }

  private static void draw(XYPlot plot, List<Series> series) {
    XYIntervalSeriesCollection measured = new XYIntervalSeriesCollection();
    XYErrorRenderer dots = new XYErrorRenderer();
    dots.setDrawXError(false);
    dots.setCapLength(0);
    dots.setErrorStroke(new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    XYIntervalSeriesCollection plain = new XYIntervalSeriesCollection();
    XYLineAndShapeRenderer lines = new XYLineAndShapeRenderer(true, false);
    lines.setDrawSeriesLineAsPath(true);
    for (Series s : series) {
      boolean dotted = s.style() == Style.MEASURED || s.style() == Style.DOTS;
      XYIntervalSeriesCollection data = dotted ? measured : plain;
      XYLineAndShapeRenderer renderer = dotted ? dots : lines;
      int index = data.getSeriesCount();
      XYIntervalSeries values = new XYIntervalSeries(index);
      s.points().forEach(p -> values.add(p.x(), p.x(), p.x(), p.y(), p.low(), p.high()));
      data.addSeries(values);
      boolean pale = s.style() == Style.RAW;
      renderer.setSeriesPaint(index, s.ink().marker(pale ? 0.35 : 1));
      renderer.setSeriesStroke(
          index, new BasicStroke(pale ? 1 : 1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
      renderer.setSeriesLinesVisible(index, s.style() != Style.DOTS);
      renderer.setSeriesShape(index, new Ellipse2D.Double(-4, -4, 8, 8));
    }
    add(plot, plain, lines);
    add(plot, measured, dots);
  }

  private static void add(XYPlot plot, XYDataset data, XYItemRenderer renderer) {
    int index = plot.getDataset(0) == null ? 0 : plot.getDatasetCount();
    plot.setDataset(index, data);
    plot.setRenderer(index, renderer);
  }

  private static XYPlot plot(ValueAxis domain, ValueAxis range, PlotOrientation orientation) {
    XYPlot plot = new XYPlot(null, domain, range, null);
    plot.setOrientation(orientation);
    plot.setBackgroundPaint(null);
    plot.setOutlineVisible(false);
    plot.setDomainGridlinesVisible(false);
    plot.setRangeGridlinePaint(Ink.GRID.marker());
    plot.setRangeGridlineStroke(new BasicStroke(1));
    plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
    return plot;
  }

  private static SymbolAxis symbols(List<String> names) {
    SymbolAxis axis = new SymbolAxis(null, names.toArray(String[]::new));
    axis.setGridBandsVisible(false);
    axis.setRange(-0.5, names.size() - 0.5);
    return Scale.style(axis);
  }
}
