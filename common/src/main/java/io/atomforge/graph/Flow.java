package io.atomforge.graph;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Which atom's result may go where, and all chains from one place to another. */
final class Flow {
  /** The atoms, by whose places everything here is numbered. */
  final List<Atom> atoms;

  /** The beginning of a graph, where any atom may be first, with an input of its own. */
  final Origin entry;

  /** By atom: its result. */
  final Origin[] after;

  /** By atom: an input of its pipe's domain. */
  final Origin[] inputs;

  /** By atom and parameter: the place where that argument is expected. */
  final Target[][] slots;

  /** The end of a graph that gives this type. */
  final Map<Type, Target> types = new LinkedHashMap<>();

  private final Target anywhere = origin -> true;
  private final Map<String, Origin> derived = new HashMap<>();
  private final Map<List<Object>, Chains> known = new HashMap<>();

  /**
   * Where a value comes from.
   *
   * @param domain null for {@link #entry}, where any atom may be first
   * @param last the atom that made it, -1 if none
   * @param next atoms that accept it
   */
  record Origin(@Nullable Domain domain, int last, int[] next) {
    /** Where the first atom of a chain from here finds its argument. */
    int source() {
      return domain == null ? Sketch.FRESH : 1;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** Where a value may end. */
  interface Target {
    boolean accepts(Origin origin);
  }

  /** Chains, and those of them that begin with each atom of the origin's {@code next}. */
  record Chains(Space<Sketch> all, List<Space<Sketch>> byFirst) {
    /** All but those that begin with the atom at a place of {@code next}. */
    Space<Sketch> without(int first) {
      BigInteger from = BigInteger.ZERO;
      for (int i = 0; i < first; i++) {
        from = from.add(byFirst.get(i).size());
      }
      return all.without(from, byFirst.get(first).size());
    }
  }

  /**
   * @param atoms in a fixed order, on which the draw depends
   */
  Flow(List<Atom> atoms) {
    this.atoms = List.copyOf(atoms);
    int n = atoms.size();
    entry = new Origin(null, -1, IntStream.range(0, n).toArray());
    after = new Origin[n];
    inputs = new Origin[n];
    slots = new Target[n][];
    for (int i = 0; i < n; i++) {
      Atom atom = atoms.get(i);
      after[i] = origin(atom.returns(), i);
      inputs[i] = origin(atom.pipe().domain(), -1);
      int self = i;
      slots[i] = new Target[atom.params().size()];
      Arrays.setAll(
          slots[i],
          p ->
              o ->
                  o.last != self
                      && o.domain != null
                      && o.domain.fits(atom.params().get(p).domain()));
      types.computeIfAbsent(
          atom.returns().type(), t -> o -> o.domain != null && o.domain.type().equals(t));
    }
  }

  /** A value of a domain, which an atom made (-1: none). */
  Origin origin(Domain domain, int last) {
    return derived.computeIfAbsent(
        last + " " + domain,
        key ->
            new Origin(
                domain,
                last,
                IntStream.range(0, atoms.size())
                    .filter(i -> i != last && domain.fits(atoms.get(i).pipe().domain()))
                    .toArray()));
  }

  /** Chains of {@code length} atoms, 0 or more. */
  Space<Sketch> chains(Origin origin, int length) {
    return length == 0 ? Space.of(null) : chains(origin, length, anywhere).all;
  }

  /** Chains of 1 or more atoms whose result the target accepts. */
  Chains chains(Origin origin, int length, Target target) {
    List<Object> key = List.of(origin, length, target);
    Chains found = known.get(key);
    if (found == null) {
      List<Space<Sketch>> byFirst = new ArrayList<>();
      for (int a : origin.next) {
        Atom atom = atoms.get(a);
        Space<Sketch> rest =
            length > 1
                ? chains(after[a], length - 1, target).all
                : target.accepts(after[a]) ? Space.of(null) : Space.empty();
        int from = origin.source();
        byFirst.add(rest.map(next -> Sketch.of(Form.APPLY, atom, from, next)));
      }
      found = new Chains(Space.union(byFirst), byFirst);
      known.put(key, found);
    }
    return found;
  }
}
