package io.atomforge.report;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Shape;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.ChartRenderingInfo;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.ui.RectangleInsets;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Draws one plot and the labels beside its data as an svg element to stand in a page. */
final class SvgPlot {
  static final PlainFont FONT = new PlainFont(12);

  /** What a phone shows at about its real size. */
  private static final int WIDTH = 420;

  private static final String SVG = "http://www.w3.org/2000/svg";
  private static final double LINE_HEIGHT = 14;

  /** At a position in data coordinates; those at the ends of lines stand in one column. */
  private record Label(double x, double y, String text, Ink ink, boolean end) {}

  private final XYPlot plot;
  private final int height;
  private final List<Label> labels = new ArrayList<>();

  SvgPlot(XYPlot plot, int height) {
    this.plot = plot;
    this.height = height;
  }

  /** Beside the position. */
  void label(double x, double y, String text, Ink ink) {
    labels.add(new Label(x, y, text, ink, false));
  }

  /** Right of the position, moved up or down where labels would overlap. */
  void endLabel(double x, double y, String text, Ink ink) {
    labels.add(new Label(x, y, text, ink, true));
  }

  /**
   * @param description for those who cannot see the picture
   */
  String render(String description) {
    labels.removeIf(l -> l.text().isEmpty());
    double longest = labels.stream().mapToDouble(l -> FONT.width(l.text())).max().orElse(0);
    plot.setInsets(new RectangleInsets(8, 2, 2, 12 + longest));
    Document document = document();
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
    context.setComment(null);
    context.setPrecision(1);
    SVGGeneratorContext.GraphicContextDefaults defaults =
        new SVGGeneratorContext.GraphicContextDefaults();
    defaults.setFont(FONT);
    context.setGraphicContextDefaults(defaults);
    SVGGraphics2D graphics = new Unclipped(context);
    JFreeChart chart = new JFreeChart(null, null, plot, false);
    chart.setBackgroundPaint(null);
    ChartRenderingInfo info = new ChartRenderingInfo();
    chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height), info);
    write(graphics, info.getPlotInfo().getDataArea());
    Element root = graphics.getRoot();
    root.setAttribute("viewBox", "0 0 " + WIDTH + " " + height);
    root.setAttribute("role", "img");
    root.setAttribute("aria-label", description);
    StringWriter text = new StringWriter();
    try {
      graphics.stream(root, text, true, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String svg =
        text.toString().replaceAll("<defs id=\"genericDefs\"\\s*/>| xmlns(:xlink)?=\"[^\"]*\"", "");
    return Html.printable(Ink.resolve(svg.substring(svg.indexOf("<svg"))));
  }

  private void write(SVGGraphics2D graphics, Rectangle2D area) {
    graphics.setFont(FONT);
    double column =
        labels.stream().filter(Label::end).mapToDouble(l -> place(l, area).getX()).max().orElse(0);
    double lowest = Double.NEGATIVE_INFINITY;
    List<Label> ends =
        labels.stream()
            .filter(Label::end)
            .sorted(Comparator.comparingDouble(l -> place(l, area).getY()))
            .toList();
    double left = ends.size() * LINE_HEIGHT;
    for (Label end : ends) {
      double y = Math.min(place(end, area).getY(), area.getMaxY() + LINE_HEIGHT - left);
      lowest = Math.max(y, lowest + LINE_HEIGHT);
      left -= LINE_HEIGHT;
      graphics.setPaint(end.ink().marker());
      graphics.drawString(end.text(), (float) column + 8, (float) lowest + 4);
    }
    for (Label label : labels) {
      if (!label.end()) {
        Point2D place = place(label, area);
        graphics.setPaint(label.ink().marker());
        graphics.drawString(label.text(), (float) place.getX() + 7, (float) place.getY() + 4);
      }
    }
  }

  private Point2D place(Label label, Rectangle2D area) {
    double x = plot.getDomainAxis().valueToJava2D(label.x(), area, plot.getDomainAxisEdge());
    double y = plot.getRangeAxis().valueToJava2D(label.y(), area, plot.getRangeAxisEdge());
    return plot.getOrientation() == PlotOrientation.VERTICAL
        ? new Point2D.Double(x, y)
        : new Point2D.Double(y, x);
  }

  private static Document document() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument(SVG, "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("This Java cannot make an XML document", e);
    }
  }

  /**
   * Measures without this machine's fonts, and draws without clipping: nothing here reaches
   * outside, and clip ids would clash in a page.
   */
  private static final class Unclipped extends SVGGraphics2D {
    Unclipped(SVGGeneratorContext context) {
      super(context, false);
    }

    @Override
    public FontMetrics getFontMetrics(Font font) {
      return font instanceof PlainFont plain ? plain.metrics() : FONT.metrics();
    }

    @Override
    public void clip(Shape shape) {}

    @Override
    public void setClip(Shape shape) {}
  }
}
