package io.atomforge.report;

import io.atomforge.report.Chart.Point;
import io.atomforge.report.Chart.Series;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.math.BigDecimal;
import java.math.MathContext;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/**
 * The numbers along an axis.
 *
 * @param logarithmic whether equal ratios take equal room
 */
record Scale(double low, double high, boolean logarithmic) {
  static final Scale PERCENT = new Scale(0, 100, false);

  /** A little more than the values span; from 0 where that is near. */
  static Scale around(List<Series> series) {
    double low = -max(series, p -> -p.low());
    double high = max(series, Point::high);
    double span = high > low ? high - low : Math.max(Math.abs(high), 1);
    return new Scale(low >= 0 && low < span ? 0 : low - 0.05 * span, high + 0.05 * span, false);
  }

  /** As {@link #around}, but equal ratios take equal room where all values are positive. */
  static Scale ratios(List<Series> series) {
    Scale linear = around(series);
    double low = -max(series, p -> -p.low());
    return low > 0 ? new Scale(low / 1.1, Math.max(linear.high, 2 * low), true) : linear;
  }

  static double max(List<Series> series, ToDoubleFunction<Point> value) {
    return series.stream().flatMap(s -> s.points().stream()).mapToDouble(value).max().orElse(1);
  }

  ValueAxis axis() {
    if (logarithmic) {
      RatioAxis axis = new RatioAxis();
      axis.setRange(low, high);
      return style(axis);
    }
    double rough = (high - low) / 5;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = power * (rough > 5 * power ? 10 : rough > 2 * power ? 5 : rough > power ? 2 : 1);
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

  /** As every axis looks: names and numbers alone. */
  static <A extends ValueAxis> A style(A axis) {
    axis.setTickLabelFont(SvgPlot.FONT);
    axis.setLabelFont(SvgPlot.FONT);
    axis.setTickLabelPaint(Ink.MUTED.marker());
    axis.setLabelPaint(Ink.MUTED.marker());
    axis.setAxisLineVisible(false);
    axis.setTickMarksVisible(false);
    return axis;
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
}
