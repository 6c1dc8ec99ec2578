package io.atomforge.sandbox;

/**
 * What {@link Values} lets pass as equal.
 *
 * @param relativeTolerance 0 to 1: two finite floats are equal if they differ by at most this part
 *     of the expected one. An integer and a float are equal only if their numeric values are
 * @param tuplesEqualLists whether a tuple equals a list of the same items
 * @param nanEqualsNan whether NaN equals NaN, as a test that expects NaN needs
 */
public record Equality(double relativeTolerance, boolean tuplesEqualLists, boolean nanEqualsNan) {
  public static final Equality DEFAULT = new Equality(1e-9, false, false);

  public Equality {
    if (!(relativeTolerance >= 0 && relativeTolerance <= 1)) {
      throw new IllegalArgumentException(
          "relative_tolerance must be from 0 to 1, got " + relativeTolerance);
    }
  }
}
