package io.atomforge.task;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A JSON object that others wrote. A key whose value is null or NaN, as tables write what is
 * missing, is like one that is absent; a list or an object may stand as JSON text, as in a column
 * that has one type for all rows.
 */
public final class JsonRow {
  /** Reads numbers of any size and precision, and NaN. */
  public static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNumberLength(100_000)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final JsonNode node;

  private JsonRow(JsonNode node) {
    this.node = node;
  }

  /**
   * @throws IllegalArgumentException saying where the text is not a JSON object
   */
  public static JsonRow parse(String json) {
    require(
        !json.matches("\\s*[\\[{]\\s*"),
        "it goes on in the next line; a file with objects of several lines must be named .json");
    JsonNode node = read(json);
    require(
        node.isObject(),
        node.isArray()
            ? "a JSON list, not an object; a file that holds one list must be named .json"
            : "not a JSON object");
    return new JsonRow(node);
  }

  static JsonRow of(ObjectNode node) {
    return new JsonRow(node);
  }

  /** Whether the key has a value. */
  public boolean has(String key) {
    JsonNode value = node.path(key);
    boolean number = value.isDouble() || value.isFloat();
    return !value.isMissingNode() && !value.isNull() && !(number && Double.isNaN(value.asDouble()));
  }

  /** The keys of the object, those without a value among them. */
  List<String> keys() {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }

  boolean hasAll(String... keys) {
    return List.of(keys).stream().allMatch(this::has);
  }

  /**
   * @throws IllegalArgumentException if there is none
   */
  public String text(String key) {
    require(has(key) && node.path(key).isTextual(), "key '" + key + "' must be a text");
    return node.path(key).asText();
  }

  String textOr(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  /** A name: a text or a number. */
  public Optional<String> name(String... keys) {
    for (String key : keys) {
      if (has(key)) {
        require(node.path(key).isValueNode(), "key '" + key + "' must be a text or a number");
        return Optional.of(node.path(key).asText());
      }
    }
    return Optional.empty();
  }

  /** A list or an object, or missing. */
  public JsonNode nested(String key) {
    if (!has(key)) {
      return JSON.missingNode();
    }
    JsonNode value = node.path(key);
    try {
      return value.isTextual() ? read(value.asText()) : value;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "key '" + key + "' is a text and must then be JSON: " + e.getMessage());
    }
  }

  /**
   * @throws IllegalArgumentException if the value is neither a list nor the text of one
   */
  List<JsonNode> list(String key) {
    JsonNode value = nested(key);
    require(value.isArray(), "key '" + key + "' must be a list");
    List<JsonNode> items = new ArrayList<>();
    value.forEach(items::add);
    return items;
  }

  /** The texts of a list, none if it is absent. */
  List<String> texts(String key) {
    return has(key) ? list(key).stream().map(JsonNode::asText).toList() : List.of();
  }

  /** The keys for which a condition holds, with their values, as a JSON object. */
  ObjectNode part(Predicate<String> wanted) {
    ObjectNode part = JSON.createObjectNode();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (wanted.test(field.getKey()) && has(field.getKey())) {
        part.set(field.getKey(), field.getValue());
      }
    }
    return part;
  }

  /**
   * Python's value as the sandbox writes it, in which NaN and infinities have a form of their own.
   */
  static String value(JsonNode value) {
    return encoded(value).toString();
  }

  private static JsonNode encoded(JsonNode value) {
    if (value.isDouble() && !Double.isFinite(value.asDouble())) {
      double number = value.asDouble();
      String name = Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
      return JSON.createObjectNode().put("$float", name);
    }
    if (value.isArray()) {
      ArrayNode items = JSON.createArrayNode();
      value.forEach(item -> items.add(encoded(item)));
      return items;
    }
    if (value.isObject()) {
      ObjectNode object = JSON.createObjectNode();
      value.properties().forEach(e -> object.set(e.getKey(), encoded(e.getValue())));
      return object;
    }
    return value;
  }

  /**
   * @throws IllegalArgumentException saying where the text is not JSON
   */
  public static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + mistake(e));
    }
  }

  private static String mistake(JsonProcessingException e) {
    String message = String.valueOf(e.getOriginalMessage());
    String what =
        message.startsWith("Duplicate field")
            ? "key " + message.replaceAll("(?s).*?('.*?').*", "$1") + " stands twice"
            : message.startsWith("Number value length")
                ? "a number of more than 100000 digits"
                : message.contains("nesting depth")
                    ? "nested deeper than 1000"
                    : message.startsWith("Unexpected end-of-input")
                        ? "it breaks off"
                        : "it is malformed";
    return e.getLocation() == null ? what : what + ", character " + e.getLocation().getColumnNr();
  }

  /**
   * @throws IllegalArgumentException with the message, unless the condition holds
   */
  public static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
