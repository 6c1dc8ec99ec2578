package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.node.IntNode;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Atom.Variant;
import io.atomforge.atoms.InputGenerator;
import io.atomforge.config.ConfigException;
import io.atomforge.graph.Form;
import io.atomforge.graph.Graph;
import io.atomforge.graph.GraphSpace;
import io.atomforge.graph.Shape;
import io.atomforge.graph.Sketch;
import io.atomforge.graph.Space;
import io.atomforge.random.Seeds;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Draws candidates: the graph and the words of index i of a family are a pure function of (seed,
 * family, i). Threads may share one.
 */
public final class Composer {
  private static final List<Variant> KINDS =
      List.of(Variant.SURFACE, Variant.IDIOM, Variant.SEMANTIC);

  private final long seed;
  private final Grammar grammar;
  private final Halves halves;
  private final Map<String, Atom> variants;
  private final Set<Atom> halfA;
  private final Set<Atom> generic;
  private final GraphSpace spaceA;
  private final GraphSpace spaceB;
  private final GraphSpace spaceHalves;
  private final GraphSpace spaceAll;
  private final Map<Family, List<Choice>> choices = new EnumMap<>(Family.class);

  /**
   * One shape and depth that a family has.
   *
   * @param upTo its weight and those before it
   * @param wanted which graphs of the space it has
   */
  private record Choice(
      Shape shape, int depth, double upTo, Space<Sketch> space, Predicate<Sketch> wanted) {}

  /** Draws without a graph of the wanted kind after which a shape and depth is refused. */
  private static final int MOST_DRAWS = 100_000;

  /**
   * @param atoms the base atoms, and their variants if {@link Family#ATOM_MODIFY} is drawn from; in
   *     any order
   * @param halves of the base atoms
   */
  public Composer(List<Atom> atoms, Halves halves, long seed, Grammar grammar) {
    this.seed = seed;
    this.grammar = grammar;
    this.halves = halves;
    variants =
        atoms.stream()
            .filter(a -> a.variant() != Variant.BASE)
            .collect(Collectors.toMap(Atom::atomId, a -> a));
    halfA = identities(halves.a());
    generic = identities(halves.generic());
    spaceA = new GraphSpace(halves.a());
    spaceB = new GraphSpace(halves.b());
    spaceAll = new GraphSpace(halves.all());
    spaceHalves =
        generic.isEmpty()
            ? spaceAll
            : new GraphSpace(halves.all().stream().filter(a -> !generic.contains(a)).toList());
  }

  private static Set<Atom> identities(List<Atom> atoms) {
    Set<Atom> set = Collections.newSetFromMap(new IdentityHashMap<>());
    set.addAll(atoms);
    return set;
  }

  private synchronized List<Choice> options(Family family) {
    return choices.computeIfAbsent(family, this::choices);
  }

  private List<Choice> choices(Family family) {
    GraphSpace space =
        switch (family) {
          case COMPOSITE_A -> spaceA;
          case COMPOSITE_B -> spaceB;
          case COMPOSITE_C -> spaceHalves;
          default -> spaceAll;
        };
    if (family == Family.COMPOSITE_G && generic.isEmpty()) {
      throw new ConfigException(
          "composite_g: table atoms has no generic atoms; run LoadAtoms with"
              + " generic_atoms_per_topic=2");
    }
    List<Double> depths = grammar.depths().of(family);
    List<Choice> found = new ArrayList<>();
    double sum = 0;
    for (int depth = 1; depth <= depths.size(); depth++) {
      boolean mixed = family == Family.COMPOSITE_C && depth <= grammar.depths().usual();
      for (Shape shape : Shape.values()) {
        double weight = depths.get(depth - 1) * grammar.shapes().of(shape);
        if (weight > 0 && (mixed ? mixes(shape, depth) : !space.of(shape, depth).isEmpty())) {
          sum += weight;
          Predicate<Sketch> wanted =
              mixed
                  ? this::isMixed
                  : family == Family.COMPOSITE_G ? this::isGeneric : sketch -> true;
          found.add(new Choice(shape, depth, sum, space.of(shape, depth), wanted));
        }
      }
    }
    if (found.isEmpty()) {
      throw new ConfigException(
          "grammar: the atoms of "
              + family.label()
              + " make no graph of the shapes and depths that have a weight; give others a weight");
    }
    return found;
  }

  /** Whether some graph has atoms of both halves. */
  private boolean mixes(Shape shape, int depth) {
    return spaceHalves
            .of(shape, depth)
            .size()
            .compareTo(spaceA.of(shape, depth).size().add(spaceB.of(shape, depth).size()))
        > 0;
  }

  /**
   * @param index 0 or more; for {@link Family#ATOM} index i is atom i modulo their number, for
   *     {@link Family#ATOM_MODIFY} the graph of atom i / 3 with a variant of each kind in turn
   */
  Graph graph(Family family, long index) {
    if (family == Family.ATOM_MODIFY) {
      Graph base = graph(Family.ATOM, index / KINDS.size());
      Graph.Step step = base.steps().get(0);
      Variant kind = KINDS.get((int) (index % KINDS.size()));
      Atom variant = Objects.requireNonNull(variants.get(kind.of(step.atom())));
      return new Graph(base.inputs(), List.of(new Graph.Step(step.form(), variant, step.args())));
    }
    SplittableRandom random = Seeds.random(seed, "graph", family.label(), index);
    if (family == Family.ATOM) {
      Atom atom = halves.all().get((int) (index % halves.all().size()));
      return bind(Sketch.of(Form.APPLY, atom, Sketch.FRESH, null), random);
    }
    List<Choice> options = options(family);
    double point = random.nextDouble() * options.get(options.size() - 1).upTo;
    Choice choice = options.stream().filter(c -> point < c.upTo).findFirst().orElseThrow();
    for (int i = 0; i < MOST_DRAWS; i++) {
      Sketch sketch = choice.space.draw(random);
      if (choice.wanted.test(sketch)) {
        return bind(sketch, random);
      }
    }
    throw new ConfigException(
        "grammar: of %,d graphs drawn of shape %s with %d atoms, none is of %s; set its weight to 0"
            .formatted(MOST_DRAWS, choice.shape.label(), choice.depth, family.label()));
  }

  /** At most one atom of a half among generic ones. */
  private boolean isGeneric(Sketch sketch) {
    int ofHalves = 0;
    int all = 0;
    for (Sketch s = sketch; s != null; s = s.next()) {
      all++;
      ofHalves += generic.contains(s.atom()) ? 0 : 1;
    }
    return ofHalves <= 1 && ofHalves < all;
  }

  private boolean isMixed(Sketch sketch) {
    boolean first = halfA.contains(sketch.atom());
    for (Sketch s = sketch.next(); s != null; s = s.next()) {
      if (halfA.contains(s.atom()) != first) {
        return true;
      }
    }
    return false;
  }

  /** Draws which parameters are bound to which literals, and names the others. */
  private static Graph bind(Sketch sketch, SplittableRandom random) {
    List<Graph.Input> inputs = new ArrayList<>();
    List<Graph.Step> steps = new ArrayList<>();
    for (Sketch s = sketch; s != null; s = s.next()) {
      List<Graph.Arg> args = new ArrayList<>();
      Atom atom = s.atom();
      for (int i = 0; i < atom.params().size(); i++) {
        Atom.Parameter parameter = atom.params().get(i);
        boolean list =
            s.form() == Form.REDUCE
                ? i == 1
                : i == 0 && s.form() != Form.APPLY && s.form() != Form.IF;
        int source =
            list || i == 0 && s.form() != Form.REDUCE
                ? s.from()
                : i == s.sideParam() ? s.side() : 0;
        boolean literal =
            source == 0 && !list && (i > 0 || s.form() == Form.REDUCE) && random.nextBoolean();
        if (source > 0) {
          args.add(new Graph.Arg.Result(steps.size() - source));
        } else if (literal) {
          args.add(new Graph.Arg.Literal(InputGenerator.draw(parameter.generate(), random)));
        } else if (source == Sketch.SHARED) {
          args.add(new Graph.Arg.Free(0));
        } else {
          args.add(new Graph.Arg.Free(inputs.size()));
          inputs.add(input(list ? listOf(parameter) : parameter, inputs));
        }
      }
      if ((s.form() == Form.FILTER || s.form() == Form.IF) && !Form.isTruth(atom)) {
        args.add(new Graph.Arg.Literal(IntNode.valueOf(random.nextInt(2))));
      }
      if (s.form() == Form.IF) {
        args.add(new Graph.Arg.Result(steps.size() - s.side()));
        args.add(new Graph.Arg.Result(steps.size() - 1));
      }
      steps.add(new Graph.Step(s.form(), atom, args));
    }
    return new Graph(inputs, steps);
  }

  private static Atom.Parameter listOf(Atom.Parameter element) {
    return new Atom.Parameter(
        "items", Form.listOf(element.domain()), Form.listOf(element.generate()));
  }

  private static Graph.Input input(Atom.Parameter parameter, List<Graph.Input> others) {
    String name = parameter.name();
    for (int i = 2; isTaken(name, others); i++) {
      name = parameter.name() + i;
    }
    return new Graph.Input(name, parameter);
  }

  private static boolean isTaken(String name, List<Graph.Input> others) {
    for (Graph.Input other : others) {
      if (other.name().equals(name)) {
        return true;
      }
    }
    return Renderer.RESERVED.contains(name);
  }

  /**
   * The graph of an index with the words for it; the renderings of an atom take the templates in
   * turn.
   *
   * @throws ConfigException if the family has no graph of a shape and depth that has a weight
   */
  public Candidate candidate(Family family, long index) {
    if (family == Family.ATOM_MODIFY) {
      Candidate base = candidate(Family.ATOM, index / KINDS.size());
      return new Candidate(family, index, graph(family, index), base.english(), base.chinese());
    }
    SplittableRandom random = Seeds.random(seed, "template", family.label(), index);
    return new Candidate(
        family,
        index,
        graph(family, index),
        family == Family.ATOM
            ? (int) (index / halves.all().size() % Wording.ENGLISH.templates())
            : random.nextInt(Wording.ENGLISH.templates()),
        random.nextInt(Wording.CHINESE.templates()));
  }

  /**
   * @return how many graphs of each shape and depth that has a weight each half and all atoms have
   */
  public Map<String, String> counts() {
    Map<String, String> counts = new TreeMap<>();
    for (int depth = 1; depth <= grammar.depths().compositeC().size(); depth++) {
      for (Shape shape : Shape.values()) {
        if (grammar.shapes().of(shape) * grammar.depths().compositeC().get(depth - 1) > 0) {
          String name = " " + shape.label() + " of " + depth;
          counts.put("S_A" + name, spaceA.of(shape, depth).size().toString());
          counts.put("S_B" + name, spaceB.of(shape, depth).size().toString());
          counts.put("all" + name, spaceAll.of(shape, depth).size().toString());
        }
      }
    }
    return counts;
  }

  /**
   * @return how many graphs of any shape and depth that has a weight each half and all atoms have
   */
  public Map<String, String> space() {
    Map<String, BigInteger> space = new TreeMap<>();
    counts()
        .forEach(
            (name, graphs) ->
                space.merge(name.split(" ")[0], new BigInteger(graphs), BigInteger::add));
    Map<String, String> shown = new TreeMap<>();
    space.forEach((half, graphs) -> shown.put(half, graphs.toString()));
    return shown;
  }
}
