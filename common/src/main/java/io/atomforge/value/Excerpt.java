package io.atomforge.value;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/**
 * What a program returned or raised, in a form that every common reader takes: bounded in length
 * and depth, numbers of at most {@value #DIGITS} digits, and no half of a surrogate pair.
 *
 * <p>A mark stands where something was left out: {@code {"$cut": "an int of 5001 digits"}} in place
 * of a value or as the last item of a list, the key {@code $cut} as the last one of an object. No
 * {@link Values} JSON has this key, so an output without it is complete.
 */
public final class Excerpt {
  /** Characters of a message or a detail. */
  public static final int MESSAGE = 1000;

  /** What a double holds; Python reads 4300 digits, Jackson 1000. */
  private static final int DIGITS = 300;

  private static final int DEPTH = 100;
  private static final int KEY = 1000;
  private static final int MARK = 60; // characters that a mark takes at most
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]");
  private static final Pattern UNSAFE = Pattern.compile("[\\ud800-\\udfff]");
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final JsonParser from;
  private final JsonGenerator to;
  private final StringWriter written;
  private final int most;

  private Excerpt(JsonParser from, JsonGenerator to, StringWriter written, int most) {
    this.from = from;
    this.to = to;
    this.written = written;
    this.most = most;
  }

  /** A message of a program's: control characters and half surrogates as U+FFFD, cut if long. */
  public static String message(String text) {
    boolean printable = text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    String shown = printable ? text : UNPRINTABLE.matcher(text).replaceAll("\ufffd");
    return cut(shown, MESSAGE);
  }

  /**
   * A value as JSON that is safe to write where anyone may read it.
   *
   * @param valueJson {@link Values} JSON
   * @param most characters above which the rest is left out; the marks come on top
   * @return JSON in ASCII
   */
  public static String json(String valueJson, int most) {
    StringWriter written = new StringWriter();
    try (JsonParser from = Values.JSON.createParser(valueJson);
        JsonGenerator to = JSON.createGenerator(written)) {
      from.nextToken();
      new Excerpt(from, to, written, most).value(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return written.toString();
  }

  private void value(int depth) throws IOException {
    switch (from.currentToken()) {
      case START_ARRAY -> {
        if (depth == DEPTH) {
          from.skipChildren();
          mark("nested deeper than " + DEPTH);
        } else {
          array(depth);
        }
      }
      case START_OBJECT -> {
        if (depth == DEPTH) {
          from.skipChildren();
          mark("nested deeper than " + DEPTH);
        } else {
          object(depth);
        }
      }
      case VALUE_STRING -> text(from.getText());
      case VALUE_NUMBER_INT -> integer(from.getText());
      case VALUE_NUMBER_FLOAT -> real(from.getText());
      default -> to.copyCurrentEvent(from);
    }
  }

  private void array(int depth) throws IOException {
    to.writeStartArray();
    while (from.nextToken() != JsonToken.END_ARRAY) {
      if (left() <= 0) {
        int more = 1;
        from.skipChildren();
        for (; from.nextToken() != JsonToken.END_ARRAY; more++) {
          from.skipChildren();
        }
        mark(more + " more items");
        break;
      }
      value(depth + 1);
    }
    to.writeEndArray();
  }

  private void object(int depth) throws IOException {
    to.writeStartObject();
    while (from.nextToken() != JsonToken.END_OBJECT) {
      String key = from.currentName();
      if (left() <= 0 || key.length() > KEY || UNSAFE.matcher(key).find()) {
        int more = 0;
        do {
          from.nextToken();
          from.skipChildren();
          more++;
        } while (from.nextToken() != JsonToken.END_OBJECT);
        to.writeStringField("$cut", more + " more entries");
        break;
      }
      to.writeFieldName(key);
      from.nextToken();
      value(depth + 1);
    }
    to.writeEndObject();
  }

  private void text(String text) throws IOException {
    String safe = UNSAFE.matcher(text).replaceAll("\ufffd");
    int room = Math.max(left(), MARK);
    int end = 0;
    for (int size = 0; end < safe.length(); end++) {
      char c = safe.charAt(end);
      size += c < ' ' || c > '~' ? 6 : 1; // as it is escaped
      if (size > room) {
        break;
      }
    }
    if (end == safe.length()) {
      to.writeString(safe);
    } else {
      mark(cut(safe, Math.max(end, 1)));
    }
  }

  private void integer(String digits) throws IOException {
    if (digits.length() <= DIGITS) {
      to.writeNumber(digits);
    } else {
      int sign = digits.startsWith("-") ? 1 : 0;
      mark("an int of " + (digits.length() - sign) + " digits, " + digits.substring(0, 20) + "...");
    }
  }

  private void real(String digits) throws IOException {
    double value = Double.parseDouble(digits);
    if (Double.isInfinite(value)) { // 1e999, which only a forged result holds
      to.writeStartObject();
      to.writeStringField("$float", value > 0 ? "inf" : "-inf");
      to.writeEndObject();
    } else if (digits.length() <= DIGITS) {
      to.writeNumber(digits);
    } else {
      to.writeNumber(value);
    }
  }

  private void mark(String cut) throws IOException {
    to.writeStartObject();
    to.writeStringField("$cut", cut);
    to.writeEndObject();
  }

  private int left() throws IOException {
    to.flush();
    return most - written.getBuffer().length();
  }

  /** The first {@code most} characters, with a note of how many there are, if there are more. */
  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + "... (" + text.length() + " characters)";
  }
}
