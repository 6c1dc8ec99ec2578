package io.atomforge.training;

import io.atomforge.model.TokenBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cuts the examples of a step into shards of about equal work, longest sequences first, and packs
 * the sequences of a shard into the blocks of one batch, so that little is padding.
 */
public final class Sharding {
  private static final int LENGTH_STEP = 8;

  /** Padding, in tokens, that takes as long as one more block does. */
  private static final int BLOCK_COST = 64;

  private Sharding() {}

  /**
   * Sorts by length and cuts where the padded tokens reach an equal part of the whole. The cut
   * depends on the examples and {@code count} only.
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

  /**
   * The cut into blocks that costs least, where a block costs its padded tokens and {@link
   * #BLOCK_COST} more.
   *
   * @param examples longest first
   */
  private static List<TokenBatch.Block> blocks(List<Example> examples) {
    int count = examples.size();
    long[] cost = new long[count + 1];
    int[] end = new int[count];
    for (int from = count - 1; from >= 0; from--) {
      int length = padded(examples.get(from).tokens().length);
      cost[from] = Long.MAX_VALUE;
      for (int to = from + 1; to <= count; to++) {
        long here = (long) (to - from) * length + BLOCK_COST + cost[to];
        if (here < cost[from]) {
          cost[from] = here;
          end[from] = to;
        }
      }
    }
    List<TokenBatch.Block> blocks = new ArrayList<>();
    for (int from = 0; from < count; from = end[from]) {
      blocks.add(
          new TokenBatch.Block(end[from] - from, padded(examples.get(from).tokens().length)));
    }
    return blocks;
  }

  private static Shard shard(List<Example> examples) {
    List<TokenBatch.Block> blocks = blocks(examples);
    int n = examples.stream().mapToInt(e -> e.learned().length).sum();
    int[] tokens = new int[blocks.stream().mapToInt(b -> b.rows() * b.length()).sum()];
    int[] positions = new int[n];
    int[] targets = new int[n];
    float[] weights = new float[n];
    float[][] inputs = new float[examples.get(0).inputs().length][n];
    double denominator = 0;
    int at = 0;
    int start = 0;
    Iterator<Example> rows = examples.iterator();
    for (TokenBatch.Block block : blocks) {
      for (int row = 0; row < block.rows(); row++) {
        Example example = rows.next();
        System.arraycopy(example.tokens(), 0, tokens, start, example.tokens().length);
        for (int i = 0; i < example.learned().length; i++) {
          int t = example.learned()[i];
          positions[at] = start + t - 1;
          targets[at] = example.tokens()[t];
          weights[at] = example.weights()[i];
          for (int k = 0; k < inputs.length; k++) {
            inputs[k][at] = example.inputs()[k][i];
          }
          at++;
        }
        start += block.length();
        denominator += example.denominator();
      }
    }
    return new Shard(
        new TokenBatch(blocks, tokens, positions, targets, weights), inputs, denominator);
  }
}
