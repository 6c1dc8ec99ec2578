package io.atomforge.synthesis;

import io.atomforge.atoms.Atom;
import io.atomforge.random.Seeds;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Wirings that are one change away from another one: an atom replaced by another of the same types,
 * two neighbours swapped, a step dropped, a whole number one greater or less, a condition negated.
 * A mutant may behave like its original; who uses it finds that out by running both. {@link
 * io.atomforge.graph.Variants} does the like for graphs, which table {@code problems} does not
 * keep.
 */
public final class WiringMutants {
  private static final int REPLACEMENTS = 2;

  private static final Pattern CALL = Pattern.compile("\\b([A-Za-z_]\\w*)(?=\\()");
  private static final Pattern NUMBER = Pattern.compile("(?<=\\(|, )-?\\d+(?=[,)])");
  private static final Pattern CONDITION =
      Pattern.compile("(?m)(?<=\\bif )(?:.*(?=:$)|[^\\]\n]*(?=]$))");

  /** A step whose first argument is a name: the atom, then that name. */
  private static final Pattern STEP =
      Pattern.compile("(?m)(?<= = )([A-Za-z_]\\w*)\\(([A-Za-z_]\\w*)(?:, [^()\n]*)?\\)$");

  /** Of each atom, what it takes and returns. */
  private final Map<String, String> types = new HashMap<>();

  /**
   * @param bases base atoms
   */
  public WiringMutants(List<Atom> bases) {
    bases.forEach(atom -> types.put(atom.name(), types(atom)));
  }

  /**
   * @param seed draws the atoms that replace others
   * @return each once, without {@code wiring}, in an order that depends on the arguments alone
   */
  public List<String> of(String wiring, long seed) {
    Set<String> mutants = new LinkedHashSet<>();
    List<MatchResult> calls =
        found(CALL, wiring).stream().filter(call -> types.containsKey(call.group(1))).toList();
    for (MatchResult call : calls) {
      like(call.group(1), seed).forEach(other -> mutants.add(with(wiring, call, other)));
    }
    for (int i = 1; i < calls.size(); i++) {
      mutants.add(swapped(wiring, calls.get(i - 1), calls.get(i)));
    }
    for (MatchResult step : found(STEP, wiring)) {
      mutants.add(with(wiring, step, step.group(2)));
    }
    for (MatchResult number : found(NUMBER, wiring)) {
      long value = Long.parseLong(number.group());
      mutants.add(with(wiring, number, String.valueOf(value - 1)));
      mutants.add(with(wiring, number, String.valueOf(value + 1)));
    }
    for (MatchResult condition : found(CONDITION, wiring)) {
      mutants.add(with(wiring, condition, "not (" + condition.group() + ")"));
    }
    mutants.remove(wiring);
    return List.copyOf(mutants);
  }

  private static List<MatchResult> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().toList();
  }

  private static String with(String text, MatchResult place, String replacement) {
    return text.substring(0, place.start()) + replacement + text.substring(place.end());
  }

  private String swapped(String wiring, MatchResult first, MatchResult second) {
    boolean alike = Objects.equals(types.get(first.group(1)), types.get(second.group(1)));
    return alike ? with(with(wiring, second, first.group(1)), first, second.group(1)) : wiring;
  }

  /** Some other atoms that take and return the same types. */
  private List<String> like(String name, long seed) {
    return types.keySet().stream()
        .filter(other -> !other.equals(name) && Objects.equals(types.get(other), types.get(name)))
        .sorted(
            Comparator.<String>comparingLong(other -> Seeds.derive(seed, "replace", name, other))
                .thenComparing(Comparator.naturalOrder()))
        .limit(REPLACEMENTS)
        .toList();
  }

  private static String types(Atom atom) {
    return atom.params().stream().map(p -> p.domain().type().toString()).toList()
        + " -> "
        + atom.returns().type();
  }
}
