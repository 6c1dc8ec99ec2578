package io.atomforge.value;

import java.io.Serializable;

/**
 * What {@link Values} lets pass as equal.
 *
 * @param relativeTolerance 0 to 1: two finite floats are equal if they differ by at most this part
 *     of the larger
 * @param absoluteTolerance 0 or more: or if they differ by at most this
 * @param tuplesEqualLists whether a tuple equals a list of the same items
 * @param numbersMix whether a bool is the int 0 or 1, and the tolerances hold between ints and
 *     floats too; else an int and a float are equal only if their numeric values are
 * @param setsEqualFrozensets whether a set equals a frozenset of the same items
 * @param nanEqualsNan whether NaN equals NaN, as a test that expects NaN needs
 * @param unordered whether the order of the items does not count of a list or tuple that is the
 *     whole result; lists inside it keep theirs
 */
public record Equality(
    double relativeTolerance,
    double absoluteTolerance,
    boolean tuplesEqualLists,
    boolean numbersMix,
    boolean setsEqualFrozensets,
    boolean nanEqualsNan,
    boolean unordered)
    implements Serializable {
  public static final Equality DEFAULT = new Equality(1e-9, 0, false, false, false, false, false);

  /** The same type and the same value, as {@code is} tells None, True and False from all else. */
  public static final Equality EXACT = new Equality(0, 0, false, false, false, false, false);

  /** Python's {@code ==}. */
  public static final Equality PYTHON = new Equality(0, 0, false, true, true, false, false);

  public Equality {
    if (!(relativeTolerance >= 0 && relativeTolerance <= 1)) {
      throw new IllegalArgumentException(
          "relative_tolerance must be from 0 to 1, got " + relativeTolerance);
    }
    if (!(absoluteTolerance >= 0 && absoluteTolerance < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "absolute_tolerance must be 0 or more and finite, got " + absoluteTolerance);
    }
  }

  /** This one where the order of the items of a result does not count. */
  public Equality inAnyOrder() {
    return new Equality(
        relativeTolerance,
        absoluteTolerance,
        tuplesEqualLists,
        numbersMix,
        setsEqualFrozensets,
        nanEqualsNan,
        true);
  }

  /** This one with other tolerances. */
  public Equality within(double relative, double absolute) {
    return new Equality(
        relative,
        absolute,
        tuplesEqualLists,
        numbersMix,
        setsEqualFrozensets,
        nanEqualsNan,
        unordered);
  }
}
