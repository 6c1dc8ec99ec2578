package io.atomforge.sandbox;

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
import java.math.BigInteger;
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
 * [[key, value], ...]}}, {@code {"$float": "nan" | "inf" | "-inf"}}, {@code {"$bytes": "hex"}}.
 */
public final class Values {
  private static final int MAX_DEPTH = 1000;

  /** Reading digits takes quadratic time, which a program must not be able to cause here. */
  private static final int MAX_DIGITS = 100_000;

  private static final Pattern HEX = Pattern.compile("(?:[0-9a-f]{2})*");
  static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
          // Programs choose the keys: a table of them would grow, and fail where hashes collide.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_DIGITS)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private Values() {}

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

  /** A list of strings as JSON. */
  static String json(List<String> texts) {
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
    return Optional.ofNullable(new Comparison(equality).differs("$", expected, actual));
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

  /** One comparison; each method returns the first difference, null if there is none. */
  private record Comparison(Equality equality) {
    String differs(String at, Value expected, Value actual) {
      if (expected instanceof Value.Sequence e && actual instanceof Value.Sequence a) {
        return sequences(at, e, a);
      }
      if (expected instanceof Value.Dict e && actual instanceof Value.Dict a) {
        return dicts(at, e, a);
      }
      return scalarsEqual(expected, actual) ? null : at + ": " + message(expected, actual);
    }

    private boolean scalarsEqual(Value expected, Value actual) {
      if (equality.numbersMix() && expected instanceof Value.Bool b) {
        return scalarsEqual(b.asInt(), actual);
      }
      if (equality.numbersMix() && actual instanceof Value.Bool b) {
        return scalarsEqual(expected, b.asInt());
      }
      if (expected instanceof Value.Real e && actual instanceof Value.Real a) {
        return realsEqual(e.value(), a.value());
      }
      if (expected instanceof Value.Int e && actual instanceof Value.Real a) {
        return numbersEqual(e, a) || mixedClose(e.value(), a.value());
      }
      if (expected instanceof Value.Real e && actual instanceof Value.Int a) {
        return numbersEqual(a, e) || mixedClose(a.value(), e.value());
      }
      if (expected instanceof Value.Int e && actual instanceof Value.Int a) {
        return e.equals(a) || mixedClose(e.value(), a.value().doubleValue());
      }
      if (expected instanceof Value.Items e && actual instanceof Value.Items a) {
        return (e.frozen() == a.frozen() || equality.setsEqualFrozensets())
            && hashed(e.items()).equals(hashed(a.items()));
      }
      return expected.equals(actual);
    }

    private boolean realsEqual(double expected, double actual) {
      boolean bothNan = Double.isNaN(expected) && Double.isNaN(actual);
      return expected == actual || close(expected, actual) || (bothNan && equality.nanEqualsNan());
    }

    private boolean mixedClose(BigInteger whole, double real) {
      return equality.numbersMix() && close(whole.doubleValue(), real);
    }

    private boolean close(double expected, double actual) {
      double larger = Math.max(Math.abs(expected), Math.abs(actual));
      double allowed =
          Math.max(equality.relativeTolerance() * larger, equality.absoluteTolerance());
      return Double.isFinite(larger) && allowed > 0 && Math.abs(actual - expected) <= allowed;
    }

    /** Keys or items as Python hashes them: True is 1 where numbers mix. */
    private Set<Value> hashed(Set<Value> keys) {
      return equality.numbersMix()
          ? ((Value.Items) new Value.Items(false, keys).mixed()).items()
          : keys;
    }

    private static boolean numbersEqual(Value.Int whole, Value.Real real) {
      return Double.isFinite(real.value())
          && new BigDecimal(real.value()).compareTo(new BigDecimal(whole.value())) == 0;
    }

    private String sequences(String at, Value.Sequence expected, Value.Sequence actual) {
      if (expected.tuple() != actual.tuple() && !equality.tuplesEqualLists()) {
        return at + ": " + message(expected, actual);
      }
      int shared = Math.min(expected.items().size(), actual.items().size());
      for (int i = 0; i < shared; i++) {
        String inner = differs(at + "[" + i + "]", expected.items().get(i), actual.items().get(i));
        if (inner != null) {
          return inner;
        }
      }
      boolean same = expected.items().size() == actual.items().size();
      return same ? null : at + ": " + message(expected, actual);
    }

    private String dicts(String at, Value.Dict expected, Value.Dict actual) {
      Map<Value, Value> found = actual.entries();
      if (equality.numbersMix()) {
        found = new TreeMap<>(Value.ORDER);
        for (Map.Entry<Value, Value> entry : actual.entries().entrySet()) {
          found.put(entry.getKey().mixed(), entry.getValue());
        }
      }
      for (Map.Entry<Value, Value> entry : expected.entries().entrySet()) {
        Value key = equality.numbersMix() ? entry.getKey().mixed() : entry.getKey();
        String name = at + "[" + key.brief() + "]";
        Value value = found.get(key);
        String inner = value == null ? name + ": missing" : differs(name, entry.getValue(), value);
        if (inner != null) {
          return inner;
        }
      }
      boolean same = expected.entries().size() == actual.entries().size();
      return same ? null : at + ": " + message(expected, actual);
    }

    private static String message(Value expected, Value actual) {
      return "expected " + expected.brief() + ", got " + actual.brief();
    }
  }
}
