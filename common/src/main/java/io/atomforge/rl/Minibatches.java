package io.atomforge.rl;

import io.atomforge.random.Seeds;
import io.atomforge.rl.Episodes.Episode;
import io.atomforge.rollout.Trace;
import io.atomforge.training.Example;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Deals the episodes of a step out into minibatches, and these into shards. */
final class Minibatches {
  /**
   * What the loss sees of an episode.
   *
   * @param advantages of each token, shape (T,)
   * @param inputs of the loss script, each of shape (T,), the advantages first
   * @param entropies of the policy before each token, in nats; empty where not all given tokens are
   *     learned from
   */
  record Learned(Episode episode, double[] advantages, float[][] inputs, float[] entropies) {
    private int given() {
      return episode.sample().trace().count(Trace.Role.GIVEN);
    }

    /** The same where some given tokens have no advantage. */
    private Learned without(boolean[] dropped) {
      double[] rest = advantages.clone();
      float[][] all = inputs.clone();
      all[0] = inputs[0].clone();
      for (int t = 0; t < dropped.length; t++) {
        rest[t] = dropped[t] ? 0 : rest[t];
        all[0][t] = dropped[t] ? 0 : all[0][t];
      }
      return new Learned(episode, rest, all, entropies);
    }

    /** Episodes with equal keys have equal losses. */
    private record Key(int twin, DoubleBuffer advantages) {}

    private Key key() {
      return new Key(episode.twin(), DoubleBuffer.wrap(advantages));
    }

    private boolean pulls() {
      return Arrays.stream(advantages).anyMatch(a -> a != 0);
    }
  }

  private final PolicyUpdate.Settings settings;
  private final int longest;
  private final Map<Integer, List<Learned>> byGroup;

  /**
   * @param longest tokens at which a completion is cut
   */
  Minibatches(PolicyUpdate.Settings settings, int longest, List<Learned> learned) {
    this.settings = settings;
    this.longest = longest;
    byGroup = new LinkedHashMap<>();
    for (Learned each : learned) {
      byGroup.computeIfAbsent(each.episode.group(), g -> new ArrayList<>()).add(each);
    }
  }

  /**
   * Cuts the prompts, in an order that {@code seed} decides, into minibatches of about equally
   * many.
   *
   * @return the shards of each; fewer minibatches than wanted if there are fewer prompts
   */
  List<List<Shard>> deal(long seed) {
    List<Integer> order = new ArrayList<>(byGroup.keySet());
    order.sort(Comparator.comparingLong(group -> Seeds.derive(seed, group)));
    int parts = Math.min(settings.numMinibatches(), order.size());
    List<List<Shard>> minibatches = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      minibatches.add(
          shards(
              gated(
                  order.subList(i * order.size() / parts, (i + 1) * order.size() / parts).stream()
                      .sorted()
                      .flatMap(group -> Objects.requireNonNull(byGroup.get(group)).stream())
                      .toList())));
    }
    return minibatches;
  }

  /** Leaves an advantage to those given tokens alone of which the policy was least sure. */
  private List<Learned> gated(List<Learned> part) {
    record Given(int learned, int token, float entropy) {}
    if (settings.givenKept() == 1) {
      return part;
    }
    List<Given> all = new ArrayList<>();
    for (int i = 0; i < part.size(); i++) {
      for (int t = 0; t < part.get(i).given(); t++) {
        all.add(new Given(i, t, part.get(i).entropies[t]));
      }
    }
    all.sort(Comparator.comparingDouble((Given g) -> -g.entropy));
    List<boolean[]> dropped = part.stream().map(each -> new boolean[each.given()]).toList();
    all.subList((int) Math.round(settings.givenKept() * all.size()), all.size())
        .forEach(g -> dropped.get(g.learned)[g.token] = true);
    return IntStream.range(0, part.size())
        .mapToObj(i -> part.get(i).without(dropped.get(i)))
        .toList();
  }

  /**
   * Episodes with equal losses are computed once and weighted by their number. One that has no
   * gradient counts in the denominator only.
   */
  private List<Shard> shards(List<Learned> part) {
    Map<Learned.Key, List<Learned>> kinds = new LinkedHashMap<>();
    double rest = 0;
    for (Learned each : part) {
      if (settings.objective().learnsWithoutAdvantage() || each.pulls()) {
        kinds.computeIfAbsent(each.key(), key -> new ArrayList<>()).add(each);
      } else {
        rest += denominator(each);
      }
    }
    if (kinds.isEmpty()) {
      rest -= denominator(part.get(0));
      kinds.put(part.get(0).key(), List.of(part.get(0)));
    }
    List<Example> examples = new ArrayList<>();
    for (List<Learned> kind : kinds.values()) {
      Learned one = kind.get(0);
      int n = one.episode.length();
      float[] weights = new float[n];
      Arrays.fill(weights, (float) (kind.size() * settings.lossAggMode().tokenWeight(n)));
      double denominator = kind.size() * denominator(one) + rest;
      rest = 0;
      examples.add(one.episode.example(weights, one.inputs, denominator));
    }
    return Sharding.cut(examples, settings.objective().lossScript(), settings.gradientShards());
  }

  private double denominator(Learned each) {
    return settings.lossAggMode().denominator(each.episode.length(), longest);
  }
}
