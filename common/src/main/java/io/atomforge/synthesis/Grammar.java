package io.atomforge.synthesis;

import io.atomforge.graph.Shape;
import java.io.Serializable;
import java.util.List;

/**
 * How often each shape and depth of graph is drawn.
 *
 * @param shapes weight of each shape
 * @param depths weight of each depth
 */
public record Grammar(Shapes shapes, Depths depths) implements Serializable {
  /** Most atoms in a graph. */
  public static final int DEEPEST = 8;

  /** Nothing but chains: of two or three atoms, in COMPOSITE_C of two to five. */
  public static final Grammar CHAINS =
      new Grammar(
          new Shapes(1, 0, 0, 0, 0, 0, 0),
          new Depths(
              List.of(0.0, 1.0, 1.0),
              List.of(0.0, 1.0, 1.0),
              List.of(0.0, 1.0, 1.0, 1.0, 1.0),
              List.of(0.0, 1.0, 1.0)));

  /** Weights, 0 or more, of which one is positive; see {@link Shape}. */
  public record Shapes(
      double chain,
      double shared,
      double join,
      double map,
      double filter,
      double reduce,
      double conditional)
      implements Serializable {
    public Shapes {
      check("shapes", List.of(chain, shared, join, map, filter, reduce, conditional));
    }

    double of(Shape shape) {
      return switch (shape) {
        case CHAIN -> chain;
        case SHARED -> shared;
        case JOIN -> join;
        case MAP -> map;
        case FILTER -> filter;
        case REDUCE -> reduce;
        case CONDITIONAL -> conditional;
      };
    }
  }

  /** Weights of graphs of 1, 2, ... atoms in each family, at most {@value #DEEPEST} of them. */
  public record Depths(
      List<Double> compositeA,
      List<Double> compositeB,
      List<Double> compositeC,
      List<Double> compositeG)
      implements Serializable {
    public Depths {
      compositeA = List.copyOf(compositeA);
      compositeB = List.copyOf(compositeB);
      compositeC = List.copyOf(compositeC);
      compositeG = List.copyOf(compositeG);
      check("depths.composite_a", compositeA);
      check("depths.composite_b", compositeB);
      check("depths.composite_c", compositeC);
      check("depths.composite_g", compositeG);
    }

    List<Double> of(Family family) {
      return switch (family) {
        case COMPOSITE_A -> compositeA;
        case COMPOSITE_B -> compositeB;
        case COMPOSITE_C -> compositeC;
        case COMPOSITE_G -> compositeG;
        default -> List.of(1.0);
      };
    }

    /**
     * Graphs of COMPOSITE_C deeper than this need not mix the halves: A and B have none so deep.
     */
    int usual() {
      return Math.max(deepest(compositeA), deepest(compositeB));
    }

    private static int deepest(List<Double> weights) {
      int deepest = weights.size();
      while (!(weights.get(deepest - 1) > 0)) {
        deepest--;
      }
      return deepest;
    }
  }

  private static void check(String key, List<Double> weights) {
    double sum = 0;
    for (double weight : weights) {
      if (!(weight >= 0 && weight <= 1e6)) {
        throw new IllegalArgumentException(key + " must be weights from 0 to 1e6, got " + weight);
      }
      sum += weight;
    }
    if (!(sum > 0) || key.startsWith("depths") && weights.size() > DEEPEST) {
      throw new IllegalArgumentException(
          key + " must have a positive weight, and depths at most " + DEEPEST + ", got " + weights);
    }
  }
}
