package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Turns the rewards of a step's completions into one advantage per token. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "no_baseline", value = AdvantageEstimator.NoBaseline.class),
  @Type(name = "group_normalized", value = AdvantageEstimator.GroupNormalized.class),
  @Type(name = "group_centered", value = AdvantageEstimator.GroupCentered.class),
  @Type(name = "leave_one_out", value = AdvantageEstimator.LeaveOneOut.class),
  @Type(name = "greedy_baseline", value = AdvantageEstimator.GreedyBaseline.class),
  @Type(name = "whitened_return", value = AdvantageEstimator.WhitenedReturn.class),
  @Type(name = "whitened_group", value = AdvantageEstimator.WhitenedGroup.class),
  @Type(name = "prefix_baseline", value = AdvantageEstimator.PrefixBaseline.class),
  @Type(name = "gae", value = AdvantageEstimator.Gae.class)
})
public sealed interface AdvantageEstimator {
  /**
   * One completion.
   *
   * @param group number of its prompt
   * @param rewards of each token, unitless, shape (T,), T 1 or more; an outcome stands at the last
   * @param values of the state before each token, shape (T,); empty without a value head
   * @param greedy reward of the prompt's greedy completion; 0 where none was asked for
   * @param given leading tokens that the policy did not write
   */
  record Episode(int group, double[] rewards, double[] values, double greedy, int given) {
    /** A completion that the policy wrote from its first token. */
    public Episode(int group, double[] rewards, double[] values, double greedy) {
      this(group, rewards, values, greedy, 0);
    }

    double total() {
      return Arrays.stream(rewards).sum();
    }
  }

  /**
   * @return for each episode, in order, the advantage of each token, shape (T,)
   * @throws IllegalArgumentException if a group is too small for the estimator
   */
  List<double[]> advantages(List<Episode> batch);

  /** The value head that it needs, if any. */
  @JsonIgnore
  default Optional<ValueHead> critic() {
    return Optional.empty();
  }

  /** Completions of a prompt that it needs at least. */
  @JsonIgnore
  default int leastCompletions() {
    return 1;
  }

  /**
   * What is to be added to the values to get what the value head learns, before any whitening; none
   * without a value head.
   */
  default List<double[]> valueErrors(List<Episode> batch) {
    return List.of();
  }

  /** Whether it needs a greedy completion of each prompt. */
  @JsonIgnore
  default boolean needsGreedy() {
    return false;
  }

  /** One advantage for all tokens of a completion, from the total rewards of its group alone. */
  sealed interface OfGroup extends AdvantageEstimator {
    /**
     * @param rewards of one group, shape (G,)
     * @return shape (G,), in the order of {@code rewards}
     */
    double[] ofGroup(double[] rewards);

    @Override
    default List<double[]> advantages(List<Episode> batch) {
      List<double[]> advantages = new ArrayList<>();
      batch.forEach(e -> advantages.add(new double[e.rewards().length]));
      Map<Integer, List<Integer>> groups =
          IntStream.range(0, batch.size())
              .boxed()
              .collect(
                  Collectors.groupingBy(
                      i -> batch.get(i).group(), TreeMap::new, Collectors.toList()));
      for (List<Integer> group : groups.values()) {
        double[] ofGroup = ofGroup(group.stream().mapToDouble(i -> batch.get(i).total()).toArray());
        for (int k = 0; k < ofGroup.length; k++) {
          Arrays.fill(advantages.get(group.get(k)), ofGroup[k]);
        }
      }
      return advantages;
    }
  }

  /** r itself. Williams 1992. */
  record NoBaseline() implements OfGroup {
    @Override
    public double[] ofGroup(double[] rewards) {
      return rewards.clone();
    }
  }

  /**
   * (r - mean) / (deviation + 1e-6), with the sample deviation (n - 1). Shao et al. 2024
   * (arXiv:2402.03300), section 4.1.2. A lone rollout keeps its reward, as with mean 0 and
   * deviation 1.
   */
  record GroupNormalized() implements OfGroup {
    private static final double EPSILON = 1e-6;

    @Override
    public double[] ofGroup(double[] rewards) {
      double[] centered = TokenRows.centered(rewards);
      double squares = Arrays.stream(centered).map(a -> a * a).sum();
      double deviation = rewards.length < 2 ? 1 : Math.sqrt(squares / (rewards.length - 1));
      return Arrays.stream(centered).map(a -> a / (deviation + EPSILON)).toArray();
    }
  }

  /** r - mean. Liu et al. 2025 (arXiv:2503.20783), section 3.2. A lone rollout keeps its reward. */
  record GroupCentered() implements OfGroup {
    @Override
    public double[] ofGroup(double[] rewards) {
      return TokenRows.centered(rewards);
    }
  }

  /** r minus the mean of the other rewards. RLOO, Ahmadian et al. 2024 (arXiv:2402.14740). */
  record LeaveOneOut() implements OfGroup {
    @Override
    public double[] ofGroup(double[] rewards) {
      int g = rewards.length;
      if (g < 2) {
        throw new IllegalArgumentException(
            "leave_one_out needs groups of 2 rollouts or more, got "
                + g
                + "; raise num_generations");
      }
      return Arrays.stream(TokenRows.centered(rewards)).map(a -> a * g / (g - 1)).toArray();
    }

    @Override
    public int leastCompletions() {
      return 2;
    }
  }

  /** r minus the reward of the greedy completion. ReMax, Li et al. 2024 (arXiv:2310.10505). */
  record GreedyBaseline() implements AdvantageEstimator {
    @Override
    public List<double[]> advantages(List<Episode> batch) {
      return batch.stream()
          .map(e -> TokenRows.filled(e.rewards().length, e.total() - e.greedy()))
          .toList();
    }

    @Override
    public boolean needsGreedy() {
      return true;
    }
  }

  /**
   * The return from each token on, whitened over all tokens of the step. REINFORCE++, Hu 2025
   * (arXiv:2501.03262).
   *
   * @param gamma discount per token, 0 to 1
   */
  record WhitenedReturn(double gamma) implements AdvantageEstimator {
    public WhitenedReturn {
      checkShare("gamma", gamma);
    }

    @Override
    public List<double[]> advantages(List<Episode> batch) {
      return TokenRows.whitened(
          batch.stream()
              .map(e -> Gae.estimate(e.rewards(), new double[e.rewards().length], gamma, 1))
              .toList());
    }
  }

  /** r - mean of the group, whitened over all tokens of the step: REINFORCE++ with a baseline. */
  record WhitenedGroup() implements AdvantageEstimator {
    @Override
    public List<double[]> advantages(List<Episode> batch) {
      return TokenRows.whitened(new GroupCentered().advantages(batch));
    }
  }

  /**
   * For groups of which some completions go on from a beginning that was given. With b the mean
   * reward of those that do not: these have r - b; what goes on from one beginning has r minus the
   * mean of all that go on from it, and the given tokens have (r - b) divided by their number.
   * Prefix-RFT, Huang et al. 2025 (arXiv:2507.01679), as in the authors' program. Where none of a
   * group is without a beginning, b is the mean of all.
   *
   * @param learnsLone whether what alone goes on from its beginning has r itself, as in the
   *     program's first version, and not 0, as in its second
   */
  record PrefixBaseline(@JsonProperty("learns_lone") boolean learnsLone)
      implements AdvantageEstimator {
    @Override
    public List<double[]> advantages(List<Episode> batch) {
      List<double[]> advantages = new ArrayList<>();
      for (Episode e : batch) {
        List<Episode> group = batch.stream().filter(o -> o.group == e.group).toList();
        List<Episode> plain = group.stream().filter(o -> o.given == 0).toList();
        List<Episode> same = group.stream().filter(o -> o.given == e.given).toList();
        double compared = e.total() - mean(plain.isEmpty() ? group : plain);
        boolean lone = same.size() == 1 && learnsLone && e.given > 0;
        double[] row = TokenRows.filled(e.rewards.length, e.total() - (lone ? 0 : mean(same)));
        Arrays.fill(row, 0, e.given, compared / same.size());
        advantages.add(row);
      }
      return advantages;
    }

    private static double mean(List<Episode> episodes) {
      return episodes.stream().mapToDouble(Episode::total).average().orElseThrow();
    }
  }

  /**
   * Generalized advantage estimation, Schulman et al. 2016 (arXiv:1506.02438), Eq. 16, whitened
   * over all tokens of the step.
   *
   * @param gamma discount per token, 0 to 1
   * @param lam weight of later errors, 0 to 1
   */
  record Gae(double gamma, double lam, @JsonProperty("value_head") ValueHead valueHead)
      implements AdvantageEstimator {
    public Gae {
      checkShare("gamma", gamma);
      checkShare("lam", lam);
    }

    @Override
    public List<double[]> advantages(List<Episode> batch) {
      return TokenRows.whitened(valueErrors(batch));
    }

    @Override
    public List<double[]> valueErrors(List<Episode> batch) {
      return batch.stream().map(e -> estimate(e.rewards(), e.values(), gamma, lam)).toList();
    }

    @Override
    public Optional<ValueHead> critic() {
      return Optional.of(valueHead);
    }

    /** The value after the last token is 0. */
    static double[] estimate(double[] rewards, double[] values, double gamma, double lam) {
      double[] advantages = new double[rewards.length];
      double after = 0;
      double valueAfter = 0;
      for (int t = rewards.length - 1; t >= 0; t--) {
        double error = rewards[t] + gamma * valueAfter - values[t];
        after = error + gamma * lam * after;
        valueAfter = values[t];
        advantages[t] = after;
      }
      return advantages;
    }
  }

  private static void checkShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be 0 to 1, got " + value);
    }
  }
}
