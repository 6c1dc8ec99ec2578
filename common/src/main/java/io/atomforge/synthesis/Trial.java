package io.atomforge.synthesis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.InputGenerator;
import io.atomforge.graph.Graph;
import io.atomforge.graph.Variants;
import io.atomforge.random.Seeds;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.Outcome;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * The first run of a candidate, which shows all the gate wants to know of it: what it gives on
 * simulated inputs and on shared probes, and on which of them each variant gives the same.
 *
 * @param inputs JSON arrays of arguments, drawn from the graph's own generators
 * @param variants what it is compared with; after them comes its own first argument
 */
record Trial(Candidate candidate, List<ArrayNode> inputs, List<Variants.Variant> variants) {
  /** Most simulated inputs that tests are chosen from. */
  private static final int INPUTS = 24;

  private static final int PROBES = 12;

  /**
   * The sandbox lets an integer have as many digits; how large a result may be the gate decides.
   */
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNumberLength(100_000).build())
              .build());

  static Trial of(Candidate candidate, List<Atom> atoms) {
    Graph graph = candidate.graph();
    return new Trial(candidate, inputs(graph), Variants.of(graph, atoms));
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

  /** Arguments that all graphs of the same parameter types share. */
  private static ArrayNode probes(Graph graph) {
    List<Atom.Parameter> parameters =
        graph.inputs().stream()
            .map(i -> Domain.of(i.parameter().domain().type()))
            .map(any -> new Atom.Parameter("any", any, any))
            .toList();
    SplittableRandom random = Seeds.random(0, "probes", types(graph));
    ArrayNode probes = JsonNodeFactory.instance.arrayNode();
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

  SharedProgram.Part part(Renderer renderer) {
    Graph graph = candidate.graph();
    Set<Atom> atoms = new LinkedHashSet<>(graph.atoms());
    StepTable table = new StepTable(graph.inputs().size());
    ArrayNode parts = JsonNodeFactory.instance.arrayNode();
    ArrayNode others = JsonNodeFactory.instance.arrayNode();
    for (Variants.Variant variant : variants) {
      atoms.addAll(variant.graph().atoms());
      (variant.part() ? parts : others).add(table.add(variant.graph()));
    }
    parts.add(0);
    // Parts first: another atom in the place of one may never end.
    return new SharedProgram.Part(
        atoms,
        List.of(
            SharedProgram.solve(atoms, renderer.call(graph), inputs),
            SharedProgram.call("probe", probes(graph)),
            SharedProgram.call("compare", parts, table.rows()),
            SharedProgram.call("compare", others)));
  }

  /**
   * What a trial showed.
   *
   * @param outputs one per simulated input
   * @param probes one per probe, {@code !} where it failed
   * @param differs per variant the places, inputs first, where it gives something else; null where
   *     it could not be run to its end
   */
  record Observed(List<JsonNode> outputs, List<String> probes, List<BitSet> differs) {
    boolean differsOnInputs(int variant) {
      int place = differs.get(variant).nextSetBit(0);
      return place >= 0 && place < outputs.size();
    }
  }

  /** Reads the results of {@link #part} where every simulated input gave one. */
  Observed observed(List<CallResult> results) {
    List<JsonNode> outputs = new ArrayList<>();
    json(results.get(0).outputJson()).get(0).forEach(outputs::add);
    List<String> probes = new ArrayList<>();
    if (results.get(1).outcome() == Outcome.PASSED) {
      for (JsonNode shown : json(results.get(1).outputJson())) {
        probes.add(shown.isEmpty() ? "!" : shown.get(0).toString());
      }
    } else {
      probes.add("!");
    }
    List<BitSet> differs = new ArrayList<>();
    Iterator<BitSet> parts = places(results.get(2));
    Iterator<BitSet> others = places(results.get(3));
    for (Variants.Variant variant : variants) {
      Iterator<BitSet> from = variant.part() ? parts : others;
      differs.add(from.hasNext() ? from.next() : null);
    }
    differs.add(parts.hasNext() ? parts.next() : null);
    return new Observed(outputs, probes, differs);
  }

  /** The places of the zeros in each text of a comparison, none if it did not end. */
  private static Iterator<BitSet> places(CallResult compared) {
    List<BitSet> all = new ArrayList<>();
    if (compared.outcome() == Outcome.PASSED) {
      for (JsonNode marks : json(compared.outputJson())) {
        BitSet places = new BitSet();
        for (int i = 0; i < marks.asText().length(); i++) {
          places.set(i, marks.asText().charAt(i) == '0');
        }
        all.add(places);
      }
    }
    return all.iterator();
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The sandbox returned no JSON: " + text, e);
    }
  }
}
