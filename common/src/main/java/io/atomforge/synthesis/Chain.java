package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Atoms that feed each other, with what becomes of their side parameters.
 *
 * @param steps in the order they run; each result is the next one's pipe parameter
 */
public record Chain(List<Step> steps) {

  /**
   * @param sides one per side parameter of the atom: the literal it is bound to, or a missing node
   *     where it becomes a parameter of the composite
   */
  public record Step(Atom atom, List<JsonNode> sides) {
    public Step {
      sides = List.copyOf(sides);
    }
  }

  /** A parameter of the composite: its name and the atom's parameter behind it. */
  public record Input(String name, Atom.Parameter parameter) {}

  public Chain {
    steps = List.copyOf(steps);
  }

  /**
   * The composite's parameters: the first pipe, then the free side parameters in order, names made
   * unique.
   */
  public List<Input> inputs() {
    List<Input> inputs = new ArrayList<>();
    Set<String> names = new HashSet<>(Set.of("x", "solve"));
    inputs.add(input(steps.get(0).atom().pipe(), names));
    for (Step step : steps) {
      for (int i = 0; i < step.sides.size(); i++) {
        if (step.sides.get(i).isMissingNode()) {
          inputs.add(input(step.atom.params().get(i + 1), names));
        }
      }
    }
    return inputs;
  }

  private static Input input(Atom.Parameter parameter, Set<String> names) {
    String name = parameter.name();
    for (int i = 2; !names.add(name); i++) {
      name = parameter.name() + i;
    }
    return new Input(name, parameter);
  }

  public List<Atom> atoms() {
    return steps.stream().map(Step::atom).toList();
  }

  public List<String> atomIds() {
    return steps.stream().map(s -> s.atom().atomId()).toList();
  }

  /** What makes this chain this chain: atoms in order and literals. */
  public String key() {
    return steps.stream()
        .map(
            s ->
                s.atom.atomId()
                    + (s.sides.isEmpty()
                        ? ""
                        : s.sides.stream()
                            .map(l -> l.isMissingNode() ? "_" : l.toString())
                            .toList()))
        .collect(Collectors.joining(" > "));
  }

  /** Whether the result of each step may be passed to the next. */
  public boolean fits() {
    for (int i = 1; i < steps.size(); i++) {
      if (!steps.get(i - 1).atom.fits(steps.get(i).atom)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A simpler chain made of some of the steps in their order.
   *
   * @param inputs which of the whole chain's {@link #inputs} it takes
   */
  public record Part(Chain chain, List<Integer> inputs) {}

  /**
   * @return every proper part whose steps still fit together and that accepts the same first input
   */
  public List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    Domain entry = steps.get(0).atom.pipe().domain();
    for (int mask = 1; mask < (1 << steps.size()) - 1; mask++) {
      List<Step> kept = new ArrayList<>();
      List<Integer> inputs = new ArrayList<>(List.of(0));
      int free = 1;
      for (int i = 0; i < steps.size(); i++) {
        Step step = steps.get(i);
        boolean keep = (mask >> i & 1) == 1;
        if (keep) {
          kept.add(step);
        }
        for (JsonNode side : step.sides) {
          if (side.isMissingNode()) {
            if (keep) {
              inputs.add(free);
            }
            free++;
          }
        }
      }
      Chain chain = new Chain(kept);
      if (chain.fits() && entry.fits(kept.get(0).atom.pipe().domain())) {
        parts.add(new Part(chain, inputs));
      }
    }
    return parts;
  }

  public String signature() {
    return inputs().stream()
        .map(i -> i.name() + ": " + i.parameter().domain().type())
        .collect(
            Collectors.joining(
                ", ", "solve(", ") -> " + steps.get(steps.size() - 1).atom.returns().type()));
  }
}
