package io.atomforge.graph;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All graphs over a set of atoms whose types and domains fit: counted exactly by shape and depth,
 * and drawn uniformly. A walk that chose each next atom at random would favour graphs through
 * well-connected atoms; here every graph of a shape and depth is equally likely. Literals are no
 * part of it.
 *
 * <p>No atom follows itself. Of two branches from one value the first atoms differ (else the graph
 * is that of a longer common part), and no branch has more than {@value #LONGEST_BRANCH} atoms.
 */
public final class GraphSpace {
  static final int LONGEST_BRANCH = 2;

  private final List<Atom> atoms;
  private final Flow flow;
  private final Map<List<Object>, Space<Sketch>> spaces = new HashMap<>();
  private final Map<List<Object>, List<Fork>> forks = new HashMap<>();

  /**
   * Two ways from one value.
   *
   * @param value the value, where its first use is known
   */
  private record Fork(Flow.Origin value, Space<Sketch[]> branches) {}

  /**
   * @param atoms in a fixed order, on which the draw depends
   */
  public GraphSpace(List<Atom> atoms) {
    this.atoms = List.copyOf(atoms);
    flow = new Flow(this.atoms);
  }

  /**
   * @param depth atoms in the graph, 1 or more
   * @return the graphs of one shape, each once
   */
  public synchronized Space<Sketch> of(Shape shape, int depth) {
    return switch (shape) {
      case CHAIN -> flow.chains(flow.entry, depth);
      case SHARED, CONDITIONAL -> forked(shape, flow.entry, depth);
      case JOIN -> joined(depth);
      case MAP -> looped(Form.MAP, flow.entry, depth);
      case FILTER -> looped(Form.FILTER, flow.entry, depth);
      case REDUCE -> looped(Form.REDUCE, flow.entry, depth);
    };
  }

  /** Each way to put one atom before a graph of {@code rest}. */
  private interface Rest {
    Space<Sketch> from(Flow.Origin origin, int depth);
  }

  private void prefixed(Flow.Origin origin, int depth, Rest rest, List<Space<Sketch>> parts) {
    int from = origin.source();
    if (depth > 1) {
      for (int a : origin.next()) {
        Atom atom = atoms.get(a);
        parts.add(
            rest.from(flow.after[a], depth - 1).map(n -> Sketch.of(Form.APPLY, atom, from, n)));
      }
    }
  }

  private Space<Sketch> looped(Form form, Flow.Origin origin, int depth) {
    List<Object> key = List.of(form, origin, depth);
    Space<Sketch> known = spaces.get(key);
    if (known == null) {
      List<Space<Sketch>> parts = new ArrayList<>();
      for (int a = 0; a < atoms.size(); a++) {
        Atom atom = atoms.get(a);
        Domain element =
            atom.params().get(form == Form.REDUCE && Form.folds(atom) ? 1 : 0).domain();
        Domain list = origin.domain() == null ? Form.listOf(element) : origin.domain();
        boolean usable =
            origin.last() != a
                && (form != Form.FILTER || Form.decides(atom))
                && (form != Form.REDUCE || Form.folds(atom))
                && list.fits(Form.listOf(element));
        if (usable) {
          int from = origin.source();
          Flow.Origin result = flow.origin(form.result(atom, list), a);
          parts.add(flow.chains(result, depth - 1).map(n -> Sketch.of(form, atom, from, n)));
        }
      }
      prefixed(origin, depth, (o, d) -> looped(form, o, d), parts);
      known = Space.union(parts);
      spaces.put(key, known);
    }
    return known;
  }

  private Space<Sketch> forked(Shape shape, Flow.Origin origin, int depth) {
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

  private void sharing(Flow.Origin origin, int p, int q, int rest, List<Space<Sketch>> parts) {
    int value = origin.domain() == null ? Sketch.SHARED : p + q + 1;
    for (int j = 0; j < atoms.size(); j++) {
      Atom atom = atoms.get(j);
      for (int side = 1; side < flow.slots[j].length; side++) {
        int param = side;
        int toSide = q > 0 ? 1 : value;
        int toPipe = p > 0 ? q + 1 : value;
        for (Fork fork : forks(origin, p, flow.slots[j][0], q, flow.slots[j][side])) {
          parts.add(
              Space.product(
                  fork.branches,
                  flow.chains(flow.after[j], rest),
                  (b, n) -> append(b, new Sketch(Form.APPLY, atom, toPipe, toSide, param, n))));
        }
      }
    }
  }

  private void deciding(Flow.Origin origin, int p, int q, List<Space<Sketch>> parts) {
    int value = origin.domain() == null ? Sketch.SHARED : p + q + 1;
    for (Flow.Target type : flow.types.values()) {
      for (Fork fork : forks(origin, p, type, q, type)) {
        List<Space<Atom>> tests = new ArrayList<>();
        for (int t = 0; t < atoms.size(); t++) {
          if (Form.decides(atoms.get(t)) && flow.slots[t][0].accepts(fork.value)) {
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
   * {@link Flow#entry} the value is an input, whose domain is that of its first use.
   */
  private List<Fork> forks(Flow.Origin origin, int p, Flow.Target one, int q, Flow.Target two) {
    List<Object> key = List.of(origin, p, one, q, two);
    List<Fork> known = forks.get(key);
    if (known == null) {
      known = allForks(origin, p, one, q, two);
      if (origin.domain() != null) {
        known = List.of(new Fork(origin, Space.union(known.stream().map(Fork::branches).toList())));
      }
      forks.put(key, known);
    }
    return known;
  }

  private List<Fork> allForks(Flow.Origin origin, int p, Flow.Target one, int q, Flow.Target two) {
    List<Fork> found = new ArrayList<>();
    Flow.Chains first = p > 0 ? flow.chains(origin, p, one) : flow.chains(origin, q, two);
    for (int k = 0; k < origin.next().length; k++) {
      Space<Sketch> begun = first.byFirst().get(k);
      if (begun.isEmpty()) {
        continue;
      }
      int a = origin.next()[k];
      Flow.Origin value = origin.domain() == null ? flow.inputs[a] : origin;
      if (p == 0) {
        if (one.accepts(value)) {
          found.add(new Fork(value, begun.map(b -> new Sketch[] {null, b})));
        }
      } else if (q == 0) {
        if (two.accepts(value)) {
          found.add(new Fork(value, begun.map(b -> new Sketch[] {b, null})));
        }
      } else {
        Space<Sketch> others =
            flow.chains(value, q, two).without(Arrays.binarySearch(value.next(), a));
        int back = origin.domain() == null ? Sketch.SHARED : p + 1;
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
        for (int side = 1; side < flow.slots[j].length; side++) {
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
    Space<Sketch> ones =
        p > 0 ? flow.chains(flow.entry, p, flow.slots[j][0]).all() : Space.of(null);
    Space<Sketch[]> both =
        Space.product(
            ones,
            flow.chains(flow.entry, q, flow.slots[j][side]).all(),
            (a, b) -> new Sketch[] {a, b});
    return Space.product(
        both,
        flow.chains(flow.after[j], rest),
        (b, n) -> append(b, new Sketch(Form.APPLY, atom, toPipe, 1, side, n)));
  }
}
