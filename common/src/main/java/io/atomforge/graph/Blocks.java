package io.atomforge.graph;

/**
 * The steps of a graph that ends with an IF, each set as bits.
 *
 * @param before what the test or both branches need
 * @param yes what only the first branch needs
 * @param no what only the second branch needs
 */
public record Blocks(int before, int yes, int no) {
  public static Blocks of(Graph graph) {
    Graph.Step step = graph.steps().get(graph.steps().size() - 1);
    int size = step.args().size();
    int before = 0;
    for (Graph.Arg arg : step.args().subList(0, size - 2)) {
      before |= needs(graph, arg);
    }
    int yes = needs(graph, step.args().get(size - 2));
    int no = needs(graph, step.args().get(size - 1));
    before |= yes & no;
    return new Blocks(before, yes & ~before, no & ~before);
  }

  private static int needs(Graph graph, Graph.Arg arg) {
    return arg instanceof Graph.Arg.Result result ? graph.needs(result.step()) : 0;
  }
}
