package io.atomforge.training;

import io.atomforge.model.LossScript;
import io.atomforge.model.TokenBatch;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Cuts the examples of a step into shards of about equal work, longest sequences first, and packs
 * the sequences of a shard into the blocks of one batch, so that little is padding. What comes
 * before the first learned token is computed once where examples have it in common, as the
 * completions of one prompt do.
 */
public final class Sharding {
  private static final int LENGTH_STEP = 8;

  /** Padding, in tokens, that takes as long as one more block does. */
  private static final int BLOCK_COST = 64;

  private Sharding() {}

  /**
   * Sorts by length and cuts where the padded tokens reach an equal part of the whole; examples of
   * one prompt stay neighbours. The cut depends on the examples and {@code count} only.
   *
   * @param loss whose inputs the examples carry
   * @param count shards wanted, 1 or more; fewer come back if there are fewer examples
   */
  public static List<Shard> cut(List<Example> examples, LossScript loss, int count) {
    List<Family> families =
        families(examples).stream()
            .sorted(Comparator.comparingInt((Family f) -> -f.longest()))
            .toList();
    long total = families.stream().mapToLong(f -> f.cost(f.members().size())).sum();
    List<Shard> shards = new ArrayList<>();
    List<Family> open = new ArrayList<>();
    long seen = 0;
    for (Family family : families) {
      int from = 0;
      for (int to = 1; to <= family.members().size(); to++) {
        boolean full = (seen + family.cost(to)) * count >= total * (shards.size() + 1L);
        if (full || to == family.members().size()) {
          open.add(new Family(family.members().subList(from, to)));
          from = to;
        }
        if (full) {
          shards.add(shard(open, loss));
          open.clear();
        }
      }
      seen += family.cost(family.members().size());
    }
    if (!open.isEmpty()) {
      shards.add(shard(open, loss));
    }
    return shards;
  }

  private static int padded(int length) {
    return (length + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP;
  }

  /**
   * An example, or several with the same tokens before the first learned one.
   *
   * @param members longest first
   */
  private record Family(List<Example> members) {
    int longest() {
      return members.get(0).tokens().length;
    }

    /** Leading tokens to compute once; none of them predicts a learned one. */
    int shared() {
      return members.size() == 1
          ? 0
          : (members.get(0).learned()[0] - 1) / LENGTH_STEP * LENGTH_STEP;
    }

    /** Tokens of the first {@code count} members. */
    long cost(int count) {
      int shared = shared();
      return shared
          + members.subList(0, count).stream()
              .mapToLong(e -> padded(e.tokens().length - shared))
              .sum();
    }
  }

  private static List<Family> families(List<Example> examples) {
    Map<Object, List<Example>> byStart = new LinkedHashMap<>();
    for (Example example : examples) {
      int before = example.learned().length == 0 ? 0 : example.learned()[0];
      Object start = before > LENGTH_STEP ? IntBuffer.wrap(example.tokens(), 0, before) : example;
      byStart.computeIfAbsent(start, s -> new ArrayList<>()).add(example);
    }
    Collection<List<Example>> all = byStart.values();
    all.forEach(f -> f.sort(Comparator.comparingInt((Example e) -> -e.tokens().length)));
    return all.stream().map(Family::new).toList();
  }

  /**
   * Families next to each other.
   *
   * @param shared leading tokens of each that are computed once, 0 for none
   */
  private record Pack(List<Family> families, int shared) {
    int rows() {
      return families.stream().mapToInt(f -> f.members().size()).sum();
    }

    /** Of what follows the shared tokens. */
    int length() {
      return padded(families.stream().mapToInt(Family::longest).max().orElseThrow() - shared);
    }

    List<TokenBatch.Block> blocks() {
      if (shared == 0) {
        return List.of(new TokenBatch.Block(rows(), length()));
      }
      List<Integer> begun = new ArrayList<>();
      for (int f = 0; f < families.size(); f++) {
        begun.addAll(Collections.nCopies(families.get(f).members().size(), f));
      }
      return List.of(
          new TokenBatch.Block(families.size(), shared),
          new TokenBatch.Block(rows(), length(), begun));
    }
  }

  /**
   * The cut into packs that costs least, where a block costs its padded tokens and {@link
   * #BLOCK_COST} more.
   *
   * @param families about longest first
   */
  private static List<Pack> packs(List<Family> families) {
    int count = families.size();
    long[] cost = new long[count + 1];
    int[] end = new int[count];
    int[] shared = new int[count];
    for (int from = count - 1; from >= 0; from--) {
      cost[from] = Long.MAX_VALUE;
      int longest = 0;
      long rows = 0;
      int common = Integer.MAX_VALUE;
      for (int to = from + 1; to <= count; to++) {
        Family last = families.get(to - 1);
        longest = Math.max(longest, last.longest());
        rows += last.members().size();
        common = Math.min(common, last.shared());
        long plain = rows * padded(longest) + BLOCK_COST;
        long once = (long) (to - from) * common + rows * padded(longest - common) + 2 * BLOCK_COST;
        long here = (common > 0 ? Math.min(plain, once) : plain) + cost[to];
        if (here < cost[from]) {
          cost[from] = here;
          end[from] = to;
          shared[from] = common > 0 && once < plain ? common : 0;
        }
      }
    }
    List<Pack> packs = new ArrayList<>();
    for (int from = 0; from < count; from = end[from]) {
      packs.add(new Pack(families.subList(from, end[from]), shared[from]));
    }
    return packs;
  }

  private static Shard shard(List<Family> families, LossScript loss) {
    List<Pack> packs = packs(families);
    List<TokenBatch.Block> blocks = packs.stream().flatMap(p -> p.blocks().stream()).toList();
    List<Example> examples = families.stream().flatMap(f -> f.members().stream()).toList();
    int n = examples.stream().mapToInt(e -> e.learned().length).sum();
    int size = blocks.stream().mapToInt(TokenBatch.Block::size).sum();
    Filling filling =
        new Filling(
            new int[size],
            new int[n],
            new int[n],
            new float[n],
            new float[examples.get(0).inputs().length][n],
            new long[examples.get(0).dropoutSeed() == 0 ? 0 : size]);
    int start = 0;
    int at = 0;
    for (Pack pack : packs) {
      for (Family family : pack.shared() == 0 ? List.<Family>of() : pack.families()) {
        filling.putTokens(family.members().get(0), 0, pack.shared(), start);
        start += pack.shared();
      }
      for (Family family : pack.families()) {
        for (Example example : family.members()) {
          filling.put(example, pack.shared(), start, at);
          start += pack.length();
          at += example.learned().length;
        }
      }
    }
    return new Shard(
        new TokenBatch(
            blocks,
            filling.tokens,
            filling.positions,
            filling.targets,
            filling.weights,
            filling.keys),
        loss,
        filling.inputs,
        examples.stream().mapToDouble(Example::denominator).sum());
  }

  /** The arrays of a shard. */
  private record Filling(
      int[] tokens,
      int[] positions,
      int[] targets,
      float[] weights,
      float[][] inputs,
      long[] keys) {

    /** The tokens of an example from one to another, with a key each if there is dropout. */
    void putTokens(Example example, int from, int to, int start) {
      System.arraycopy(example.tokens(), from, tokens, start, to - from);
      SplittableRandom random = new SplittableRandom(example.dropoutSeed());
      for (int t = 0; t < to && keys.length > 0; t++) {
        long key = random.nextLong();
        if (t >= from) {
          keys[start + t - from] = key;
        }
      }
    }

    /**
     * @param shared leading tokens that stand elsewhere
     * @param start place of the others
     * @param at number of learned tokens before
     */
    void put(Example example, int shared, int start, int at) {
      putTokens(example, shared, example.tokens().length, start);
      int[] learned = example.learned();
      for (int i = 0; i < learned.length; i++) {
        positions[at + i] = start + learned[i] - 1 - shared;
        boolean inside = learned[i] < example.tokens().length;
        targets[at + i] = inside ? example.tokens()[learned[i]] : 0;
      }
      System.arraycopy(example.weights(), 0, weights, at, learned.length);
      for (int k = 0; k < inputs.length; k++) {
        System.arraycopy(example.inputs()[k], 0, inputs[k], at, learned.length);
      }
    }
  }
}
