package io.atomforge.task;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Expressions over atoms, written without variables. Equal ones have the same number, however a
 * program writes them, and each is kept once, so repeated use of a value costs nothing.
 *
 * <p>A variable that an expression itself binds, such as that of a comprehension, is a distance: 1
 * for the innermost (de Bruijn 1972). An expression is closed if it binds all that it mentions.
 */
final class Terms {
  /**
   * @param step whether it is a step: a closed call, comprehension, loop or decision
   * @param open how many variables around it must be bound; 0 if it is closed
   * @param height steps on the longest way from it down to a parameter or literal, itself included
   */
  private record Term(boolean step, int open, int height, List<Integer> parts) {}

  private final Map<List<Object>, Integer> numbers = new HashMap<>();
  private final List<Term> terms = new ArrayList<>();

  /** The parameter at a place, 0 or more. */
  int parameter(int place) {
    return number(List.of("$", place), new Term(false, 0, 0, List.of()));
  }

  /** A literal by its Python source. */
  int literal(String source) {
    return number(List.of("=", source), new Term(false, 0, 0, List.of()));
  }

  /** A bound variable by its distance, 1 or more. */
  int bound(int distance) {
    return number(List.of("^", distance), new Term(false, distance, 0, List.of()));
  }

  /** What only looks at a value, such as whether it is odd; not a step. */
  int test(String form, int value) {
    Term of = terms.get(value);
    return number(List.of(form, value), new Term(false, of.open, of.height, List.of(value)));
  }

  /** A step that binds nothing. */
  int step(String form, List<Integer> parts) {
    return step(form, parts, List.of(), 0);
  }

  /**
   * @param form the name of the called atom, or a keyword or sign
   * @param outside parts that see none of the variables that the step binds
   * @param inside parts that see them
   * @param binds number of those variables
   */
  int step(String form, List<Integer> outside, List<Integer> inside, int binds) {
    int open = 0;
    int height = 0;
    List<Integer> parts = new ArrayList<>(outside);
    parts.addAll(inside);
    for (int i = 0; i < parts.size(); i++) {
      Term part = terms.get(parts.get(i));
      open = Math.max(open, part.open - (i < outside.size() ? 0 : binds));
      height = Math.max(height, part.height);
    }
    boolean step = open == 0;
    return number(
        List.of(form, List.copyOf(outside), List.copyOf(inside)),
        new Term(step, open, height + (step ? 1 : 0), parts));
  }

  private int number(List<Object> key, Term term) {
    return numbers.computeIfAbsent(
        key,
        k -> {
          terms.add(term);
          return terms.size() - 1;
        });
  }

  /**
   * The steps that a term consists of, each once.
   *
   * @return by height: first those that take no result of another step
   */
  List<Set<Integer>> steps(int term) {
    List<Set<Integer>> steps = new ArrayList<>();
    for (int i = 0; i < terms.get(term).height; i++) {
      steps.add(new HashSet<>());
    }
    BitSet parts = new BitSet();
    parts.set(term);
    // A term is made after its parts, so its number is above theirs.
    for (int t = term; t >= 0; t = parts.previousSetBit(t - 1)) {
      Term of = terms.get(t);
      if (of.step) {
        steps.get(of.height - 1).add(t);
      }
      of.parts.forEach(parts::set);
    }
    return steps;
  }
}
