package io.atomforge.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.Mismatch;
import java.util.Map;

/** Reads records of which a row gives some fields. */
public final class Fields {
  private Fields() {}

  /**
   * The record with the fields that are given in its place.
   *
   * @throws IllegalArgumentException naming a field that is unknown or of another type
   */
  @SuppressWarnings("unchecked")
  public static <R extends Record> R merged(String key, R defaults, JsonNode given) {
    if (given.isMissingNode()) {
      return defaults;
    }
    JsonRow.require(given.isObject(), "key '" + key + "' must be an object");
    ObjectNode all = JsonRow.JSON.valueToTree(defaults);
    for (Map.Entry<String, JsonNode> field : given.properties()) {
      JsonNode known = all.path(field.getKey());
      JsonNode value = field.getValue();
      if (value.isNull()) {
        continue;
      }
      JsonRow.require(
          !known.isMissingNode(),
          key + "." + field.getKey() + ": unknown key; known: " + names(all));
      boolean fits =
          known.isBoolean() == value.isBoolean()
              && known.isNumber() == value.isNumber()
              && (!known.isIntegralNumber() || value.isIntegralNumber());
      JsonRow.require(
          fits, key + "." + field.getKey() + ": " + value + " is no value like " + known);
      all.set(field.getKey(), value);
    }
    try {
      return (R) JsonRow.JSON.treeToValue(all, defaults.getClass());
    } catch (JsonProcessingException e) {
      Throwable cause = e.getCause();
      String why = cause == null ? e.getOriginalMessage() : cause.getMessage();
      throw new IllegalArgumentException(key + ": " + Mismatch.plain(String.valueOf(why)));
    }
  }

  private static String names(ObjectNode node) {
    return String.join(", ", node.properties().stream().map(Map.Entry::getKey).toList());
  }
}
