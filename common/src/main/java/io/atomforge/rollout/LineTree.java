package io.atomforge.rollout;

import io.atomforge.rollout.DifficultySearch.Line;
import io.atomforge.sandbox.Outcome;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The lines that a search has tried for one task, and how the completions behind them fared. */
final class LineTree {
  /** A line behind those of its ancestors. */
  private static final class Node {
    private final @Nullable Node parent;
    private final Line line;
    private List<Node> children = List.of();
    private int visits;
    private double sum;

    Node(@Nullable Node parent, Line line) {
      this.parent = parent;
      this.line = line;
    }
  }

  private final double exploration;
  private final Node root = new Node(null, new Line(new int[0], false, Outcome.NOT_RUN));
  private Node place = root;

  /**
   * @param exploration weight of what was seldom tried, 0 or more
   */
  LineTree(double exploration) {
    this.exploration = exploration;
  }

  /**
   * The mean value of a child and its upper confidence bound: V + c sqrt(ln N_parent / N_child)
   * (arXiv:2504.07934).
   *
   * @param visits of the child; without any, nothing is greater
   */
  static double score(double value, double exploration, int parentVisits, int visits) {
    return visits == 0
        ? Double.POSITIVE_INFINITY
        : value + exploration * Math.sqrt(Math.log(parentVisits) / visits);
  }

  /**
   * Goes from the root to a line without children, each time to the first child that scores most.
   */
  void select() {
    place = root;
    while (!place.children.isEmpty()) {
      int visits = place.visits;
      place =
          place.children.stream()
              .max(Comparator.comparingDouble(child -> score(child, visits)))
              .orElseThrow();
    }
  }

  private double score(Node child, int parentVisits) {
    double value = child.visits == 0 ? 0 : child.sum / child.visits;
    return score(value, exploration, parentVisits, child.visits);
  }

  /** Adds lines behind the place, and goes to one of them. */
  void expand(List<Line> lines, int chosen) {
    Node leaf = place;
    leaf.children = lines.stream().map(line -> new Node(leaf, line)).toList();
    place = leaf.children.get(chosen);
  }

  /** Counts a completion that goes through the place. */
  void backUp(double value) {
    for (Node node = place; node != null; node = node.parent) {
      node.visits++;
      node.sum += value;
    }
  }

  /** The line at the place. */
  Line line() {
    return place.line;
  }

  /** All tokens up to the place. */
  int[] tokens() {
    Deque<int[]> lines = new ArrayDeque<>();
    for (Node node = place; node != null; node = node.parent) {
      lines.addFirst(node.line.tokens());
    }
    return lines.stream().flatMapToInt(IntStream::of).toArray();
  }
}
