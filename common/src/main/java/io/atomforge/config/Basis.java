package io.atomforge.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * All that a result depends on. Two results whose bases are equal are equal; where they are not,
 * {@link #difference} says what changed.
 *
 * @param settings dotted key to value in JSON, without the keys that are {@link Operational}
 * @param inputs what was read beside the config, such as {@code table sequences}, to its
 *     fingerprint
 * @param algorithm version of the code, raised whenever the same settings and inputs give another
 *     result
 */
public record Basis(
    SortedMap<String, String> settings, SortedMap<String, String> inputs, int algorithm) {
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  /** A hash tells a reader nothing. */
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{32,}");

  public Basis {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
  }

  /**
   * The keys of {@code config} that matter.
   *
   * @throws ConfigException as {@link Resolved#resolved}
   */
  public static Basis of(Record config) {
    TreeMap<String, String> settings = new TreeMap<>();
    add("", config, JSON.valueToTree(config), settings);
    return new Basis(settings, new TreeMap<>(), 1);
  }

  /** The same without the keys that {@code part} refuses; the key of a block is its first name. */
  public Basis only(Predicate<String> part) {
    TreeMap<String, String> kept = new TreeMap<>(settings);
    kept.keySet().removeIf(key -> !part.test(key.replaceFirst("\\..*", "")));
    return new Basis(kept, inputs, algorithm);
  }

  /** The same, of a result that also depends on an input. */
  public Basis with(String input, String fingerprint) {
    TreeMap<String, String> more = new TreeMap<>(inputs);
    more.put(input, fingerprint);
    return new Basis(settings, more, algorithm);
  }

  /** The same, of a result that this version of the code makes. */
  public Basis by(int version) {
    return new Basis(settings, inputs, version);
  }

  private static void add(String key, Object value, JsonNode tree, Map<String, String> settings) {
    String prefix = key.isEmpty() ? "" : key + ".";
    if (value instanceof Resolved block) {
      block.resolved().forEach((k, v) -> settings.put(prefix + k, v));
    }
    if (value instanceof Record block) {
      if (tree.has("type")) {
        settings.put(prefix + "type", text(tree.get("type")));
      }
      for (RecordComponent component : block.getClass().getRecordComponents()) {
        String name =
            PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(component.getName());
        if (!component.isAnnotationPresent(Operational.class)) {
          add(prefix + name, component(block, component), tree.get(name), settings);
        }
      }
    } else if (value instanceof List<?> list && list.stream().anyMatch(Record.class::isInstance)) {
      for (int i = 0; i < list.size(); i++) {
        add(prefix + i, list.get(i), tree.get(i), settings);
      }
    } else if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      tree.properties().forEach(e -> settings.put(prefix + e.getKey(), text(e.getValue())));
    } else {
      settings.put(key, text(tree));
    }
  }

  private static Object component(Record block, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(block);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.asText() : value.toString();
  }

  /**
   * @return what changed since {@code earlier}, such as {@code optimizer.learning_rate was 1.0E-4,
   *     is 5.0E-4; table sequences changed}; empty if nothing did
   */
  public Optional<String> difference(Basis earlier) {
    List<String> changes = new ArrayList<>();
    changes(earlier.settings, settings, changes);
    changes(earlier.inputs, inputs, changes);
    if (algorithm != earlier.algorithm) {
      changes.add("the version of the algorithm was " + earlier.algorithm + ", is " + algorithm);
    }
    return changes.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", changes));
  }

  private static void changes(
      Map<String, String> earlier, Map<String, String> later, List<String> changes) {
    TreeSet<String> keys = new TreeSet<>(earlier.keySet());
    keys.addAll(later.keySet());
    for (String key : keys) {
      String was = earlier.get(key);
      String is = later.get(key);
      if (was == null && is != null) {
        changes.add(key + " was not there" + (hash(is) ? "" : ", is " + shown(is)));
      } else if (was != null && is == null) {
        String before = hash(was) ? "" : " was " + shown(was) + ",";
        changes.add(key + before + " is not there any more");
      } else if (was != null && is != null && !was.equals(is)) {
        boolean told = !hash(was) && !hash(is);
        changes.add(key + (told ? " was " + shown(was) + ", is " + shown(is) : " changed"));
      }
    }
  }

  private static boolean hash(String value) {
    return HASH.matcher(value).matches();
  }

  private static String shown(String value) {
    return value.isEmpty() ? "empty" : value;
  }

  /** A short name: 16 hexadecimal digits, equal for equal bases. */
  public String hash() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One line of JSON, which {@link #parse} reads; equal for equal bases. */
  @Override
  public String toString() {
    return tree().toString();
  }

  /** What {@link #toString} writes, as a tree. */
  public ObjectNode tree() {
    return JSON.valueToTree(this);
  }

  /**
   * @return empty for what is none, such as the words by which earlier versions described a result
   */
  public static Optional<Basis> parse(String text) {
    try {
      return of(JSON.readTree(text));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /**
   * @param tree as {@link #tree} gives it
   * @return empty for what is none
   */
  public static Optional<Basis> of(JsonNode tree) {
    try {
      return tree != null && tree.path("settings").isObject()
          ? Optional.of(JSON.treeToValue(tree, Basis.class))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
