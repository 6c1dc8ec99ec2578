package io.atomforge.report;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.font.FontRenderContext;
import java.awt.font.LineMetrics;
import java.text.AttributedCharacterIterator;
import java.util.Map;

/**
 * A sans-serif that measures itself by the widths of Helvetica, which the style sheet asks for. The
 * reader's browser picks the real font, so asking this machine's fonts would be no truer, would lay
 * the same chart out differently on each machine, and would fail where none is installed.
 */
final class PlainFont extends Font {
  private static final long serialVersionUID = 1L;

  /** Characters to their width in em; those of the digits and most letters are 0.556. */
  private static final Map<String, Double> WIDTHS =
      Map.of(
          "ijl", 0.222,
          " ftI.,:;/[]", 0.278,
          "r-()", 0.333,
          "cksvxyz", 0.5,
          "ABEFKLPSTVXYZ", 0.65,
          "wCDHNRU", 0.722,
          "mMGOQ", 0.82,
          "W%", 0.9);

  private static final float ASCENT = 0.93f;
  private static final float DESCENT = 0.24f;

  PlainFont(int size) {
    // A name of its own: an axis keeps its default where that equals what it is given.
    super("sans-serif", Font.PLAIN, size);
  }

  FontMetrics metrics() {
    return new Metrics(this);
  }

  /**
   * @return in pixels
   */
  double width(String text) {
    return size * text.codePoints().mapToDouble(PlainFont::em).sum();
  }

  private static double em(int c) {
    if (c >= 0x2e80) {
      return 1;
    }
    for (Map.Entry<String, Double> width : WIDTHS.entrySet()) {
      if (width.getKey().indexOf(c) >= 0) {
        return width.getValue();
      }
    }
    return 0.556;
  }

  @Override
  public String getFamily() {
    return name;
  }

  @Override
  public Font deriveFont(Map<? extends AttributedCharacterIterator.Attribute, ?> attributes) {
    return this;
  }

  @Override
  public LineMetrics getLineMetrics(String text, FontRenderContext context) {
    return new Line(text.length(), size);
  }

  private static final class Metrics extends FontMetrics {
    private static final long serialVersionUID = 1L;

    Metrics(PlainFont font) {
      super(font);
    }

    @Override
    public int getAscent() {
      return Math.round(ASCENT * font.getSize());
    }

    @Override
    public int getDescent() {
      return Math.round(DESCENT * font.getSize());
    }

    @Override
    public int charWidth(char c) {
      return stringWidth(String.valueOf(c));
    }

    @Override
    public int charsWidth(char[] data, int from, int length) {
      return stringWidth(new String(data, from, length));
    }

    @Override
    public int stringWidth(String text) {
      return (int) Math.ceil(((PlainFont) font).width(text));
    }
  }

  private static final class Line extends LineMetrics {
    private final int characters;
    private final int size;

    Line(int characters, int size) {
      this.characters = characters;
      this.size = size;
    }

    @Override
    public int getNumChars() {
      return characters;
    }

    @Override
    public float getAscent() {
      return ASCENT * size;
    }

    @Override
    public float getDescent() {
      return DESCENT * size;
    }

    @Override
    public float getLeading() {
      return 0;
    }

    @Override
    public float getHeight() {
      return (ASCENT + DESCENT) * size;
    }

    @Override
    public int getBaselineIndex() {
      return Font.ROMAN_BASELINE;
    }

    @Override
    public float[] getBaselineOffsets() {
      return new float[] {0, (DESCENT - ASCENT) * size / 2, -ASCENT * size};
    }

    @Override
    public float getStrikethroughOffset() {
      return -ASCENT * size / 3;
    }

    @Override
    public float getStrikethroughThickness() {
      return size / 16f;
    }

    @Override
    public float getUnderlineOffset() {
      return DESCENT * size / 2;
    }

    @Override
    public float getUnderlineThickness() {
      return size / 16f;
    }
  }
}
