package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.atoms.Atom;
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
   * @return the chains with one step less that still fit: each is simpler than this one
   */
  public List<Chain> withoutOneStep() {
    List<Chain> shorter = new ArrayList<>();
    for (int i = 0; steps.size() > 1 && i < steps.size(); i++) {
      List<Step> rest = new ArrayList<>(steps);
      rest.remove(i);
      Chain chain = new Chain(rest);
      if (chain.fits()
          && (i > 0 || steps.get(0).atom.pipe().domain().fits(rest.get(0).atom.pipe().domain()))) {
        shorter.add(chain);
      }
    }
    return shorter;
  }

  public String signature() {
    return inputs().stream()
        .map(i -> i.name() + ": " + i.parameter().domain().type())
        .collect(
            Collectors.joining(
                ", ", "solve(", ") -> " + steps.get(steps.size() - 1).atom.returns().type()));
  }
}
