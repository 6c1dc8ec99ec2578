package io.atomforge.jobs.judge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.Excerpt;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Tests;
import io.atomforge.sandbox.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One program to judge, as a line of JSON: {@code id}, {@code code} and one form of tests.
 *
 * <ul>
 *   <li>{@code entry_point} and {@code calls}, a list of {@code args}, {@code kwargs}, {@code
 *       expected}
 *   <li>{@code test}, a script, and {@code entry_point} if it defines {@code check(candidate)}
 *   <li>{@code stdin_tests}, a list of {@code stdin}, {@code expected_stdout}
 * </ul>
 *
 * <p>Optional are {@code limits}, {@code stop_at_first_failure} and, with calls, {@code equality}.
 */
public record SolutionLine(String id, String code, Tests tests, JudgeOptions options) {
  /** Characters of outputs in a verdict. */
  private static final int OUTPUTS = 1 << 16;

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNumberLength(100_000)
                          .maxStringLength(Integer.MAX_VALUE)
                          .maxNameLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  /**
   * @param defaults what holds where the line says nothing
   * @throws IllegalArgumentException saying what the line lacks
   */
  public static SolutionLine parse(String json, JudgeOptions defaults) {
    JsonNode line = read(json);
    require(line.isObject(), "not a JSON object");
    Tests tests = tests(line);
    JsonNode equality = nested(line, "equality");
    require(
        equality.isMissingNode() || tests instanceof Tests.Calls,
        "key 'equality' is for 'calls' alone: a script compares as Python does, text is exact");
    JsonNode stop = line.path("stop_at_first_failure");
    require(
        stop.isMissingNode() || stop.isBoolean(), "stop_at_first_failure must be true or false");
    Program.AfterFailure afterFailure =
        stop.asBoolean() ? Program.AfterFailure.STOP : Program.AfterFailure.GO_ON;
    return new SolutionLine(
        text(line, "id"),
        text(line, "code"),
        tests,
        new JudgeOptions(
            merged("limits", defaults.limits(), nested(line, "limits")),
            merged("equality", defaults.equality(), equality),
            stop.isMissingNode() ? defaults.afterFailure() : afterFailure));
  }

  private static Tests tests(JsonNode line) {
    List<String> forms =
        List.of("calls", "test", "stdin_tests").stream().filter(line::has).toList();
    require(
        forms.size() == 1,
        "one of the keys 'calls', 'test' and 'stdin_tests' is needed, got " + forms);
    return switch (forms.get(0)) {
      case "calls" -> new Tests.Calls(text(line, "entry_point"), calls(nested(line, "calls")));
      case "test" -> {
        String entryPoint = line.has("entry_point") ? text(line, "entry_point") : "";
        yield new Tests.Script(text(line, "test"), entryPoint);
      }
      default -> new Tests.Stdin(runs(nested(line, "stdin_tests")));
    };
  }

  private static List<Tests.Calls.Case> calls(JsonNode list) {
    require(list.isArray() && !list.isEmpty(), "key 'calls' must be a list with at least one call");
    List<Tests.Calls.Case> cases = new ArrayList<>();
    for (JsonNode call : list) {
      require(
          (call.path("args").isArray() || call.path("kwargs").isObject()) && call.has("expected"),
          "each call needs 'args' (a list) or 'kwargs' (an object), and 'expected'");
      String args = call.has("args") ? call.path("args").toString() : "[]";
      String kwargs = call.has("kwargs") ? call.path("kwargs").toString() : "{}";
      cases.add(new Tests.Calls.Case(new Call(args, kwargs), call.path("expected").toString()));
    }
    return cases;
  }

  private static List<Tests.Stdin.Case> runs(JsonNode list) {
    require(list.isArray() && !list.isEmpty(), "key 'stdin_tests' must be a list of tests");
    List<Tests.Stdin.Case> cases = new ArrayList<>();
    for (JsonNode run : list) {
      cases.add(new Tests.Stdin.Case(text(run, "stdin"), text(run, "expected_stdout")));
    }
    return cases;
  }

  /**
   * The verdict as a line of JSON, whose outputs are {@linkplain Excerpt bounded}: 64 KiB of them
   * all together.
   */
  public String verdict(Verdict verdict) {
    ObjectNode node = JSON.createObjectNode();
    node.put("id", id)
        .put("outcome", verdict.outcome().name())
        .put("passed", verdict.passed())
        .put("total", verdict.total());
    ArrayNode calls = node.putArray("calls");
    int left = OUTPUTS;
    for (CallResult call : verdict.calls()) {
      String output = call.outputJson().isEmpty() ? "null" : Excerpt.json(call.outputJson(), left);
      left -= output.length();
      calls
          .addObject()
          .put("outcome", call.outcome().name())
          .putRawValue("output", new RawValue(output))
          .put("error", call.error())
          .put("wall_ms", call.wallMs());
    }
    node.put("detail", verdict.detail())
        .put("wall_ms", verdict.wallMs())
        .put("cpu_ms", verdict.cpuMs())
        .put("peak_memory_kib", verdict.peakMemoryKib())
        .put("isolation", verdict.isolation().name())
        .put("trust", verdict.trust().word());
    return node.toString();
  }

  /** A value that a Parquet column, which has one type for all rows, holds as JSON text. */
  private static JsonNode nested(JsonNode line, String key) {
    JsonNode value = line.path(key);
    return value.isTextual() ? read(value.asText()) : value;
  }

  /** The record with the fields that are given in its place. */
  @SuppressWarnings("unchecked")
  private static <R extends Record> R merged(String key, R defaults, JsonNode given) {
    if (given.isMissingNode()) {
      return defaults;
    }
    require(given.isObject(), "key '" + key + "' must be an object");
    ObjectNode all = JSON.valueToTree(defaults);
    for (Map.Entry<String, JsonNode> field : given.properties()) {
      JsonNode known = all.path(field.getKey());
      require(
          !known.isMissingNode(),
          key + "." + field.getKey() + ": unknown key; known: " + names(all));
      JsonNode value = field.getValue();
      boolean fits =
          known.isBoolean() == value.isBoolean()
              && known.isNumber() == value.isNumber()
              && (!known.isIntegralNumber() || value.isIntegralNumber());
      require(fits, key + "." + field.getKey() + ": " + value + " is no value like " + known);
      all.set(field.getKey(), value);
    }
    try {
      return (R) JSON.treeToValue(all, defaults.getClass());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          key + ": " + (e.getCause() == null ? e.getOriginalMessage() : e.getCause().getMessage()));
    }
  }

  private static String names(ObjectNode node) {
    return String.join(", ", node.properties().stream().map(Map.Entry::getKey).toList());
  }

  private static String text(JsonNode node, String key) {
    require(node.path(key).isTextual(), "key '" + key + "' must be a text");
    return node.path(key).asText();
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
