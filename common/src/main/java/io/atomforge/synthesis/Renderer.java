package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.atoms.Atom;
import io.atomforge.graph.Blocks;
import io.atomforge.graph.Form;
import io.atomforge.graph.Graph;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a graph as code in both styles. It keeps what it has prepared of each atom, so one serves
 * many graphs, in one thread.
 */
public final class Renderer {
  private static final String[] VARIABLES = {"x", "y", "z", "w", "u", "t", "s", "r"};

  /** Names that no parameter of a composite may have. */
  static final Set<String> RESERVED =
      Set.of("x", "y", "z", "w", "u", "t", "s", "r", "v", Graph.ENTRY_POINT);

  /** An atom's code: its import lines and its function. */
  private record Source(List<String> imports, String function) {
    static Source of(Atom atom) {
      int def = atom.code().startsWith("def ") ? 0 : atom.code().indexOf("\ndef ") + 1;
      return new Source(
          atom.code().substring(0, def).lines().filter(l -> !l.isBlank()).toList(),
          atom.code().substring(def));
    }
  }

  private final Map<Atom, Source> sources = new IdentityHashMap<>();
  private final StringBuilder out = new StringBuilder(2048);

  /**
   * The wiring alone; the atoms are expected in scope. Every step has the same form whatever its
   * place, so that what is learned of an atom alone can be used in a chain.
   */
  public String call(Graph graph) {
    return call(graph, Graph.ENTRY_POINT);
  }

  /** The wiring alone as a function of another name. */
  String call(Graph graph, String function) {
    out.setLength(0);
    wiring(graph, function);
    return out.toString();
  }

  /** A complete program: imports, the atoms' own code, the wiring. */
  public String inline(Graph graph) {
    out.setLength(0);
    define(graph.atoms());
    out.append("\n\n");
    wiring(graph, Graph.ENTRY_POINT);
    return out.toString();
  }

  /**
   * @return imports first, then each atom's function once, in order
   */
  public String definitions(Iterable<Atom> atoms) {
    out.setLength(0);
    define(atoms);
    return out.toString();
  }

  private void define(Iterable<Atom> atoms) {
    Set<String> imports = new LinkedHashSet<>();
    List<Source> functions = new ArrayList<>();
    for (Atom atom : atoms) {
      Source source = sources.computeIfAbsent(atom, Source::of);
      imports.addAll(source.imports);
      if (!functions.contains(source)) {
        functions.add(source);
      }
    }
    imports.forEach(line -> out.append(line).append('\n'));
    out.append(imports.isEmpty() ? "" : "\n\n");
    for (int i = 0; i < functions.size(); i++) {
      out.append(i == 0 ? "" : "\n\n\n").append(functions.get(i).function);
    }
  }

  private void wiring(Graph graph, String function) {
    out.append("def ").append(function).append('(');
    for (int i = 0; i < graph.inputs().size(); i++) {
      out.append(i == 0 ? "" : ", ").append(graph.inputs().get(i).name());
    }
    out.append("):\n");
    int last = graph.steps().size() - 1;
    String[] names = new String[last + 1];
    Graph.Step end = graph.steps().get(last);
    if (end.form() == Form.IF) {
      decide(graph, end, names);
    } else {
      steps(graph, graph.needs(last), 0, "    ", names);
    }
    out.append("    return ").append(names[last]).append('\n');
  }

  /**
   * Writes some steps, each into the first variable that holds nothing needed later.
   *
   * @param block the steps as bits
   * @param needed results that are needed after the block, as bits
   */
  private void steps(Graph graph, int block, int needed, String indent, String[] names) {
    for (int i = 0; block >> i != 0; i++) {
      if ((block >> i & 1) == 1) {
        int live = needed;
        for (int later = i + 1; block >> later != 0; later++) {
          live |= (block >> later & 1) == 1 ? uses(graph.steps().get(later)) : 0;
        }
        Graph.Step step = graph.steps().get(i);
        if (step.form() == Form.REDUCE && step.args().get(1) instanceof Graph.Arg.Result list) {
          live |= 1 << list.step();
        }
        names[i] = free(names, live, i);
        step(graph, step, names, names[i], indent);
      }
    }
  }

  private static int uses(Graph.Step step) {
    int uses = 0;
    for (Graph.Arg arg : step.args()) {
      uses |= arg instanceof Graph.Arg.Result result ? 1 << result.step() : 0;
    }
    return uses;
  }

  private static String free(String[] names, int live, int before) {
    for (String variable : VARIABLES) {
      boolean taken = false;
      for (int i = 0; i < before && !taken; i++) {
        taken = (live >> i & 1) == 1 && variable.equals(names[i]);
      }
      if (!taken) {
        return variable;
      }
    }
    throw new IllegalArgumentException("a graph of more than " + Grammar.DEEPEST + " steps");
  }

  private void step(Graph graph, Graph.Step step, String[] names, String name, String indent) {
    List<Graph.Arg> args = step.args();
    out.append(indent).append(name).append(" = ");
    switch (step.form()) {
      case MAP -> {
        out.append('[');
        call(graph, step, names, "v", null);
        out.append(" for v in ");
        value(graph, args.get(0), names);
        out.append(']');
      }
      case FILTER -> {
        out.append("[v for v in ");
        value(graph, args.get(0), names);
        out.append(" if ");
        condition(graph, step, names, "v");
        out.append(']');
      }
      case REDUCE -> {
        value(graph, args.get(0), names);
        out.append('\n').append(indent).append("for v in ");
        value(graph, args.get(1), names);
        out.append(":\n").append(indent).append("    ").append(name).append(" = ");
        call(graph, step, names, name, "v");
      }
      default -> call(graph, step, names, null, null);
    }
    out.append('\n');
  }

  /**
   * @param first what stands for the first argument, null for itself
   * @param second what stands for the second
   */
  private void call(
      Graph graph,
      Graph.Step step,
      String[] names,
      @Nullable String first,
      @Nullable String second) {
    out.append(step.atom().name()).append('(');
    for (int i = 0; i < step.atom().params().size(); i++) {
      out.append(i == 0 ? "" : ", ");
      String other = i == 0 ? first : i == 1 ? second : null;
      if (other == null) {
        value(graph, step.args().get(i), names);
      } else {
        out.append(other);
      }
    }
    out.append(')');
  }

  private void condition(Graph graph, Graph.Step step, String[] names, @Nullable String first) {
    call(graph, step, names, first, null);
    if (step.byParity()) {
      out.append(" % 2 == ");
      value(graph, step.args().get(step.atom().params().size()), names);
    }
  }

  private void decide(Graph graph, Graph.Step step, String[] names) {
    Blocks blocks = Blocks.of(graph);
    int params = step.atom().params().size();
    int test = uses(new Graph.Step(Form.APPLY, step.atom(), step.args().subList(0, params)));
    int branches = 0;
    for (int i = 0; i < graph.steps().size() - 1; i++) {
      branches |= ((blocks.yes() | blocks.no()) >> i & 1) == 1 ? uses(graph.steps().get(i)) : 0;
    }
    steps(graph, blocks.before(), test | branches | uses(step), "    ", names);
    out.append("    if ");
    condition(graph, step, names, null);
    out.append(":\n");
    int last = names.length - 1;
    names[last] = "x";
    branch(graph, blocks.yes(), step.args().get(step.args().size() - 2), names);
    out.append("    else:\n");
    branch(graph, blocks.no(), step.args().get(step.args().size() - 1), names);
  }

  private void branch(Graph graph, int block, Graph.Arg result, String[] names) {
    int needed = result instanceof Graph.Arg.Result r ? 1 << r.step() : 0;
    steps(graph, block, needed, "        ", names);
    int at = out.length();
    value(graph, result, names);
    if (block != 0 && out.substring(at).equals("x")) {
      out.setLength(at);
    } else {
      out.insert(at, "        x = ").append('\n');
    }
  }

  private void value(Graph graph, Graph.Arg arg, String[] names) {
    if (arg instanceof Graph.Arg.Free free) {
      out.append(graph.inputs().get(free.input()).name());
    } else if (arg instanceof Graph.Arg.Result result) {
      out.append(names[result.step()]);
    } else {
      out.append(python(((Graph.Arg.Literal) arg).value()));
    }
  }

  /** A literal as Python source. */
  static String python(JsonNode literal) {
    if (literal.isTextual()) {
      String text = literal.asText();
      String quote = text.contains("'") ? "\"" : "'";
      return quote
          + text.replace("\\", "\\\\").replace("\n", "\\n").replace(quote, "\\" + quote)
          + quote;
    }
    if (literal.isBoolean()) {
      return literal.asBoolean() ? "True" : "False";
    }
    // Not toString, which starts a JSON writer for a number.
    return literal.isInt() || literal.isLong() ? literal.asText() : literal.toString();
  }
}
