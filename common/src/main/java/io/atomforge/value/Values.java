package io.atomforge.value;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The JSON in which Python values travel, and when two of them are equal.
 *
 * <p>None, bools, ints of up to 100,000 digits, finite floats, strings, lists, and dicts whose keys
 * are strings without a leading {@code $} are plain JSON. The rest is an object of one tag: {@code
 * {"$tuple": [...]}}, {@code {"$set": [...]}}, {@code {"$frozenset": [...]}}, {@code {"$dict":
 * [[key, value], ...]}}, {@code {"$float": "nan" | "inf" | "-inf"}}, {@code {"$bytes": "hex"}},
 * {@code {"$decimal": "0.1"}}, {@code {"$fraction": [1, 3]}}.
 */
public final class Values {
  private static final int MAX_DEPTH = 1000;

  /** Reading digits takes quadratic time, which a program must not be able to cause here. */
  private static final int MAX_DIGITS = 100_000;

  private static final int MAX_DIGITS_OF_DECIMAL = 5000;
  private static final int MAX_BITS_OF_FRACTION = 16_384;

  private static final Pattern HEX = Pattern.compile("(?:[0-9a-f]{2})*");
  static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
          // Programs choose the keys: a table of them would grow, and fail where hashes collide.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(constraints())
          .build();

  private Values() {}

  private static StreamReadConstraints constraints() {
    StreamReadConstraints.Builder builder =
        StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxNumberLength(MAX_DIGITS)
            .maxStringLength(Integer.MAX_VALUE);
    try {
      builder.getClass().getMethod("maxNameLength", int.class).invoke(builder, Integer.MAX_VALUE);
    } catch (NoSuchMethodException e) {
      // The Jackson of Spark 3.5 has no limit on names that could be lifted.
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    return builder.build();
  }

  /**
   * Reads one value.
   *
   * @throws IllegalArgumentException if the text is not JSON, a tag is unknown or has the wrong
   *     content, or it is nested deeper than 1000
   */
  public static Value parse(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      Value value = read(parser, parser.nextToken());
      require(parser.nextToken() == null, "text after the value");
      return value;
    } catch (IOException | NumberFormatException e) {
      String reason = e instanceof IOException io ? firstLine(io) : e.getMessage();
      throw new IllegalArgumentException("Not a value: " + reason, e);
    }
  }

  /** A string as JSON. */
  public static String json(String text) {
    StringWriter json = new StringWriter(text.length() + 16);
    try (JsonGenerator to = JSON.createGenerator(json)) {
      to.writeString(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return json.toString();
  }

  /** A list of strings as JSON. */
  public static String json(List<String> texts) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeArray(texts.toArray(String[]::new), 0, texts.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /**
   * Where two values first differ, empty if they are equal: types are exact, except that an int and
   * a float are equal if their numeric values are; the keys of dicts and the items of sets have no
   * order and no tolerance.
   *
   * @return for example {@code $[2]["a"]: expected 3, got 4}
   */
  public static Optional<String> difference(Value expected, Value actual, Equality equality) {
    return Optional.ofNullable(new ValueDifference(equality).between("$", expected, actual));
  }

  private static Value read(JsonParser parser, JsonToken token) throws IOException {
    require(token != null, "the text is empty");
    return switch (token) {
      case VALUE_NULL -> new Value.None();
      case VALUE_TRUE -> new Value.Bool(true);
      case VALUE_FALSE -> new Value.Bool(false);
      case VALUE_NUMBER_INT -> new Value.Int(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> new Value.Real(Double.parseDouble(parser.getText()));
      case VALUE_STRING -> new Value.Text(parser.getText());
      case START_ARRAY -> new Value.Sequence(false, items(parser));
      case START_OBJECT -> object(parser);
      default -> throw new IllegalArgumentException("Not a value: " + token);
    };
  }

  private static List<Value> items(JsonParser parser) throws IOException {
    List<Value> items = new ArrayList<>();
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      items.add(read(parser, t));
    }
    return items;
  }

  private static Value object(JsonParser parser) throws IOException {
    Map<Value, Value> entries = new TreeMap<>(Value.ORDER);
    String tag = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      tag = name.startsWith("$") ? name : tag;
      entries.put(new Value.Text(name), read(parser, parser.nextToken()));
    }
    if (tag == null) {
      return new Value.Dict(entries);
    }
    require(entries.size() == 1, "the tag " + tag + " beside other keys");
    return tagged(tag, entries.values().iterator().next());
  }

  private static Value tagged(String tag, Value content) {
    return switch (tag) {
      case "$tuple" -> new Value.Sequence(true, list(tag, content));
      case "$set" -> new Value.Items(false, set(tag, content));
      case "$frozenset" -> new Value.Items(true, set(tag, content));
      case "$dict" -> dict(list(tag, content));
      case "$float" -> new Value.Real(special(text(tag, content)));
      case "$decimal" -> decimal(text(tag, content));
      case "$fraction" -> fraction(list(tag, content));
      case "$bytes" -> {
        String hex = text(tag, content);
        require(HEX.matcher(hex).matches(), "$bytes of " + hex);
        yield new Value.Bytes(hex);
      }
      default -> throw new IllegalArgumentException("Not a value: unknown tag " + tag);
    };
  }

  private static Value dict(List<Value> pairs) {
    Map<Value, Value> entries = new TreeMap<>(Value.ORDER);
    for (Value pair : pairs) {
      List<Value> both = list("$dict", pair);
      require(both.size() == 2, "$dict with an entry of " + both.size());
      Value before = entries.put(both.get(0).key(), both.get(1));
      require(before == null, "$dict with a key twice");
    }
    return new Value.Dict(entries);
  }

  private static Set<Value> set(String tag, Value content) {
    Set<Value> items = new TreeSet<>(Value.ORDER);
    for (Value item : list(tag, content)) {
      require(items.add(item.key()), tag + " with an item twice");
    }
    return items;
  }

  private static List<Value> list(String tag, Value content) {
    require(content instanceof Value.Sequence s && !s.tuple(), tag + " of no array");
    return ((Value.Sequence) content).items();
  }

  private static String text(String tag, Value content) {
    require(content instanceof Value.Text, tag + " of no string");
    return ((Value.Text) content).value();
  }

  private static Value decimal(String text) {
    require(text.length() <= MAX_DIGITS_OF_DECIMAL, "$decimal of too many digits");
    if (text.endsWith("Infinity")) {
      return new Value.Real(special(text.replace("Infinity", "inf")));
    }
    if (text.contains("NaN")) {
      return new Value.Real(Double.NaN);
    }
    BigDecimal value = new BigDecimal(text);
    long magnitude = (long) value.precision() - value.scale();
    require(
        Math.abs((long) value.scale()) <= MAX_DIGITS_OF_DECIMAL
            && Math.abs(magnitude) <= MAX_DIGITS_OF_DECIMAL,
        "$decimal of too many digits");
    return new Value.Decimal(value);
  }

  private static Value fraction(List<Value> parts) {
    require(
        parts.size() == 2
            && parts.get(0) instanceof Value.Int n
            && parts.get(1) instanceof Value.Int d
            && n.value().bitLength() <= MAX_BITS_OF_FRACTION
            && d.value().bitLength() <= MAX_BITS_OF_FRACTION,
        "$fraction of no two integers, or of too large ones");
    return new Value.Fraction(
        ((Value.Int) parts.get(0)).value(), ((Value.Int) parts.get(1)).value());
  }

  private static double special(String name) {
    return switch (name) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> throw new IllegalArgumentException("Not a value: $float of " + name);
    };
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("Not a value: " + otherwise);
    }
  }

  private static String firstLine(IOException e) {
    return Objects.toString(e.getMessage(), "").lines().findFirst().orElse("");
  }
}
