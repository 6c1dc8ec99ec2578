package io.atomforge.graph;

/**
 * The shapes of graphs. Around what is named here, every graph may have chains before and after.
 */
public enum Shape {
  /** Each result is the first argument of the next step. */
  CHAIN,
  /** One value goes two ways, which a later step joins. */
  SHARED,
  /** Two chains from inputs of their own, which a later step joins. */
  JOIN,
  /** One step is applied to each element of a list. */
  MAP,
  /** One step decides which elements of a list stay. */
  FILTER,
  /** One step is folded over a list. */
  REDUCE,
  /** One step decides which of two chains runs; they end the graph. */
  CONDITIONAL;

  /** The name in configs: lower case. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
