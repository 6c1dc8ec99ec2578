package io.atomforge.rl;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.random.Seeds;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** One number for each judged completion of a prompt. {@link Rewards} adds several up. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "binary", value = Reward.Binary.class),
  @Type(name = "fraction", value = Reward.Fraction.class),
  @Type(name = "visible", value = Reward.Visible.class),
  @Type(name = "ladder", value = Reward.Ladder.class),
  @Type(name = "partial", value = Reward.Partial.class),
  @Type(name = "mutation_score", value = Reward.MutationScore.class),
  @Type(name = "format", value = Reward.Format.class),
  @Type(name = "tagged", value = Reward.Tagged.class),
  @Type(name = "ordered", value = Reward.Ordered.class),
  @Type(name = "plan_agreement", value = Reward.PlanAgreement.class),
  @Type(name = "process", value = Reward.ProcessReward.class),
  @Type(name = "length_window", value = Reward.LengthWindow.class),
  @Type(name = Reward.RewardModel.NAME, value = Reward.RewardModel.class),
  @Type(name = "gated", value = Reward.Gated.class),
  @Type(name = "shuffled", value = Reward.Shuffled.class)
})
public sealed interface Reward {
  /**
   * @param group completions of one prompt; none whose verdict says nothing about its program: drop
   *     such a completion before asking
   * @return unitless, shape (G,), in the order of {@code group}, {@link #least} to {@link #most}
   * @throws IllegalArgumentException for an outcome that does not judge the program, counts out of
   *     range, or a {@code PASSED} program with a failed test
   */
  double[] values(List<Trace> group);

  /** The smallest value: that of a completion which was cut off before its end. */
  double least();

  /** The greatest value. */
  double most();

  /** What column and metric are called. */
  @JsonIgnore
  default String name() {
    return Arrays.stream(Reward.class.getAnnotation(JsonSubTypes.class).value())
        .filter(type -> type.value() == getClass())
        .findFirst()
        .orElseThrow()
        .name();
  }

  /** The reward model that it asks: a checkpoint_id, a run_id or a folder; empty for none. */
  default Optional<String> rewardModel() {
    return Optional.empty();
  }

  /** From one completion alone. */
  sealed interface OfOne extends Reward {
    /**
     * @param rollout that ended by itself
     */
    double value(Trace rollout);

    @Override
    default double[] values(List<Trace> group) {
      group.forEach(Reward::check);
      return group.stream().mapToDouble(r -> r.finished() ? value(r) : least()).toArray();
    }

    @Override
    default double least() {
      return 0;
    }

    @Override
    default double most() {
      return 1;
    }
  }

  /** 1 if every test passed, else 0. */
  record Binary() implements OfOne {
    @Override
    public double value(Trace rollout) {
      return rollout.outcome() == Outcome.PASSED ? 1 : 0;
    }
  }

  /** The share of the tests that passed, however the program ended. */
  record Fraction() implements OfOne {
    @Override
    public double value(Trace rollout) {
      return (double) rollout.judged().passed() / rollout.judged().total();
    }
  }

  /**
   * 1 if every test passed that a prompt may show, else 0: a weak reward, for experiments on what
   * models learn from few tests.
   */
  record Visible() implements OfOne {
    @Override
    public double value(Trace rollout) {
      return rollout.judged().visiblePassed() ? 1 : 0;
    }
  }

  /**
   * -1 if the program does not parse, -0.6 if it was stopped by an error or a limit, -0.3 if it ran
   * but failed a test, 1 if it passed. After CodeRL, Le et al. 2022 (arXiv:2207.01780); limits and
   * forbidden actions counted as run-time errors are ours.
   */
  record Ladder() implements OfOne {
    @Override
    public double value(Trace rollout) {
      return switch (rollout.outcome()) {
        case PASSED -> 1;
        case WRONG_ANSWER -> -0.3;
        case COMPILE_ERROR -> least();
        default -> -0.6;
      };
    }

    @Override
    public double least() {
      return -1;
    }
  }

  /**
   * 1 if every test passed, less if the program parsed, ran and came to another value, else 0.
   * ReFT, Luong et al. 2024 (arXiv:2401.08967), gives 0.1 where an answer of the right kind can be
   * read; here a value of another type than the expected one counts too.
   *
   * @param wrong for a wrong value, 0 to 1
   */
  record Partial(double wrong) implements OfOne {
    public Partial {
      if (!(wrong >= 0 && wrong <= 1)) {
        throw new IllegalArgumentException("wrong must be 0 to 1, got " + wrong);
      }
    }

    @Override
    public double value(Trace rollout) {
      return switch (rollout.outcome()) {
        case PASSED -> 1;
        case WRONG_ANSWER -> wrong;
        default -> 0;
      };
    }
  }

  /**
   * For assertions that a model writes: -1 if they do not parse, 0 if they fail of the reference,
   * else {@code aligned} and beyond it the share of the mutants of which they fail, up to 1. After
   * PyTester, Takerngsaksiri et al. 2024 (arXiv:2401.07576), which trains with PPO; the numbers are
   * ours. Of other tasks, whose first test is no reference, it says little.
   *
   * @param aligned for assertions that hold of the reference, 0 to 1
   */
  record MutationScore(double aligned) implements OfOne {
    public MutationScore {
      if (!(aligned >= 0 && aligned <= 1)) {
        throw new IllegalArgumentException("aligned must be 0 to 1, got " + aligned);
      }
    }

    @Override
    public double value(Trace rollout) {
      if (rollout.outcome() == Outcome.PASSED) {
        return most(); // as a whole number, which the sum below may miss by a rounding
      }
      int passed = rollout.judged().passed();
      if (passed == 0) {
        return rollout.outcome() == Outcome.COMPILE_ERROR ? least() : 0;
      }
      return aligned + (1 - aligned) * (passed - 1) / Math.max(1, rollout.judged().total() - 1);
    }

    @Override
    public double least() {
      return -1;
    }
  }

  /**
   * 1 if the completion ended by itself, with an answer in the task's format that parses, else 0.
   */
  record Format() implements OfOne {
    @Override
    public double value(Trace rollout) {
      return rollout.judged().answered() && rollout.outcome() != Outcome.COMPILE_ERROR ? 1 : 0;
    }
  }

  /**
   * 1 if the completion is one block between {@code <tag>} and {@code </tag>} and then one between
   * {@code <answer>} and {@code </answer>}, with nothing but white space around them, else 0. The
   * format reward of prior prompts, arXiv:2505.14157.
   *
   * @param tag a word of letters, other than answer
   */
  record Tagged(String tag) implements OfOne {
    public Tagged {
      if (!tag.matches("[a-z]+") || tag.equals("answer")) {
        throw new IllegalArgumentException(
            "tag must be a word of small letters other than answer, got " + tag);
      }
    }

    @Override
    public double value(Trace rollout) {
      return Blocks.are(rollout.completion(), List.of(tag, "answer"), List.of()) ? 1 : 0;
    }
  }

  /**
   * 1 if the completion consists of tagged blocks in one of several orders, with nothing but white
   * space around them, else 0. CLS-RL, Li et al. 2025 (arXiv:2503.16188), lets a model think before
   * its answer, behind it, or as it likes.
   *
   * @param orders the tags of each, words of small letters; one order or more
   */
  record Ordered(List<List<String>> orders) implements OfOne {
    public Ordered {
      orders = orders.stream().map(List::copyOf).toList();
      if (orders.isEmpty() || !orders.stream().allMatch(Blocks::named)) {
        throw new IllegalArgumentException(
            "orders must be lists of words of small letters, each once, got " + orders);
      }
    }

    @Override
    public double value(Trace rollout) {
      List<String> tags = orders.stream().flatMap(List::stream).toList();
      String text = rollout.completion();
      return orders.stream().anyMatch(order -> Blocks.are(text, order, tags)) ? 1 : 0;
    }
  }

  /**
   * How well the answer keeps to the plan before it: {@code min(1, factor * cosine)} of the counts
   * of the atoms planned and of the atoms called. The semantic reward of VideoRFT, Wang et al. 2025
   * (arXiv:2505.12434), in which embeddings of a description and of a video stand for the counts;
   * it gives the reward to right answers alone: see {@link Gated}.
   *
   * @param factor of the cosine, 0 or more; 2 in the paper
   */
  record PlanAgreement(double factor) implements OfOne {
    public PlanAgreement {
      if (!(factor >= 0 && Double.isFinite(factor))) {
        throw new IllegalArgumentException("factor must be 0 or more, got " + factor);
      }
    }

    @Override
    public double value(Trace rollout) {
      return Math.min(1, factor * Math.max(0, rollout.judged().planAgreement()));
    }
  }

  /**
   * The share of the reference's steps that the answer is known to take, so whose intermediate
   * values are right; 1 if every test passed. A process reward to be weighted beside {@code
   * binary}, after arXiv:2505.18536, which prints no formula. 0 of a program that calls no atoms or
   * whose steps cannot be read.
   */
  record ProcessReward() implements OfOne {
    @Override
    public double value(Trace rollout) {
      return rollout.judged().stepShare();
    }
  }

  /**
   * 1 if a completion has so many tokens, its end included, else 0. Wang et al. 2025 (VideoRFT,
   * arXiv:2505.12434) give it to right answers: see {@link Gated}.
   *
   * @param shortest tokens, 1 or more
   * @param longest tokens, {@code shortest} or more
   */
  record LengthWindow(int shortest, int longest) implements OfOne {
    public LengthWindow {
      if (shortest < 1 || longest < shortest) {
        throw new IllegalArgumentException(
            "shortest must be 1 or more and longest no less, got " + shortest + ", " + longest);
      }
    }

    @Override
    public double value(Trace rollout) {
      int length = rollout.tokens().length;
      return length >= shortest && length <= longest ? 1 : 0;
    }
  }

  /**
   * {@code sigmoid(s)} of the score s that a reward model gives at the last token. Of a classifier
   * that is the probability that the completion passes. Of a model that was trained on pairs it is
   * the probability that the completion is better than one of score 0; there only comparisons of
   * completions of one prompt have a meaning. The auxiliary reward of WiNGPT-3.0, 2025
   * (arXiv:2505.17387).
   *
   * @param checkpoint that TrainRewardModel made: a checkpoint_id, a run_id or a folder
   */
  record RewardModel(String checkpoint) implements OfOne {
    public static final String NAME = "reward_model";

    public RewardModel {
      if (checkpoint.isBlank()) {
        throw new IllegalArgumentException("checkpoint must name a reward model, got nothing");
      }
    }

    /** The value of a score. */
    static double of(double score) {
      return 1 / (1 + Math.exp(-score));
    }

    /**
     * @throws IllegalArgumentException if no reward model was asked
     */
    @Override
    public double value(Trace rollout) {
      if (!(rollout.modelReward() >= 0)) {
        throw new IllegalArgumentException(
            "No reward model was asked about a completion of " + rollout.taskId());
      }
      return rollout.modelReward();
    }

    @Override
    public Optional<String> rewardModel() {
      return Optional.of(checkpoint);
    }
  }

  /**
   * Another reward where a gate is at its greatest value, else 0. So that no completion gains from
   * the other reward without being right. VideoRFT.
   *
   * @param gate usually {@code binary}
   * @param atLeast completions of the group for which the gate must be at its greatest value, 1 or
   *     more
   */
  record Gated(Reward gate, @JsonProperty("at_least") int atLeast, Reward reward)
      implements Reward {
    public Gated {
      if (atLeast < 1) {
        throw new IllegalArgumentException("at_least must be 1 or more, got " + atLeast);
      }
      refuseModel("gate", gate);
    }

    @Override
    public double[] values(List<Trace> group) {
      double[] gates = gate.values(group);
      double[] values = reward.values(group);
      boolean[] open = new boolean[gates.length];
      int count = 0;
      for (int i = 0; i < gates.length; i++) {
        open[i] = gates[i] == gate.most();
        count += open[i] ? 1 : 0;
      }
      for (int i = 0; i < gates.length; i++) {
        values[i] = open[i] && count >= atLeast ? values[i] : 0;
      }
      return values;
    }

    @Override
    public double least() {
      return Math.min(0, reward.least());
    }

    @Override
    public double most() {
      return Math.max(0, reward.most());
    }

    @Override
    public String name() {
      return reward.name();
    }

    @Override
    public Optional<String> rewardModel() {
      return reward.rewardModel();
    }
  }

  /**
   * A control: the values of another reward in a random order. A group keeps its values, but on
   * average over the orders each completion gets the mean of its group, so no advantage that
   * subtracts this mean has a signal. The order derives from the completions. (Moving every value
   * to the next completion would not do: a completion would get the mean of the others, which
   * punishes what is rare, and the rarest here are failures.)
   *
   * @param reward whose values are shuffled
   */
  record Shuffled(Reward reward) implements Reward {
    public Shuffled {
      refuseModel("shuffled", reward);
    }

    @Override
    public double[] values(List<Trace> group) {
      double[] values = reward.values(group);
      List<Object> identity = new ArrayList<>();
      for (Trace rollout : group) {
        identity.add(rollout.taskId());
        identity.add(Arrays.hashCode(rollout.tokens()));
      }
      SplittableRandom random = Seeds.random(identity.hashCode(), "shuffled");
      for (int i = values.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        double value = values[i];
        values[i] = values[j];
        values[j] = value;
      }
      return values;
    }

    @Override
    public double least() {
      return reward.least();
    }

    @Override
    public double most() {
      return reward.most();
    }
  }

  /** Its values would not be in the table of rollouts, from which steps are replayed. */
  private static void refuseModel(String where, Reward reward) {
    if (reward.rewardModel().isPresent()) {
      throw new IllegalArgumentException(
          where + " must have another reward than " + RewardModel.NAME);
    }
  }

  private static void check(Trace rollout) {
    Outcome outcome = rollout.outcome();
    int passed = rollout.judged().passed();
    int total = rollout.judged().total();
    if (!outcome.judgesProgram()) {
      throw new IllegalArgumentException(
          outcome + " has no reward; drop the sample from the loss and its group");
    }
    if (passed < 0 || total < 1 || passed > total || outcome == Outcome.PASSED && passed < total) {
      throw new IllegalArgumentException(
          "No verdict is " + outcome + " with " + passed + " of " + total + " tests passed");
    }
  }
}
