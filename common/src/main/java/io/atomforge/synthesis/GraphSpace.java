package io.atomforge.synthesis;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * All graphs over a set of atoms whose types and domains fit: counted exactly by shape and depth,
 * and drawn uniformly. A walk that chose each next atom at random would favour graphs through
 * well-connected atoms; here every graph of a shape and depth is equally likely. Literals are no
 * part of it.
 *
 * <p>No atom follows itself. Of two branches from one value the first atoms differ (else the graph
 * is that of a longer common part), and no branch has more than {@value #LONGEST_BRANCH} atoms.
 */
final class GraphSpace {
  static final int LONGEST_BRANCH = 2;

  private final List<Atom> atoms;
  private final Origin entry;
  private final Origin[] after;
  private final Origin[] inputs;
  private final Target[][] slots;
  private final Map<Type, Target> types = new HashMap<>();
  private final Target anywhere = origin -> true;
  private final Map<String, Origin> derived = new HashMap<>();
  private final Map<List<Object>, Space<Sketch>> spaces = new HashMap<>();
  private final Map<List<Object>, Paths> paths = new HashMap<>();
  private final Map<List<Object>, List<Fork>> forks = new HashMap<>();

  /**
   * Where a value comes from.
   *
   * @param domain null for {@link #entry}, where any atom may be first
   * @param last the atom that made it, -1 if none
   * @param next atoms that accept it
   */
  private record Origin(Domain domain, int last, int[] next) {
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
  private interface Target {
    boolean accepts(Origin origin);
  }

  /** Chains, and those of them that begin with each atom of the origin's {@code next}. */
  private record Paths(Space<Sketch> all, List<Space<Sketch>> byFirst) {
    Space<Sketch> without(int first) {
      BigInteger from = BigInteger.ZERO;
      for (int i = 0; i < first; i++) {
        from = from.add(byFirst.get(i).size());
      }
      return all.without(from, byFirst.get(first).size());
    }
  }

  /**
   * Two ways from one value.
   *
   * @param value the value, where its first use is known
   */
  private record Fork(Origin value, Space<Sketch[]> branches) {}

  /**
   * @param atoms in a fixed order, on which the draw depends
   */
  GraphSpace(List<Atom> atoms) {
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
          slots[i], p -> o -> o.last != self && o.domain.fits(atom.params().get(p).domain()));
      types.computeIfAbsent(atom.returns().type(), t -> o -> o.domain.type().equals(t));
    }
  }

  private Origin origin(Domain domain, int last) {
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

  /**
   * @param depth atoms in the graph, 1 or more
   * @return the graphs of one shape, each once
   */
  synchronized Space<Sketch> of(Shape shape, int depth) {
    return switch (shape) {
      case CHAIN -> chains(entry, depth);
      case SHARED, CONDITIONAL -> forked(shape, entry, depth);
      case JOIN -> joined(depth);
      case MAP -> looped(Form.MAP, entry, depth);
      case FILTER -> looped(Form.FILTER, entry, depth);
      case REDUCE -> looped(Form.REDUCE, entry, depth);
    };
  }

  private static int source(Origin origin) {
    return origin.domain == null ? Sketch.FRESH : 1;
  }

  private Space<Sketch> chains(Origin origin, int length) {
    return length == 0 ? Space.of(null) : paths(origin, length, anywhere).all;
  }

  /** Chains of 1 or more atoms whose result the target accepts. */
  private Paths paths(Origin origin, int length, Target target) {
    List<Object> key = List.of(origin, length, target);
    Paths known = paths.get(key);
    if (known == null) {
      List<Space<Sketch>> byFirst = new ArrayList<>();
      for (int a : origin.next) {
        Atom atom = atoms.get(a);
        Space<Sketch> rest =
            length > 1
                ? paths(after[a], length - 1, target).all
                : target.accepts(after[a]) ? Space.of(null) : Space.empty();
        int from = source(origin);
        byFirst.add(rest.map(next -> Sketch.of(Form.APPLY, atom, from, next)));
      }
      known = new Paths(Space.union(byFirst), byFirst);
      paths.put(key, known);
    }
    return known;
  }

  /** Each way to put one atom before a graph of {@code rest}. */
  private interface Rest {
    Space<Sketch> from(Origin origin, int depth);
  }

  private void prefixed(Origin origin, int depth, Rest rest, List<Space<Sketch>> parts) {
    int from = source(origin);
    if (depth > 1) {
      for (int a : origin.next) {
        Atom atom = atoms.get(a);
        parts.add(rest.from(after[a], depth - 1).map(n -> Sketch.of(Form.APPLY, atom, from, n)));
      }
    }
  }

  private Space<Sketch> looped(Form form, Origin origin, int depth) {
    List<Object> key = List.of(form, origin, depth);
    Space<Sketch> known = spaces.get(key);
    if (known == null) {
      List<Space<Sketch>> parts = new ArrayList<>();
      for (int a = 0; a < atoms.size(); a++) {
        Atom atom = atoms.get(a);
        Domain element =
            atom.params().get(form == Form.REDUCE && Form.folds(atom) ? 1 : 0).domain();
        Domain list = origin.domain == null ? Form.listOf(element) : origin.domain;
        boolean usable =
            origin.last != a
                && (form != Form.FILTER || Form.decides(atom))
                && (form != Form.REDUCE || Form.folds(atom))
                && list.fits(Form.listOf(element));
        if (usable) {
          int from = source(origin);
          Origin result = origin(form.result(atom, list), a);
          parts.add(chains(result, depth - 1).map(n -> Sketch.of(form, atom, from, n)));
        }
      }
      prefixed(origin, depth, (o, d) -> looped(form, o, d), parts);
      known = Space.union(parts);
      spaces.put(key, known);
    }
    return known;
  }

  private Space<Sketch> forked(Shape shape, Origin origin, int depth) {
    List<Object> key = List.of(shape, origin, depth);
    Space<Sketch> known = spaces.get(key);
    if (known == null) {
      List<Space<Sketch>> parts = new ArrayList<>();
      for (int p = 0; p <= LONGEST_BRANCH; p++) {
        for (int q = 0; q <= LONGEST_BRANCH && p + q < depth; q++) {
          if (shape == Shape.SHARED && p + q > 0) {
            sharing(origin, p, q, depth - p - q - 1, parts);
          } else if (shape == Shape.CONDITIONAL && p > 0 && q > 0 && p + q + 1 == depth) {
            deciding(origin, p, q, parts);
          }
        }
      }
      prefixed(origin, depth, (o, d) -> forked(shape, o, d), parts);
      known = Space.union(parts);
      spaces.put(key, known);
    }
    return known;
  }

  private void sharing(Origin origin, int p, int q, int rest, List<Space<Sketch>> parts) {
    int value = origin.domain == null ? Sketch.SHARED : p + q + 1;
    for (int j = 0; j < atoms.size(); j++) {
      Atom atom = atoms.get(j);
      for (int side = 1; side < slots[j].length; side++) {
        int param = side;
        int toSide = q > 0 ? 1 : value;
        int toPipe = p > 0 ? q + 1 : value;
        for (Fork fork : forks(origin, p, slots[j][0], q, slots[j][side])) {
          parts.add(
              Space.product(
                  fork.branches,
                  chains(after[j], rest),
                  (b, n) -> append(b, new Sketch(Form.APPLY, atom, toPipe, toSide, param, n))));
        }
      }
    }
  }

  private void deciding(Origin origin, int p, int q, List<Space<Sketch>> parts) {
    int value = origin.domain == null ? Sketch.SHARED : p + q + 1;
    for (Target type : types.values()) {
      for (Fork fork : forks(origin, p, type, q, type)) {
        List<Space<Atom>> tests = new ArrayList<>();
        for (int t = 0; t < atoms.size(); t++) {
          if (Form.decides(atoms.get(t)) && slots[t][0].accepts(fork.value)) {
            tests.add(Space.of(atoms.get(t)));
          }
        }
        parts.add(
            Space.product(
                fork.branches,
                Space.union(tests),
                (b, atom) -> append(b, new Sketch(Form.IF, atom, value, q + 1, 0, null))));
      }
    }
  }

  private static Sketch append(Sketch[] branches, Sketch last) {
    Sketch tail = branches[1] == null ? last : branches[1].then(last);
    return branches[0] == null ? tail : branches[0].then(tail);
  }

  /**
   * Two chains of {@code p} and {@code q} atoms, not both 0, from one value to two targets. From
   * {@link #entry} the value is an input, whose domain is that of its first use.
   */
  private List<Fork> forks(Origin origin, int p, Target one, int q, Target two) {
    List<Object> key = List.of(origin, p, one, q, two);
    List<Fork> known = forks.get(key);
    if (known == null) {
      known = allForks(origin, p, one, q, two);
      if (origin.domain != null) {
        known = List.of(new Fork(origin, Space.union(known.stream().map(Fork::branches).toList())));
      }
      forks.put(key, known);
    }
    return known;
  }

  private List<Fork> allForks(Origin origin, int p, Target one, int q, Target two) {
    List<Fork> found = new ArrayList<>();
    Paths first = p > 0 ? paths(origin, p, one) : paths(origin, q, two);
    for (int k = 0; k < origin.next.length; k++) {
      Space<Sketch> begun = first.byFirst.get(k);
      if (begun.isEmpty()) {
        continue;
      }
      int a = origin.next[k];
      Origin value = origin.domain == null ? inputs[a] : origin;
      if (p == 0) {
        if (one.accepts(value)) {
          found.add(new Fork(value, begun.map(b -> new Sketch[] {null, b})));
        }
      } else if (q == 0) {
        if (two.accepts(value)) {
          found.add(new Fork(value, begun.map(b -> new Sketch[] {b, null})));
        }
      } else {
        Space<Sketch> others = paths(value, q, two).without(Arrays.binarySearch(value.next, a));
        int back = origin.domain == null ? Sketch.SHARED : p + 1;
        found.add(
            new Fork(
                value,
                Space.product(begun, others, (b, c) -> new Sketch[] {b, c.startingAt(back)})));
      }
    }
    return found;
  }

  private Space<Sketch> joined(int depth) {
    List<Object> key = List.of(Shape.JOIN, depth);
    Space<Sketch> known = spaces.get(key);
    if (known == null) {
      List<Space<Sketch>> parts = new ArrayList<>();
      for (int j = 0; j < atoms.size(); j++) {
        for (int side = 1; side < slots[j].length; side++) {
          for (int p = 0; p <= LONGEST_BRANCH; p++) {
            for (int q = 1; q <= LONGEST_BRANCH && p + q < depth; q++) {
              parts.add(joined(j, side, p, q, depth - p - q - 1));
            }
          }
        }
      }
      known = Space.union(parts);
      spaces.put(key, known);
    }
    return known;
  }

  private Space<Sketch> joined(int j, int side, int p, int q, int rest) {
    Atom atom = atoms.get(j);
    int toPipe = p > 0 ? q + 1 : Sketch.FRESH;
    Space<Sketch> ones = p > 0 ? paths(entry, p, slots[j][0]).all : Space.of(null);
    Space<Sketch[]> both =
        Space.product(ones, paths(entry, q, slots[j][side]).all, (a, b) -> new Sketch[] {a, b});
    return Space.product(
        both,
        chains(after[j], rest),
        (b, n) -> append(b, new Sketch(Form.APPLY, atom, toPipe, 1, side, n)));
  }
}
