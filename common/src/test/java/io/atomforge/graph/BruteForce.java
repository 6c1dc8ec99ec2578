package io.atomforge.graph;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Lists the graphs of a shape the slow way: every step with every source, of which those are kept
 * that are well typed and have the shape. Types must be equal; domains are not looked at.
 */
final class BruteForce {
  private final List<Atom> atoms;
  private final Shape shape;
  private final int depth;
  private final Set<String> found = new HashSet<>();

  private BruteForce(List<Atom> atoms, Shape shape, int depth) {
    this.atoms = atoms;
    this.shape = shape;
    this.depth = depth;
  }

  /**
   * @return the hash of every graph, its parameters all free
   */
  static Set<String> graphs(List<Atom> atoms, Shape shape, int depth) {
    BruteForce search = new BruteForce(atoms, shape, depth);
    search.extend(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    return search.found;
  }

  /** The hash of a sketch with all parameters free. */
  static String hash(Sketch sketch) {
    List<Graph.Step> steps = new ArrayList<>();
    int[] inputs = {0};
    for (Sketch s = sketch; s != null; s = s.next()) {
      List<Graph.Arg> args = new ArrayList<>();
      int flow = s.form() == Form.REDUCE ? 1 : 0;
      for (int i = 0; i < s.atom().params().size(); i++) {
        int back = i == flow ? s.from() : i == s.sideParam() && i > 0 ? s.side() : Sketch.FRESH;
        args.add(
            back > 0
                ? new Graph.Arg.Result(steps.size() - back)
                : new Graph.Arg.Free(back == Sketch.SHARED ? 0 : inputs[0]++));
      }
      if (s.form() == Form.IF) {
        args.add(new Graph.Arg.Result(steps.size() - s.side()));
        args.add(new Graph.Arg.Result(steps.size() - 1));
      }
      steps.add(new Graph.Step(s.form(), s.atom(), args));
    }
    return new Graph(inputs(inputs[0]), steps).hash();
  }

  private static List<Graph.Input> inputs(int count) {
    Domain any = Domain.of(Type.parse("int"));
    List<Graph.Input> inputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      inputs.add(new Graph.Input("p" + i, new Atom.Parameter("p" + i, any, any)));
    }
    return inputs;
  }

  private Form special() {
    return switch (shape) {
      case MAP -> Form.MAP;
      case FILTER -> Form.FILTER;
      case REDUCE -> Form.REDUCE;
      case CONDITIONAL -> Form.IF;
      default -> Form.APPLY;
    };
  }

  private void extend(List<Graph.Step> steps, List<String> results, List<String> inputs) {
    if (steps.size() == depth) {
      if (hasShape(steps)) {
        found.add(new Graph(inputs(inputs.size()), steps).hash());
      }
      return;
    }
    for (Form form :
        special() == Form.APPLY ? List.of(Form.APPLY) : List.of(Form.APPLY, special())) {
      for (Atom atom : atoms) {
        fill(steps, results, inputs, form, atom, List.of());
      }
    }
  }

  private void fill(
      List<Graph.Step> steps,
      List<String> results,
      List<String> inputs,
      Form form,
      Atom atom,
      List<Graph.Arg> args) {
    int place = args.size();
    int params = atom.params().size();
    int all = params + (form == Form.IF ? 2 : 0);
    if (place == all) {
      String result = result(form, atom, args, results);
      if (result != null) {
        List<Graph.Step> more = new ArrayList<>(steps);
        more.add(new Graph.Step(form, atom, args));
        List<String> moreResults = new ArrayList<>(results);
        moreResults.add(result);
        extend(more, moreResults, inputs);
      }
      return;
    }
    String type = place < params ? atom.params().get(place).domain().type().toString() : "";
    boolean list =
        form == Form.REDUCE ? place == 1 : place == 0 && (form == Form.MAP || form == Form.FILTER);
    String wanted = list ? "list[" + type + "]" : type;
    boolean mayFlow =
        list || place == 0 && form != Form.REDUCE || form == Form.APPLY || place >= params;
    for (int r = 0; mayFlow && r < results.size(); r++) {
      boolean repeats = place < params && steps.get(r).atom() == atom;
      if (!repeats && (place >= params || results.get(r).equals(wanted))) {
        fill(steps, results, inputs, form, atom, plus(args, new Graph.Arg.Result(r)));
      }
    }
    for (int i = 0; mayFlow && place < params && i < inputs.size(); i++) {
      if (inputs.get(i).equals(wanted)) {
        fill(steps, results, inputs, form, atom, plus(args, new Graph.Arg.Free(i)));
      }
    }
    if (place < params) {
      List<String> moreInputs = new ArrayList<>(inputs);
      moreInputs.add(wanted);
      fill(steps, results, moreInputs, form, atom, plus(args, new Graph.Arg.Free(inputs.size())));
    }
  }

  private static List<Graph.Arg> plus(List<Graph.Arg> args, Graph.Arg arg) {
    List<Graph.Arg> more = new ArrayList<>(args);
    more.add(arg);
    return more;
  }

  private static String result(Form form, Atom atom, List<Graph.Arg> args, List<String> results) {
    String returns = atom.returns().type().toString();
    String pipe = atom.pipe().domain().type().toString();
    return switch (form) {
      case APPLY -> returns;
      case MAP -> "list[" + returns + "]";
      case FILTER -> returns.equals("int") ? "list[" + pipe + "]" : null;
      case REDUCE -> atom.params().size() == 2 && returns.equals(pipe) ? returns : null;
      case IF -> {
        int size = args.size();
        String yes = results.get(((Graph.Arg.Result) args.get(size - 2)).step());
        String no = results.get(((Graph.Arg.Result) args.get(size - 1)).step());
        yield returns.equals("int") && yes.equals(no) ? yes : null;
      }
    };
  }

  /** One more than the step where an argument comes from, 0 for an input. */
  private static int source(Graph.Arg arg) {
    return arg instanceof Graph.Arg.Result r ? r.step() + 1 : 0;
  }

  private boolean hasShape(List<Graph.Step> steps) {
    int special = 0;
    int sideFed = 0;
    int join = -1;
    int[] uses = new int[steps.size() + 1];
    int[] inputUses = new int[2 * steps.size() + 2];
    for (int i = 0; i < steps.size(); i++) {
      Graph.Step step = steps.get(i);
      special += step.form() != Form.APPLY ? 1 : 0;
      for (int a = 0; a < step.args().size(); a++) {
        Graph.Arg arg = step.args().get(a);
        uses[source(arg)]++;
        if (arg instanceof Graph.Arg.Free f) {
          inputUses[f.input()]++;
        }
        boolean shared = arg instanceof Graph.Arg.Free f && a > 0 && occurs(steps, f) > 1;
        if (step.form() == Form.APPLY && a > 0 && (arg instanceof Graph.Arg.Result || shared)) {
          sideFed++;
          join = i;
        }
      }
    }
    for (int i = 1; i < steps.size(); i++) {
      if (uses[i] == 0) {
        return false;
      }
    }
    int twice = 0;
    for (int i = 1; i < uses.length; i++) {
      twice += uses[i] > 1 ? 1 : 0;
    }
    for (int use : inputUses) {
      twice += use > 1 ? 1 : 0;
    }
    return switch (shape) {
      case CHAIN -> special == 0 && sideFed == 0 && twice == 0;
      case MAP, FILTER, REDUCE -> special == 1 && sideFed == 0 && twice == 0;
      case JOIN -> sideFed == 1 && twice == 0 && joins(steps, join);
      case SHARED -> sideFed == 1 && twice == 1 && shares(steps, join, 0, 1, 2);
      case CONDITIONAL -> special == 1 && sideFed == 0 && twice == 1 && decides(steps);
    };
  }

  private static long occurs(List<Graph.Step> steps, Graph.Arg.Free input) {
    return steps.stream().flatMap(s -> s.args().stream()).filter(input::equals).count();
  }

  /** The atoms of the chain that ends at an argument, back to an input or to {@code end}. */
  private static List<Atom> branch(List<Graph.Step> steps, Graph.Arg arg, Graph.Arg end) {
    List<Atom> branch = new ArrayList<>();
    Graph.Arg at = arg;
    while (at instanceof Graph.Arg.Result r && !at.equals(end)) {
      branch.add(0, steps.get(r.step()).atom());
      at = steps.get(r.step()).args().get(0);
    }
    return end == null || at.equals(end) ? branch : null;
  }

  private static boolean joins(List<Graph.Step> steps, int join) {
    Graph.Step step = steps.get(join);
    int p = branch(steps, step.args().get(0), null).size();
    int q = branch(steps, step.args().get(1), null).size();
    return p <= GraphSpace.LONGEST_BRANCH && q >= 1 && q <= GraphSpace.LONGEST_BRANCH;
  }

  private static Graph.Arg shared(List<Graph.Step> steps, int atLeast) {
    return steps.stream()
        .flatMap(s -> s.args().stream())
        .filter(
            a ->
                steps.stream().flatMap(s -> s.args().stream()).filter(a::equals).count() >= atLeast)
        .findFirst()
        .orElse(null);
  }

  private static boolean shares(
      List<Graph.Step> steps, int join, int first, int second, int atLeast) {
    Graph.Arg value = shared(steps, atLeast);
    List<Atom> one = branch(steps, steps.get(join).args().get(first), value);
    List<Atom> two = branch(steps, steps.get(join).args().get(second), value);
    return one != null
        && two != null
        && one.size() + two.size() > 0
        && one.size() <= GraphSpace.LONGEST_BRANCH
        && two.size() <= GraphSpace.LONGEST_BRANCH
        && (one.isEmpty() || two.isEmpty() || one.get(0) != two.get(0));
  }

  private static boolean decides(List<Graph.Step> steps) {
    int last = steps.size() - 1;
    Graph.Step test = steps.get(last);
    int size = test.args().size();
    Graph.Arg value = shared(steps, 3);
    return test.form() == Form.IF
        && value != null
        && test.args().get(0).equals(value)
        && shares(steps, last, size - 2, size - 1, 3)
        && !test.args().get(size - 2).equals(value)
        && !test.args().get(size - 1).equals(value);
  }
}
