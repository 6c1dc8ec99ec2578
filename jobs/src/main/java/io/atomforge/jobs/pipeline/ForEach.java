package io.atomforge.jobs.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Suggestion;
import io.atomforge.jobs.cli.JobRunner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The combinations of a grid. {@code {d: [1, 5], u: [0, 2]}} makes four, in which {@code $d} and
 * {@code $u} stand for one value each; the last key changes fastest.
 */
final class ForEach {
  private static final Pattern VARIABLE = Pattern.compile("\\$[a-z_][a-z0-9_]*");

  private ForEach() {}

  /**
   * @param grid a block of lists; missing for one combination without a variable
   * @throws IllegalArgumentException unless each key has a list with a value
   */
  static List<Map<String, JsonNode>> combinations(JsonNode grid) {
    List<Map<String, JsonNode>> all = new ArrayList<>(List.of(Map.of()));
    if (!grid.isMissingNode() && !grid.isObject()) {
      throw new IllegalArgumentException("for_each: expected a block of lists such as {d: [1, 5]}");
    }
    for (Map.Entry<String, JsonNode> axis : grid.properties()) {
      if (!axis.getValue().isArray() || axis.getValue().isEmpty()) {
        throw new IllegalArgumentException(
            "for_each: " + axis.getKey() + " must be a list with a value, got " + axis.getValue());
      }
      List<Map<String, JsonNode>> longer = new ArrayList<>();
      for (Map<String, JsonNode> one : all) {
        for (JsonNode value : axis.getValue()) {
          Map<String, JsonNode> more = new LinkedHashMap<>(one);
          more.put("$" + axis.getKey(), value);
          longer.add(more);
        }
      }
      all = longer;
    }
    return all;
  }

  /**
   * The text with the variables' values in their places.
   *
   * @throws ConfigException if there are variables and it names another one; the seed may stay
   */
  static String filled(String text, Map<String, JsonNode> variables) {
    String filled = text;
    List<Map.Entry<String, JsonNode>> values = new ArrayList<>(variables.entrySet());
    values.sort((a, b) -> b.getKey().length() - a.getKey().length()); // $depth before $d
    for (Map.Entry<String, JsonNode> value : values) {
      filled = filled.replace(value.getKey(), text(value.getValue()));
    }
    Matcher other = VARIABLE.matcher(filled.replace(ExperimentTable.SEED, ""));
    if (!variables.isEmpty() && other.find()) {
      throw new ConfigException(
          "no variable " + other.group() + Suggestion.of(other.group(), variables.keySet()));
    }
    return filled;
  }

  /** A value as it stands in a name: numbers without an exponent. */
  static String text(JsonNode value) {
    return value.isNumber()
        ? value.decimalValue().stripTrailingZeros().toPlainString()
        : value.asText();
  }

  /** The same of every text in a block; a text that is a variable alone becomes its value. */
  static ObjectNode filled(ObjectNode block, Map<String, JsonNode> variables) {
    String text = block.toString();
    for (Map.Entry<String, JsonNode> variable : variables.entrySet()) {
      text = text.replace('"' + variable.getKey() + '"', variable.getValue().toString());
    }
    try {
      return (ObjectNode) JobRunner.JSON.readTree(filled(text, variables));
    } catch (JsonProcessingException e) {
      throw new ConfigException("a value of for_each does not fit into a text: " + block);
    }
  }
}
