package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.atomforge.graph.Graph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The steps of several graphs of the same inputs, as {@code gate.py} evaluates them: a step that
 * graphs share, with all that it takes, stands once and runs once. A slot is a place among the
 * inputs followed by the rows.
 */
final class StepTable {
  private final int inputs;
  private final Map<List<Object>, Integer> slots = new HashMap<>();
  private final ArrayNode rows = JsonNodeFactory.instance.arrayNode();

  StepTable(int inputs) {
    this.inputs = inputs;
  }

  /**
   * @return a row each: form, function, parity (null for none) and slots taken; or {@code LITERAL},
   *     null, null and the value
   */
  ArrayNode rows() {
    return rows;
  }

  /**
   * @return the slot of the graph's result
   */
  int add(Graph graph) {
    int[] results = new int[graph.steps().size()];
    for (int i = 0; i < results.length; i++) {
      results[i] = add(graph.steps().get(i), results);
    }
    return results[results.length - 1];
  }

  private int add(Graph.Step step, int[] results) {
    List<Integer> taken = new ArrayList<>();
    Integer parity = null;
    for (int i = 0; i < step.args().size(); i++) {
      Graph.Arg arg = step.args().get(i);
      if (arg instanceof Graph.Arg.Free free) {
        taken.add(free.input());
      } else if (arg instanceof Graph.Arg.Result result) {
        taken.add(results[result.step()]);
      } else {
        JsonNode value = ((Graph.Arg.Literal) arg).value();
        if (step.byParity() && i == step.atom().params().size()) {
          parity = value.asInt();
        } else {
          taken.add(slot(List.of("LITERAL", value), "LITERAL", null, null, value));
        }
      }
    }
    ArrayNode places = JsonNodeFactory.instance.arrayNode();
    taken.forEach(places::add);
    String form = step.form().name();
    String function = step.atom().name();
    return slot(
        List.of(form, function, parity == null ? -1 : parity, taken),
        form,
        function,
        parity,
        places);
  }

  private int slot(
      List<Object> key,
      String form,
      @Nullable String function,
      @Nullable Integer parity,
      JsonNode taken) {
    return slots.computeIfAbsent(
        key,
        k -> {
          rows.addArray().add(form).add(function).add(parity).add(taken);
          return inputs + rows.size() - 1;
        });
  }
}
