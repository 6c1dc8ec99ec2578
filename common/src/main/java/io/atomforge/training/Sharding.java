package io.atomforge.training;

import io.atomforge.model.TokenBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts the examples of a step into shards of about equal work, longest sequences first. */
public final class Sharding {
  private static final int LENGTH_STEP = 16;

  private Sharding() {}

  /**
   * Sorts by length, so that little is padding, and cuts where the padded tokens reach an equal
   * part of the whole. The cut depends on the examples and {@code count} only.
   *
   * @param count shards wanted, 1 or more; fewer come back if there are fewer examples
   */
  public static List<Shard> cut(List<Example> examples, int count) {
    List<Example> sorted =
        IntStream.range(0, examples.size())
            .boxed()
            .sorted(
                Comparator.comparingInt((Integer i) -> -examples.get(i).tokens().length)
                    .thenComparing(i -> i))
            .map(examples::get)
            .toList();
    long total = sorted.stream().mapToLong(e -> padded(e.tokens().length)).sum();
    List<Shard> shards = new ArrayList<>();
    List<Example> open = new ArrayList<>();
    long seen = 0;
    for (int i = 0; i < sorted.size(); i++) {
      open.add(sorted.get(i));
      seen += padded(sorted.get(i).tokens().length);
      boolean full = seen * count >= total * (shards.size() + 1L);
      if (full || i == sorted.size() - 1) {
        shards.add(shard(open));
        open.clear();
      }
    }
    return shards;
  }

  private static int padded(int length) {
    return (length + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP;
  }

  private static Shard shard(List<Example> examples) {
    int rows = examples.size();
    int length = padded(examples.get(0).tokens().length);
    int n = examples.stream().mapToInt(e -> e.learned().length).sum();
    int[] tokens = new int[rows * length];
    int[] positions = new int[n];
    int[] targets = new int[n];
    float[] weights = new float[n];
    float[][] inputs = new float[examples.get(0).inputs().length][n];
    double denominator = 0;
    int at = 0;
    for (int row = 0; row < rows; row++) {
      Example example = examples.get(row);
      System.arraycopy(example.tokens(), 0, tokens, row * length, example.tokens().length);
      for (int i = 0; i < example.learned().length; i++) {
        int t = example.learned()[i];
        positions[at] = row * length + t - 1;
        targets[at] = example.tokens()[t];
        weights[at] = example.weights()[i];
        for (int k = 0; k < inputs.length; k++) {
          inputs[k][at] = example.inputs()[k][i];
        }
        at++;
      }
      denominator += example.denominator();
    }
    return new Shard(
        new TokenBatch(rows, length, tokens, positions, targets, weights), inputs, denominator);
  }
}
