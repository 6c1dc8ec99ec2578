package io.atomforge.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.Type;
import java.util.ArrayList;
import java.util.List;

/** Hand-made atoms and graphs of them. */
public final class ToyAtoms {
  /** Five atoms of which every shape can be made. */
  public static final List<Atom> FIVE =
      List.of(
          atom("double", "int", "return 2 * n", "n: int"),
          atom("total", "int", "return sum(xs)", "xs: list[int]"),
          atom("digits", "list[int]", "return [int(d) for d in str(abs(n))]", "n: int"),
          atom("scale", "list[int]", "return [k * q for q in xs]", "xs: list[int]", "k: int"),
          atom("mix", "int", "return 3 * n + k", "n: int", "k: int"));

  private ToyAtoms() {}

  /**
   * @param params {@code name: type}, the pipe first
   */
  public static Atom atom(String name, String returns, String body, String... params) {
    List<Atom.Parameter> parameters = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String param : params) {
      String[] both = param.split(": ");
      Domain any = Domain.of(Type.parse(both[1]));
      parameters.add(new Atom.Parameter(both[0], any, any));
      names.add(both[0]);
    }
    String places = "{" + String.join("} with {", names) + "}";
    return new Atom(
        name,
        "test",
        name,
        Atom.Variant.BASE,
        parameters,
        Domain.of(Type.parse(returns)),
        name + " " + places,
        "对" + places + "做 " + name,
        "def " + name + "(" + String.join(", ", names) + "):\n    " + body,
        List.of());
  }

  public static Atom five(String name) {
    return FIVE.stream().filter(a -> a.name().equals(name)).findFirst().orElseThrow();
  }

  public static Graph.Arg free(int input) {
    return new Graph.Arg.Free(input);
  }

  public static Graph.Arg result(int step) {
    return new Graph.Arg.Result(step);
  }

  public static Graph.Arg literal(int value) {
    JsonNode node = IntNode.valueOf(value);
    return new Graph.Arg.Literal(node);
  }

  public static Graph.Step step(Form form, String atom, Graph.Arg... args) {
    return new Graph.Step(form, five(atom), List.of(args));
  }

  /**
   * @param inputs {@code name: type}
   */
  public static Graph graph(List<String> inputs, Graph.Step... steps) {
    return new Graph(
        inputs.stream()
            .map(i -> i.split(": "))
            .map(
                i -> {
                  Domain any = Domain.of(Type.parse(i[1]));
                  return new Graph.Input(i[0], new Atom.Parameter(i[0], any, any));
                })
            .toList(),
        List.of(steps));
  }

  /** A chain of atoms without side parameters. */
  public static Graph chain(List<Atom> atoms) {
    List<Graph.Step> steps = new ArrayList<>();
    for (int i = 0; i < atoms.size(); i++) {
      steps.add(
          new Graph.Step(Form.APPLY, atoms.get(i), List.of(i == 0 ? free(0) : result(i - 1))));
    }
    Atom.Parameter pipe = atoms.get(0).pipe();
    return new Graph(List.of(new Graph.Input(pipe.name(), pipe)), steps);
  }
}
