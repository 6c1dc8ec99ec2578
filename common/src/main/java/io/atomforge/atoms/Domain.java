package io.atomforge.atoms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which values of a type are meant. What is not said is unlimited.
 *
 * @param type the type of the values
 * @param min least number, inclusive; -infinity if unlimited
 * @param max greatest number, inclusive; infinity if unlimited
 * @param minLength least length of text or collection
 * @param maxLength greatest length; {@link Integer#MAX_VALUE} if unlimited
 * @param chars character class of a text; empty if unlimited
 * @param pattern regular expression that the whole text matches; empty if unlimited
 * @param sorted the list ascends
 * @param distinct no element of the list occurs twice
 * @param parts domain of each type argument: the element, or key and value, or the items
 */
public record Domain(
    Type type,
    double min,
    double max,
    int minLength,
    int maxLength,
    String chars,
    String pattern,
    boolean sorted,
    boolean distinct,
    List<Domain> parts) {
  private static final Map<String, Set<String>> KEYS =
      Map.of(
          "int", Set.of("min", "max"),
          "float", Set.of("min", "max"),
          "bool", Set.of(),
          "str", Set.of("min_length", "max_length", "chars", "pattern"),
          "list", Set.of("min_length", "max_length", "element", "sorted", "distinct"),
          "set", Set.of("min_length", "max_length", "element"),
          "dict", Set.of("min_length", "max_length", "key", "value"),
          "tuple", Set.of("items"));

  public Domain {
    parts = List.copyOf(parts);
    if (min > max || minLength > maxLength || minLength < 0) {
      throw new IllegalArgumentException(
          "domain of " + type + " is empty: its lower bound is above its upper bound");
    }
    if (!chars.isEmpty()) {
      CharacterSet.parse(chars);
    }
    if (!pattern.isEmpty()) {
      TextPattern parsed = TextPattern.parse(pattern);
      minLength = Math.max(minLength, parsed.minLength());
      maxLength = Math.min(maxLength, parsed.maxLength());
    }
  }

  /** Any value of the type. */
  public static Domain of(Type type) {
    return parse(type, JsonNodeFactory.instance.objectNode());
  }

  /**
   * @param node the YAML block; missing or null for "any value of the type"
   * @throws IllegalArgumentException naming the key that does not belong
   */
  public static Domain parse(Type type, JsonNode node) {
    Set<String> known = KEYS.getOrDefault(type.name(), Set.of());
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "domain of " + type + ": unknown key " + name + "; known: " + known);
      }
    }
    List<Domain> parts = new ArrayList<>();
    for (int i = 0; i < type.arguments().size(); i++) {
      JsonNode part =
          switch (type.name()) {
            case "dict" -> node.path(i == 0 ? "key" : "value");
            case "tuple" -> node.path("items").path(i);
            default -> node.path("element");
          };
      parts.add(parse(type.arguments().get(i), part));
    }
    return new Domain(
        type,
        node.path("min").asDouble(Double.NEGATIVE_INFINITY),
        node.path("max").asDouble(Double.POSITIVE_INFINITY),
        node.path("min_length").asInt(0),
        node.path("max_length").asInt(Integer.MAX_VALUE),
        node.path("chars").asText(""),
        node.path("pattern").asText(""),
        node.path("sorted").asBoolean(false),
        node.path("distinct").asBoolean(false),
        parts);
  }

  /**
   * @return the YAML block as JSON, such that {@link #parse} gives this domain again
   */
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (min != Double.NEGATIVE_INFINITY) {
      node.put("min", min);
    }
    if (max != Double.POSITIVE_INFINITY) {
      node.put("max", max);
    }
    if (minLength > 0) {
      node.put("min_length", minLength);
    }
    if (maxLength < Integer.MAX_VALUE) {
      node.put("max_length", maxLength);
    }
    if (!chars.isEmpty()) {
      node.put("chars", chars);
    }
    if (!pattern.isEmpty()) {
      node.put("pattern", pattern);
    }
    if (sorted) {
      node.put("sorted", true);
    }
    if (distinct) {
      node.put("distinct", true);
    }
    List<ObjectNode> inner = parts.stream().map(Domain::json).toList();
    if (inner.stream().anyMatch(part -> !part.isEmpty())) {
      switch (type.name()) {
        case "dict" -> node.<ObjectNode>set("key", inner.get(0)).set("value", inner.get(1));
        case "tuple" -> node.putArray("items").addAll(inner);
        default -> node.set("element", inner.get(0));
      }
    }
    return node;
  }

  /** Whether every value of this domain is valid where {@code parameter} is expected. */
  public boolean fits(Domain parameter) {
    if (!type.fits(parameter.type)) {
      return false;
    }
    if (type.name().equals("tuple") && parameter.type.name().equals("list")) {
      int n = parts.size();
      return n >= parameter.minLength
          && n <= parameter.maxLength
          && !parameter.sorted
          && !parameter.distinct
          && parts.stream().allMatch(p -> p.fits(parameter.parts.get(0)));
    }
    if (min < parameter.min || max > parameter.max) {
      return false;
    }
    if (minLength < parameter.minLength || maxLength > parameter.maxLength) {
      return false;
    }
    if (parameter.sorted && !sorted || parameter.distinct && !distinct) {
      return false;
    }
    if (!parameter.pattern.isEmpty() && !parameter.pattern.equals(pattern)) {
      return false;
    }
    if (!parameter.chars.isEmpty()) {
      CharacterSet allowed = CharacterSet.parse(parameter.chars);
      boolean known =
          !chars.isEmpty() && CharacterSet.parse(chars).isWithin(allowed)
              || !pattern.isEmpty() && TextPattern.parse(pattern).characters().isWithin(allowed);
      if (!known) {
        return false;
      }
    }
    for (int i = 0; i < parts.size(); i++) {
      if (!parts.get(i).fits(parameter.parts.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether {@code value}, in the sandbox's JSON encoding, has this type and lies in this domain.
   */
  public boolean contains(JsonNode value) {
    return switch (type.name()) {
      case "int" -> value.isIntegralNumber() && inRange(value.asDouble());
      case "float" -> value.isNumber() && inRange(value.asDouble());
      case "bool" -> value.isBoolean();
      case "str" -> value.isTextual() && containsText(value.asText());
      case "list" -> value.isArray() && containsAll(value) && ordered(value);
      case "set" -> containsAll(value.path("$set"));
      case "tuple" ->
          value.path("$tuple").size() == parts.size() && containsItems(value.path("$tuple"));
      default -> containsEntries(value);
    };
  }

  private boolean inRange(double value) {
    return value >= min && value <= max;
  }

  private boolean containsText(String value) {
    int length = value.codePointCount(0, value.length());
    if (length < minLength || length > maxLength) {
      return false;
    }
    if (!chars.isEmpty()) {
      CharacterSet allowed = CharacterSet.parse(chars);
      if (!value.chars().allMatch(c -> allowed.contains((char) c))) {
        return false;
      }
    }
    return pattern.isEmpty() || Pattern.matches(pattern, value);
  }

  private boolean containsAll(JsonNode items) {
    if (!items.isArray() || items.size() < minLength || items.size() > maxLength) {
      return false;
    }
    for (JsonNode item : items) {
      if (!parts.get(0).contains(item)) {
        return false;
      }
    }
    return true;
  }

  private boolean containsItems(JsonNode items) {
    for (int i = 0; i < parts.size(); i++) {
      if (!parts.get(i).contains(items.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean containsEntries(JsonNode value) {
    JsonNode pairs = value.path("$dict");
    int size = pairs.isArray() ? pairs.size() : value.size();
    if (!value.isObject() || size < minLength || size > maxLength) {
      return false;
    }
    if (pairs.isArray()) {
      for (JsonNode pair : pairs) {
        if (!parts.get(0).contains(pair.path(0)) || !parts.get(1).contains(pair.path(1))) {
          return false;
        }
      }
      return true;
    }
    return value.properties().stream()
        .allMatch(
            e -> parts.get(0).containsText(e.getKey()) && parts.get(1).contains(e.getValue()));
  }

  private boolean ordered(JsonNode items) {
    for (int i = 1; i < items.size(); i++) {
      if (sorted && compare(items.get(i - 1), items.get(i)) > 0) {
        return false;
      }
      for (int j = 0; distinct && j < i; j++) {
        if (items.get(i).equals(items.get(j))) {
          return false;
        }
      }
    }
    return true;
  }

  private static int compare(JsonNode a, JsonNode b) {
    return a.isNumber() && b.isNumber()
        ? a.decimalValue().compareTo(b.decimalValue())
        : a.asText().compareTo(b.asText());
  }
}
