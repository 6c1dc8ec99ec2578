package io.atomforge.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import io.atomforge.atoms.Atom;
import io.atomforge.random.Seeds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Other graphs of the same inputs. A graph must differ in behaviour from its parts, and its tests
 * should tell it from its mutants: one step dropped, two neighbours swapped, an atom replaced by
 * another that fits, a constant off by one.
 */
public final class Variants {
  private static final int REPLACEMENTS_PER_STEP = 3;

  /**
   * One of them.
   *
   * @param part whether it consists of some of the steps alone
   * @param mutant whether it is one change away
   */
  public record Variant(Graph graph, boolean part, boolean mutant) {}

  private final Graph graph;
  private final Map<String, Variant> found = new LinkedHashMap<>();

  private Variants(Graph graph) {
    this.graph = graph;
  }

  /**
   * @param atoms what a replacement may be
   * @return each once, all of which fit, in an order that depends on the graph alone
   */
  public static List<Variant> of(Graph graph, List<Atom> atoms) {
    Variants variants = new Variants(graph);
    variants.parts();
    variants.swaps();
    variants.replacements(atoms);
    variants.constants();
    variants.found.remove(graph.key());
    return List.copyOf(variants.found.values());
  }

  private void add(Optional<Graph> variant, boolean part, boolean mutant) {
    variant.ifPresent(
        g ->
            found.merge(
                g.key(),
                new Variant(g, part, mutant),
                (a, b) -> new Variant(a.graph, a.part || b.part, a.mutant || b.mutant)));
  }

  private void parts() {
    int size = graph.steps().size();
    for (int dropped = 1; dropped < 1 << size; dropped++) {
      add(graph.without(dropped), true, Integer.bitCount(dropped) == 1);
    }
    Graph.Step end = graph.steps().get(size - 1);
    if (end.form() == Form.IF
        && end.args().get(end.args().size() - 1) instanceof Graph.Arg.Result otherwise) {
      add(graph.upTo(otherwise.step()), true, true);
    }
  }

  /** Two steps, the second of which takes what the first gives, each do the other's work. */
  private void swaps() {
    for (int i = 0; i < graph.steps().size(); i++) {
      Graph.Step second = graph.steps().get(i);
      if (second.form() != Form.IF
          && second.args().get(0) instanceof Graph.Arg.Result source
          && graph.steps().get(source.step()).form() != Form.IF) {
        Graph.Step first = graph.steps().get(source.step());
        List<Graph.Step> steps = new ArrayList<>(graph.steps());
        Graph.Step early = second.with(0, first.args().get(0));
        steps.set(source.step(), early);
        steps.set(i, first.with(0, second.args().get(0)));
        boolean inOrder =
            early.args().stream()
                .noneMatch(a -> a instanceof Graph.Arg.Result r && r.step() >= source.step());
        Graph swapped = new Graph(graph.inputs(), steps);
        add(inOrder && swapped.fits() ? Optional.of(swapped) : Optional.empty(), false, true);
      }
    }
  }

  private void replacements(List<Atom> atoms) {
    SplittableRandom random = Seeds.random(0, "replacements", graph.key());
    for (int i = 0; i < graph.steps().size(); i++) {
      Graph.Step step = graph.steps().get(i);
      int start = random.nextInt(atoms.size());
      int wanted = REPLACEMENTS_PER_STEP;
      for (int k = 0; k < atoms.size() && wanted > 0; k++) {
        Atom other = atoms.get((start + k) % atoms.size());
        if (!other.name().equals(step.atom().name())
            && other.params().size() == step.atom().params().size()
            && Form.isTruth(other) == Form.isTruth(step.atom())) {
          Optional<Graph> replaced = graph.with(i, new Graph.Step(step.form(), other, step.args()));
          add(replaced, false, true);
          wanted -= replaced.isPresent() ? 1 : 0;
        }
      }
    }
  }

  private void constants() {
    for (int i = 0; i < graph.steps().size(); i++) {
      Graph.Step step = graph.steps().get(i);
      for (int a = 0; a < step.args().size(); a++) {
        if (step.args().get(a) instanceof Graph.Arg.Literal literal
            && literal.value().isIntegralNumber()) {
          long value = literal.value().asLong();
          if (a == step.atom().params().size()) {
            constant(step, i, a, 1 - value);
          } else {
            constant(step, i, a, value - 1);
            constant(step, i, a, value + 1);
          }
        }
      }
    }
  }

  private void constant(Graph.Step step, int i, int arg, long value) {
    JsonNode literal = LongNode.valueOf(value);
    add(graph.with(i, step.with(arg, new Graph.Arg.Literal(literal))), false, true);
  }
}
