package io.atomforge.graph;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.Type;
import java.util.List;

/** How a step uses its atom {@code f}. */
public enum Form {
  /** {@code f(a, b)} */
  APPLY,
  /** {@code [f(v, b) for v in a]} */
  MAP,
  /** {@code [v for v in a if f(v, b)]}; of a number the parity decides */
  FILTER,
  /** {@code f(... f(f(a, b[0]), b[1]) ...)}: the atom has two parameters */
  REDUCE,
  /** The one of two results that {@code f(a, b)} decides for; of a number the parity decides. */
  IF;

  /** Whether an atom may decide: it gives a truth value or a number. */
  static boolean decides(Atom atom) {
    return isTruth(atom) || atom.returns().type().name().equals("int");
  }

  public static boolean isTruth(Atom atom) {
    return atom.returns().type().name().equals("bool");
  }

  /** Whether an atom can be folded over a list: what it gives can be put in again. */
  static boolean folds(Atom atom) {
    return atom.params().size() == 2 && atom.fits(atom);
  }

  /**
   * @param list domain of the list that this form runs over; not looked at by APPLY
   * @return what the step gives
   */
  Domain result(Atom atom, Domain list) {
    return switch (this) {
      case APPLY -> atom.returns();
      case MAP -> listOf(atom.returns(), list.minLength(), list.maxLength(), false, false);
      case FILTER ->
          listOf(list.parts().get(0), 0, list.maxLength(), list.sorted(), list.distinct());
      case REDUCE -> list.minLength() > 0 ? atom.returns() : atom.pipe().domain();
      case IF -> throw new IllegalArgumentException("the two branches of an IF give its result");
    };
  }

  /** Lists of any length. */
  public static Domain listOf(Domain element) {
    return listOf(element, 0, Integer.MAX_VALUE, false, false);
  }

  private static Domain listOf(
      Domain element, int minLength, int maxLength, boolean sorted, boolean distinct) {
    return new Domain(
        new Type("list", List.of(element.type())),
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        minLength,
        maxLength,
        "",
        "",
        sorted,
        distinct,
        List.of(element));
  }
}
