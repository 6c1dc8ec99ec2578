package io.atomforge.synthesis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.InputGenerator;
import io.atomforge.random.Seeds;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.Execution;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Program;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * One program that shows all the gate wants to know of a candidate: what it gives on simulated
 * inputs and on shared probes, and on which of them each variant gives the same.
 *
 * @param inputs JSON arrays of arguments, drawn from the graph's own generators
 * @param probes JSON arrays of arguments that all graphs of the same parameter types share
 * @param variants what it is compared with; after them comes its own first argument
 */
record Trial(
    Candidate candidate,
    List<ArrayNode> inputs,
    List<ArrayNode> probes,
    List<Variants.Variant> variants) {
  /** Most simulated inputs that tests are chosen from. */
  private static final int INPUTS = 24;

  private static final int PROBES = 12;
  private static final ObjectMapper JSON = new ObjectMapper();

  static Trial of(Candidate candidate, List<Atom> atoms) {
    Graph graph = candidate.graph();
    return new Trial(candidate, inputs(graph), probes(graph), Variants.of(graph, atoms));
  }

  private static List<ArrayNode> inputs(Graph graph) {
    List<Atom.Parameter> parameters = graph.inputs().stream().map(Graph.Input::parameter).toList();
    SplittableRandom random = Seeds.random(0, "inputs", graph.key());
    Set<ArrayNode> drawn = new HashSet<>();
    List<ArrayNode> inputs = new ArrayList<>();
    for (int tries = 0; inputs.size() < INPUTS; tries++) {
      ArrayNode arguments = InputGenerator.arguments(parameters, random);
      // Where there are few different inputs, some occur twice.
      if (drawn.add(arguments) || tries > 5 * INPUTS && inputs.size() < Gate.INPUTS) {
        inputs.add(arguments);
      } else if (tries > 10 * INPUTS) {
        break;
      }
    }
    return inputs;
  }

  private static List<ArrayNode> probes(Graph graph) {
    List<Atom.Parameter> parameters =
        graph.inputs().stream()
            .map(i -> Domain.of(i.parameter().domain().type()))
            .map(any -> new Atom.Parameter("any", any, any))
            .toList();
    SplittableRandom random = Seeds.random(0, "probes", types(graph));
    List<ArrayNode> probes = new ArrayList<>();
    for (int i = 0; i < PROBES; i++) {
      probes.add(InputGenerator.arguments(parameters, random));
    }
    return probes;
  }

  static String types(Graph graph) {
    return graph.inputs().stream()
        .map(i -> i.parameter().domain().type().toString())
        .collect(Collectors.joining(", "));
  }

  Program program(Renderer renderer) {
    Graph graph = candidate.graph();
    Set<Atom> atoms = new LinkedHashSet<>(graph.atoms());
    variants.forEach(v -> atoms.addAll(v.graph().atoms()));
    StringBuilder code = new StringBuilder(renderer.definitions(atoms));
    code.append("\n\n").append(renderer.call(graph));
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < variants.size(); i++) {
      code.append("\n\n").append(renderer.call(variants.get(i).graph(), "_variant" + i));
      table.append("_variant").append(i).append(", ");
    }
    code.append(
        """


        _seen = []


        def _run(*args):
            result = solve(*args)
            _seen.append((args, result))
            return result


        def _same(variant, args, result):
            try:
                other = variant(*args)
            except Exception:
                return "0"
            return "1" if type(other) is type(result) and other == result else "0"


        def _trial(variant, *args):
            if variant < 0:
                return _run(*args)
            chosen = [%slambda *args: args[0]][variant]
            return "".join(_same(chosen, args, result) for args, result in _seen)
        """
            .formatted(table));
    List<Call> calls = new ArrayList<>();
    inputs.forEach(arguments -> calls.add(call(-1, arguments)));
    probes.forEach(arguments -> calls.add(call(-1, arguments)));
    for (int i = 0; i <= variants.size(); i++) {
      calls.add(call(i, JsonNodeFactory.instance.arrayNode()));
    }
    return new Program(code.toString(), "_trial", calls);
  }

  private static Call call(int variant, ArrayNode arguments) {
    return new Call(JsonNodeFactory.instance.arrayNode().add(variant).addAll(arguments).toString());
  }

  /**
   * What a trial showed.
   *
   * @param outputs one per simulated input
   * @param probes one per probe, {@code !} where it failed
   * @param differs per variant the places, inputs first, where it gives something else; null where
   *     it could not be run to its end
   * @param own how many of these places are inputs
   */
  record Observed(List<JsonNode> outputs, List<String> probes, List<BitSet> differs, int own) {
    boolean differsOnInputs(int variant) {
      int place = differs.get(variant).nextSetBit(0);
      return place >= 0 && place < own;
    }
  }

  /** Reads the results of an execution in which every simulated input gave one. */
  Observed observed(Execution execution) {
    List<JsonNode> outputs = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      outputs.add(json(execution.calls().get(i).outputJson()));
    }
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < probes.size(); i++) {
      boolean ran = ran(execution, inputs.size() + i);
      shown.add(ran ? json(execution.calls().get(inputs.size() + i).outputJson()).toString() : "!");
    }
    List<BitSet> differs = new ArrayList<>();
    for (int v = 0; v <= variants.size(); v++) {
      int call = inputs.size() + probes.size() + v;
      BitSet places = null;
      if (ran(execution, call)) {
        String same = json(execution.calls().get(call).outputJson()).asText();
        places = new BitSet();
        for (int i = 0; i < same.length(); i++) {
          places.set(i, same.charAt(i) == '0');
        }
      }
      differs.add(places);
    }
    return new Observed(outputs, shown, differs, inputs.size());
  }

  private static boolean ran(Execution execution, int call) {
    return call < execution.calls().size()
        && execution.calls().get(call).outcome() == Outcome.PASSED;
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The sandbox returned no JSON: " + text, e);
    }
  }
}
