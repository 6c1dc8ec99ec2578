package io.atomforge.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.Type;
import io.atomforge.random.Hashes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Atoms that feed each other: a directed acyclic graph whose last step gives the result. A chain is
 * the simplest.
 *
 * @param inputs the parameters of the composite, in the order in which the steps first use them
 * @param steps in an order in which each uses only results of steps before it
 */
public record Graph(List<Input> inputs, List<Step> steps) {
  /** The function that every composite defines. */
  public static final String ENTRY_POINT = "solve";

  /** A parameter of the composite: its name and the domain and generator of its values. */
  public record Input(String name, Atom.Parameter parameter) {}

  /** Where an argument comes from. */
  public sealed interface Arg {
    /** A parameter of the composite, by its place. */
    record Free(int input) implements Arg {}

    /** A bound constant. */
    record Literal(JsonNode value) implements Arg {}

    /** What an earlier step gave. */
    record Result(int step) implements Arg {}
  }

  /**
   * One atom at work.
   *
   * @param args one per parameter of the atom, then, where a number decides (FILTER, IF), the
   *     literal remainder modulo 2 that means yes, then, for IF, the results if yes and if no
   */
  public record Step(Form form, Atom atom, List<Arg> args) {
    public Step {
      args = List.copyOf(args);
    }

    /** Whether the atom gives a number of which the parity decides. */
    public boolean byParity() {
      return (form == Form.FILTER || form == Form.IF) && !Form.isTruth(atom);
    }

    /** What the step would be without its work: what it passes on. */
    Arg passed() {
      return form == Form.IF ? args.get(args.size() - 2) : args.get(0);
    }

    Step with(int place, Arg arg) {
      List<Arg> changed = new ArrayList<>(args);
      changed.set(place, arg);
      return new Step(form, atom, changed);
    }
  }

  public Graph {
    inputs = List.copyOf(inputs);
    steps = List.copyOf(steps);
  }

  /**
   * @return the atoms, one per step
   */
  public List<Atom> atoms() {
    return steps.stream().map(Step::atom).toList();
  }

  /**
   * @return the names of the atoms, one per step
   */
  public List<String> atomIds() {
    return steps.stream().map(s -> s.atom().atomId()).toList();
  }

  /**
   * What makes this graph this graph, for readers: steps in order, with what is not plain: the form
   * unless APPLY, a first argument that is not the result before, {@code _} for a parameter and
   * literals.
   */
  public String key() {
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      key.append(i == 0 ? "" : " > ");
      if (step.form() != Form.APPLY) {
        key.append(step.form().name().toLowerCase(java.util.Locale.ROOT)).append(' ');
      }
      key.append(step.atom().atomId());
      boolean plain = step.args().get(0).equals(i == 0 ? new Arg.Free(0) : new Arg.Result(i - 1));
      if (!plain || step.args().size() > 1) {
        key.append(
            step.args().subList(plain ? 1 : 0, step.args().size()).stream()
                .map(Graph::text)
                .toList());
      }
    }
    return key.toString();
  }

  private static String text(Arg arg) {
    return arg instanceof Arg.Free free
        ? free.input() == 0 ? "_0" : "_"
        : arg instanceof Arg.Literal literal
            ? literal.value().toString()
            : "#" + (((Arg.Result) arg).step() + 1);
  }

  /**
   * @return 16 hexadecimal digits that two graphs share if and only if they are the same up to the
   *     order of independent steps and of parameters
   */
  public String hash() {
    StringBuilder text = new StringBuilder();
    int[] seen = new int[steps.size() + inputs.size()];
    describe(steps.size() - 1, text, seen, new int[2]);
    return Hashes.of(text.toString());
  }

  /**
   * Depth first from the result; what was met before is named by the order of its first meeting.
   */
  private void describe(int step, StringBuilder text, int[] seen, int[] met) {
    if (seen[step] > 0) {
      text.append('#').append(seen[step]);
      return;
    }
    Step here = steps.get(step);
    text.append(here.form()).append(' ').append(here.atom().atomId()).append('(');
    for (Arg arg : here.args()) {
      if (arg instanceof Arg.Result result) {
        describe(result.step(), text, seen, met);
      } else if (arg instanceof Arg.Free free) {
        int place = steps.size() + free.input();
        seen[place] = seen[place] > 0 ? seen[place] : ++met[1];
        text.append('_').append(seen[place]);
      } else {
        text.append(((Arg.Literal) arg).value());
      }
      text.append(';');
    }
    text.append(')');
    seen[step] = ++met[0];
  }

  /** Whether every argument lies in the domain where it is used, as far as can be known. */
  public boolean fits() {
    Domain[] results = new Domain[steps.size()];
    for (int i = 0; i < results.length; i++) {
      results[i] = result(steps.get(i), results);
      if (results[i] == null) {
        return false;
      }
    }
    return true;
  }

  /** Null if an argument does not fit. */
  private @Nullable Domain result(Step step, Domain[] results) {
    Atom atom = step.atom();
    int params = atom.params().size();
    int list = step.form() == Form.MAP || step.form() == Form.FILTER ? 0 : params;
    list = step.form() == Form.REDUCE ? 1 : list;
    Domain over = atom.returns();
    for (int i = 0; i < params; i++) {
      Domain expected = atom.params().get(i).domain();
      if (i == list) {
        over = domain(step.args().get(i), results);
        if (over == null || !over.fits(Form.listOf(expected))) {
          return null;
        }
      } else if (step.args().get(i) instanceof Arg.Literal literal) {
        if (!expected.contains(literal.value())) {
          return null;
        }
      } else {
        Domain given = domain(step.args().get(i), results);
        if (given == null || !given.fits(expected)) {
          return null;
        }
      }
    }
    boolean decider = step.form() == Form.FILTER || step.form() == Form.IF;
    boolean parity = step.args().stream().skip(params).anyMatch(a -> a instanceof Arg.Literal);
    if (decider && (!Form.decides(atom) || step.byParity() != parity)
        || step.form() == Form.REDUCE && !Form.folds(atom)) {
      return null;
    }
    if (step.form() != Form.IF) {
      return step.form().result(atom, over);
    }
    Domain yes = domain(step.args().get(step.args().size() - 2), results);
    Domain no = domain(step.args().get(step.args().size() - 1), results);
    return yes != null && no != null && yes.type().equals(no.type()) ? Domain.of(yes.type()) : null;
  }

  private @Nullable Domain domain(Arg arg, Domain[] results) {
    return arg instanceof Arg.Result result
        ? results[result.step()]
        : arg instanceof Arg.Free free ? inputs.get(free.input()).parameter().domain() : null;
  }

  /**
   * @return the type of the result
   */
  public Type returns() {
    Domain[] results = new Domain[steps.size()];
    for (int i = 0; i < results.length; i++) {
      results[i] = result(steps.get(i), results);
    }
    return results[results.length - 1].type();
  }

  /**
   * @return for readers, such as {@code solve(n: int) -> str}
   */
  public String signature() {
    return inputs.stream()
        .map(i -> i.name() + ": " + i.parameter().domain().type())
        .collect(Collectors.joining(", ", ENTRY_POINT + "(", ") -> " + returns()));
  }

  /** The steps that the step needs, itself included, as bits. */
  public int needs(int step) {
    int needs = 1 << step;
    for (Arg arg : steps.get(step).args()) {
      if (arg instanceof Arg.Result result) {
        needs |= needs(result.step());
      }
    }
    return needs;
  }

  /** The same with one step exchanged; empty if it does not fit. */
  Optional<Graph> with(int place, Step step) {
    List<Step> changed = new ArrayList<>(steps);
    changed.set(place, step);
    Graph graph = new Graph(inputs, changed);
    return graph.fits() ? Optional.of(graph) : Optional.empty();
  }

  /**
   * The same without some steps; each use of one gets what that step would have passed on, and
   * steps that nobody needs any more go too.
   *
   * @param dropped steps as bits
   * @return empty if nothing is left or it does not fit
   */
  public Optional<Graph> without(int dropped) {
    List<Step> rewired = new ArrayList<>();
    for (Step step : steps) {
      rewired.add(
          new Step(
              step.form(), step.atom(), step.args().stream().map(a -> past(a, dropped)).toList()));
    }
    return past(new Arg.Result(steps.size() - 1), dropped) instanceof Arg.Result last
        ? new Graph(inputs, rewired).upTo(last.step())
        : Optional.empty();
  }

  private Arg past(Arg arg, int dropped) {
    return arg instanceof Arg.Result result && (dropped >> result.step() & 1) == 1
        ? past(steps.get(result.step()).passed(), dropped)
        : arg;
  }

  /** The graph of the same inputs that ends with a given step; empty if it does not fit. */
  public Optional<Graph> upTo(int last) {
    int needed = needs(last);
    int[] places = new int[steps.size()];
    Arrays.setAll(places, i -> Integer.bitCount(needed & ((1 << i) - 1)));
    List<Step> kept = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      if ((needed >> i & 1) == 1) {
        Step step = steps.get(i);
        kept.add(
            new Step(
                step.form(),
                step.atom(),
                step.args().stream()
                    .map(a -> a instanceof Arg.Result r ? new Arg.Result(places[r.step()]) : a)
                    .toList()));
      }
    }
    Graph graph = new Graph(inputs, kept);
    return graph.fits() ? Optional.of(graph) : Optional.empty();
  }
}
