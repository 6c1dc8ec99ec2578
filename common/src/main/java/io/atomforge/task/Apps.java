package io.atomforge.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The rows of APPS and TACO (Hendrycks et al. 2021). */
final class Apps {
  private Apps() {}

  static TaskLine read(JsonRow row) {
    JsonNode given = row.nested("input_output");
    JsonRow.require(given.isObject(), "key 'input_output' must be an object");
    JsonRow cases = JsonRow.of((ObjectNode) given);
    String starter = row.textOr("starter_code", "").strip();
    String prompt =
        row.text("question").strip()
            + (starter.isEmpty() ? "" : "\n\nBegin with:\n\n" + starter)
            + (cases.has("fn_name")
                ? "\n"
                : "\n\nRead from standard input and write to standard output.\n");
    return Layout.line(
        row.name("problem_id", "task_id", "id").orElse(""),
        prompt,
        row.texts("solutions"),
        cases.has("fn_name")
            ? calls(cases, starter)
            : Layout.runs(cases.list("inputs"), cases.list("outputs")));
  }

  private static ObjectNode calls(JsonRow cases, String starter) {
    String name = cases.text("fn_name");
    List<JsonNode> inputs = cases.list("inputs");
    List<JsonNode> outputs = cases.list("outputs");
    JsonRow.require(
        inputs.size() == outputs.size(), "key 'input_output' needs one output for each input");
    // Most files put each result into a list of one, some do not.
    boolean wrapped = outputs.stream().allMatch(o -> o.isArray() && o.size() == 1);
    ObjectNode tests = JsonRow.JSON.createObjectNode();
    tests.put("entry_point", starter.contains("class Solution") ? "Solution()." + name : name);
    ArrayNode calls = tests.putArray("calls");
    for (int i = 0; i < inputs.size(); i++) {
      JsonNode output = outputs.get(i);
      ObjectNode call = calls.addObject();
      call.set("args", inputs.get(i).isArray() ? inputs.get(i) : array(inputs.get(i)));
      call.set("expected", wrapped ? output.get(0) : output);
    }
    Layout.looseEquality(tests);
    return tests;
  }

  private static ArrayNode array(JsonNode only) {
    return JsonRow.JSON.createArrayNode().add(only);
  }
}
