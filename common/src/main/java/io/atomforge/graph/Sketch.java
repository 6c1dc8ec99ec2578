package io.atomforge.graph;

import io.atomforge.atoms.Atom;
import org.jspecify.annotations.Nullable;

/**
 * A graph before literals and names are drawn: a linked list of steps that name their sources by
 * how far back they are, so that pieces can be put together anywhere.
 *
 * @param from steps back to the source of the first argument, {@link #FRESH} for an input of its
 *     own, {@link #SHARED} for the graph's first input
 * @param side steps back to the source of the parameter {@code sideParam} (of IF: to the result if
 *     yes); 0 if none is a result
 * @param sideParam which parameter, 1 or more
 * @param next the rest; null at the end
 */
public record Sketch(
    Form form, Atom atom, int from, int side, int sideParam, @Nullable Sketch next) {
  public static final int FRESH = 0;
  public static final int SHARED = -1;

  public static Sketch of(Form form, Atom atom, int from, @Nullable Sketch next) {
    return new Sketch(form, atom, from, 0, 0, next);
  }

  /** The same with another source of its first argument. */
  Sketch startingAt(int source) {
    return new Sketch(form, atom, source, side, sideParam, next);
  }

  /** This and then {@code more}. */
  Sketch then(Sketch more) {
    return new Sketch(form, atom, from, side, sideParam, next == null ? more : next.then(more));
  }
}
