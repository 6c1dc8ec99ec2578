package io.atomforge.report;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.math.BigDecimal;
import java.math.MathContext;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.NumberTickUnit;
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
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
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

  /** The numbers along an axis. */
  record Scale(double low, double high, boolean logarithmic) {
    static final Scale PERCENT = new Scale(0, 100, false);

    /** From the lowest to the highest value, with a little room; from 0 where that is near. */
    static Scale around(List<Series> series) {
      double low = all(series).mapToDouble(Point::low).min().orElse(0);
      double high = all(series).mapToDouble(Point::high).max().orElse(1);
      double span = high > low ? high - low : Math.max(Math.abs(high), 1);
      return new Scale(low >= 0 && low < span ? 0 : low - 0.05 * span, high + 0.05 * span, false);
    }

    /** As {@link #around}, but with equal steps for equal ratios where all values allow it. */
    static Scale ratios(List<Series> series) {
      double low = all(series).mapToDouble(Point::low).min().orElse(0);
      double high = all(series).mapToDouble(Point::high).max().orElse(1);
      return low > 0 && high > 5 * low ? new Scale(low / 1.1, high * 1.1, true) : around(series);
    }

    private static Stream<Point> all(List<Series> series) {
      return series.stream().flatMap(s -> s.points().stream());
    }

    ValueAxis axis() {
      if (logarithmic) {
        RatioAxis axis = new RatioAxis();
        axis.setRange(low, high);
        return style(axis);
      }
      double rough = (high - low) / 5;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double step =
          power * (rough > 5 * power ? 10 : rough > 2 * power ? 5 : rough > power ? 2 : 1);
      int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
      String pattern = "#,##0" + (decimals > 0 ? "." + "0".repeat(decimals) : "");
      NumberAxis axis = new NumberAxis();
      axis.setTickUnit(
          new NumberTickUnit(
              step,
              new DecimalFormat(
                  pattern + ";−" + pattern, DecimalFormatSymbols.getInstance(Locale.ROOT))));
      axis.setRange(low, high);
      return style(axis);
    }
  }

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
    double last = Scale.all(series).mapToDouble(Point::x).max().orElse(1);
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
   * @param texts beside each point: for each series, for each point
   * @param slots series that a row has room for
   */
  static String dots(
      String description,
      List<String> rows,
      Scale scale,
      List<Series> series,
      List<List<String>> texts,
      int slots) {
    SymbolAxis names = symbols(rows);
    names.setInverted(true);
    XYPlot plot = plot(names, scale.axis(), PlotOrientation.HORIZONTAL);
    if (scale.low() < 0) {
      plot.addRangeMarker(new ValueMarker(0, Ink.MUTED.marker(), new BasicStroke(1.2f)));
    }
    draw(plot, series);
    SvgPlot svg = new SvgPlot(plot, 34 + rows.size() * (14 + 19 * slots));
    for (int s = 0; s < series.size(); s++) {
      for (int i = 0; i < series.get(s).points().size(); i++) {
        Point p = series.get(s).points().get(i);
        svg.label(p.x(), p.high(), texts.get(s).get(i), series.get(s).ink());
      }
    }
    return svg.render(description);
  }

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
    Stacks stacks = new Stacks();
    for (int i = 0; i < rows.size(); i++) {
      double end = stacks.add(i - 0.36, i + 0.36, rows.get(i).parts());
      svg.label(i, end, rows.get(i).text(), Ink.TEXT);
    }
    add(plot, stacks.bars, stacks.renderer);
    return svg.render(description);
  }

  /**
   * Shares of a whole over steps, as a column for each few steps.
   *
   * @param series from the bottom to the top, all with the same x; each point stands for what
   *     follows the one before it
   */
  static String columns(String description, String x, List<Series> series) {
    List<Point> ends = series.get(0).points();
    int last = ends.size() - 1;
    ValueAxis axis = new Scale(0, ends.get(last).x(), false).axis();
    axis.setLabel(x);
    XYPlot plot = plot(axis, Scale.PERCENT.axis(), PlotOrientation.VERTICAL);
    SvgPlot svg = new SvgPlot(plot, 330);
    Stacks stacks = new Stacks();
    for (int i = 0; i <= last; i++) {
      int place = i;
      stacks.add(
          i == 0 ? 0 : ends.get(i - 1).x(),
          ends.get(i).x(),
          series.stream().map(s -> new Part(s.ink(), s.points().get(place).y())).toList());
    }
    add(plot, stacks.bars, stacks.renderer);
    double below = 0;
    for (Series s : series) {
      double share = s.points().get(last).y();
      svg.endLabel(ends.get(last).x(), below + share / 2, s.label(), s.ink());
      below += share;
    }
    return svg.render(description);
  }

  /** Bars made of parts, one upon the other. */
  private static final class Stacks {
    final XYIntervalSeriesCollection bars = new XYIntervalSeriesCollection();
    final XYBarRenderer renderer = new XYBarRenderer();

    Stacks() {
      renderer.setUseYInterval(true);
      renderer.setBarPainter(new StandardXYBarPainter());
      renderer.setShadowVisible(false);
    }

    /**
     * @return where the last part ends
     */
    double add(double low, double high, List<Part> parts) {
      double from = 0;
      for (Part part : parts) {
        double to = from + part.length();
        int index = bars.getSeriesCount();
        if (part.length() > 0) {
          XYIntervalSeries bar = new XYIntervalSeries(index);
          bar.add((low + high) / 2, low, high, to, from, to);
          renderer.setSeriesPaint(index, part.ink().marker());
          bars.addSeries(bar);
        }
        from = to;
      }
      return from;
    }
  }

  /** A logarithmic axis at the left with ticks at 1, 2 and 5. */
  private static final class RatioAxis extends LogAxis {
    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("rawtypes")
    public List refreshTicks(
        Graphics2D graphics, AxisState state, Rectangle2D area, RectangleEdge edge) {
      List<NumberTick> ticks = new ArrayList<>();
      int first = (int) Math.floor(Math.log10(getLowerBound()));
      for (double power = Math.pow(10, first); power <= getUpperBound(); power *= 10) {
        for (int digit : new int[] {1, 2, 5}) {
          double value = digit * power;
          if (value >= getLowerBound() && value <= getUpperBound()) {
            String text = BigDecimal.valueOf(value).round(new MathContext(1)).toPlainString();
            ticks.add(
                new NumberTick(value, text, TextAnchor.CENTER_RIGHT, TextAnchor.CENTER_RIGHT, 0));
          }
        }
      }
      return ticks;
    }
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
    return style(axis);
  }

  private static <A extends ValueAxis> A style(A axis) {
    axis.setTickLabelFont(SvgPlot.FONT);
    axis.setLabelFont(SvgPlot.FONT);
    axis.setTickLabelPaint(Ink.MUTED.marker());
    axis.setLabelPaint(Ink.MUTED.marker());
    axis.setAxisLineVisible(false);
    axis.setTickMarksVisible(false);
    return axis;
  }
}
