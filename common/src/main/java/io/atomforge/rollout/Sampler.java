package io.atomforge.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.random.Seeds;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** What completions begin with, and what comes into them that the policy does not write. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "plain", value = Sampler.Plain.class),
  @Type(name = "prefix", value = Sampler.Prefix.class),
  @Type(name = "noisy", value = Sampler.Noisy.class),
  @Type(name = "tool_loop", value = Sampler.ToolLoop.class),
  @Type(name = "hints", value = Sampler.Hints.class)
})
public sealed interface Sampler extends Serializable {
  /**
   * Where the completions of a task come from.
   *
   * @param prompt token ids
   * @param seeds one per completion, from its identity
   * @param demonstration token ids of the reference solution and the end; empty where {@link
   *     #needsDemonstration} does not hold
   * @param step from 1
   * @param longest tokens at which a completion is cut
   * @param rewording renders the prompt in other words
   */
  record Origin(
      int[] prompt,
      long[] seeds,
      int[] demonstration,
      long step,
      int longest,
      Rewording rewording) {}

  /** Renders the text of a prompt after a change. */
  interface Rewording {
    /**
     * @return token ids; those of the prompt itself where the changed one would have too many
     */
    int[] prompt(UnaryOperator<String> change);
  }

  /**
   * @return one per seed, in order
   */
  default List<PromptTask.Start> starts(Origin origin) {
    return Arrays.stream(origin.seeds)
        .mapToObj(seed -> new PromptTask.Start(seed, origin.prompt, new int[0]))
        .toList();
  }

  /** Whether every completion begins behind its task's prompt with the policy's first token. */
  @JsonIgnore
  default boolean beginsPlainly() {
    return !needsDemonstration();
  }

  /** Whether starts are made from a reference solution. */
  @JsonIgnore
  default boolean needsDemonstration() {
    return false;
  }

  /** Completions of a group that begin with given tokens, at most. */
  default int givenCompletions() {
    return 0;
  }

  /**
   * The share of a minibatch's given tokens that is learned from: those of greatest entropy. The
   * others have no advantage.
   */
  default double givenKept() {
    return 1;
  }

  /**
   * What comes into completions while they are written.
   *
   * @return empty where the policy alone writes
   */
  default Optional<Inserter> inserter() {
    return Optional.empty();
  }

  /** The policy writes from the first token to the last. */
  record Plain() implements Sampler {}

  /**
   * The last completions of each group go on from the beginning of the reference solution, whose
   * share falls while the run goes on. Huang et al. 2025 (Prefix-RFT, arXiv:2507.01679).
   *
   * @param prefixes beginnings per group, each of a length of its own, 1 or more
   * @param completionsPerPrefix 1 or more
   * @param greatestShare of the solution, 0 to 1; the share is drawn evenly between {@link #least}
   *     and this
   * @param decaySteps steps after which the least share is 0, 1 or more
   * @param entropyKept see {@link #givenKept}, 0 to 1; 1 learns from all given tokens, 0 from none
   */
  record Prefix(
      int prefixes,
      @JsonProperty("completions_per_prefix") int completionsPerPrefix,
      @JsonProperty("greatest_share") double greatestShare,
      @JsonProperty("decay_steps") int decaySteps,
      @JsonProperty("entropy_kept") double entropyKept)
      implements Sampler {
    public Prefix {
      atLeast(1, "prefixes", prefixes);
      atLeast(1, "completions_per_prefix", completionsPerPrefix);
      share("greatest_share", greatestShare);
      atLeast(1, "decay_steps", decaySteps);
      share("entropy_kept", entropyKept);
    }

    /** The least share at a step, which falls to 0 by half a cosine. */
    double least(long step) {
      return greatestShare * left(step, decaySteps);
    }

    /**
     * @param share of the demonstration, 0 to 1
     * @param length tokens of the demonstration, its end included
     * @return tokens of the beginning; at least one is left to write
     */
    static int length(double share, int length) {
      return Math.max(0, Math.min((int) Math.floor(share * length), length - 1));
    }

    @Override
    public List<PromptTask.Start> starts(Origin origin) {
      List<PromptTask.Start> starts = new ArrayList<>(Sampler.super.starts(origin));
      int first = starts.size() - givenCompletions();
      for (int i = Math.max(0, first); i < starts.size(); i++) {
        int prefix = (i - first) / completionsPerPrefix;
        long leader = origin.seeds[Math.max(0, first + prefix * completionsPerPrefix)];
        double least = least(origin.step);
        double share =
            least + (greatestShare - least) * Seeds.random(leader, "prefix").nextDouble();
        int length = Math.min(length(share, origin.demonstration.length), origin.longest - 1);
        int[] given = Arrays.copyOf(origin.demonstration, length);
        starts.set(i, new PromptTask.Start(origin.seeds[i], origin.prompt, given));
      }
      return starts;
    }

    @Override
    public boolean needsDemonstration() {
      return true;
    }

    @Override
    public int givenCompletions() {
      return prefixes * completionsPerPrefix;
    }

    @Override
    public double givenKept() {
      return entropyKept;
    }
  }

  /**
   * The last completions of each group are sampled behind a prompt with mistakes, and learned like
   * the others behind the prompt without them; the advantages compare all of the group. The
   * mistakes become fewer while the run goes on. After NoisyRollout, Liu et al. 2025
   * (arXiv:2504.13055), which distorts images.
   *
   * @param completions of each group, 1 or more; all of a group read the same mistakes
   * @param strength share of words with a mistake at the first step, 0 to 1
   * @param decaySteps steps after which there are no mistakes, 1 or more; before, their share falls
   *     by half a cosine
   */
  record Noisy(int completions, double strength, @JsonProperty("decay_steps") int decaySteps)
      implements Sampler {
    public Noisy {
      atLeast(1, "completions", completions);
      share("strength", strength);
      atLeast(1, "decay_steps", decaySteps);
    }

    @Override
    public List<PromptTask.Start> starts(Origin origin) {
      List<PromptTask.Start> starts = new ArrayList<>(Sampler.super.starts(origin));
      double now = strength * left(origin.step, decaySteps);
      int first = Math.max(0, starts.size() - completions);
      if (now > 0) {
        SplittableRandom random = Seeds.random(origin.seeds[first], "noise");
        int[] noisy = origin.rewording.prompt(text -> PromptNoise.of(text, now, random));
        for (int i = first; i < starts.size(); i++) {
          starts.set(i, new PromptTask.Start(origin.seeds[i], noisy, new int[0]));
        }
      }
      return starts;
    }

    @Override
    public boolean beginsPlainly() {
      return false;
    }
  }

  /**
   * A completion may contain Python between two marks. The sandbox runs it, and what it prints
   * stands behind it between two other marks before the policy goes on. What is judged is the rest
   * of what the policy wrote. After START, Li et al. 2025 (arXiv:2503.04625); the marks are ours.
   *
   * @param begin text before a block; so is {@code end} behind it
   * @param outputBegin text before the output; so is {@code outputEnd} behind it
   * @param maxCalls blocks of a completion that run, 1 or more; later ones stay without output
   * @param maxOutputTokens of one block, 1 or more; the rest is dropped
   */
  record ToolLoop(
      String begin,
      String end,
      @JsonProperty("output_begin") String outputBegin,
      @JsonProperty("output_end") String outputEnd,
      @JsonProperty("max_calls") int maxCalls,
      @JsonProperty("max_output_tokens") int maxOutputTokens)
      implements Sampler {
    public ToolLoop {
      if (begin.isEmpty() || end.isEmpty()) {
        throw new IllegalArgumentException("begin and end must not be empty");
      }
      atLeast(1, "max_calls", maxCalls);
      atLeast(1, "max_output_tokens", maxOutputTokens);
    }

    @Override
    public Optional<Inserter> inserter() {
      return Optional.of(new ToolCalls(this));
    }
  }

  /**
   * Where a completion would end, a hint comes in the place of the end token, and the policy goes
   * on; a stop text that ended it stays. What is judged is what the policy wrote behind the last
   * hint, or, if that is blank, behind the one before. A hint for which there is no room is left
   * out. Hint-infer of START, Li et al. 2025 (arXiv:2503.04625), which also inserts hints behind
   * words such as "Wait".
   *
   * @param hints texts, of which the completion's seed and the number of the insertion choose one;
   *     {@value #OUTPUT} stands for what the tests that a prompt may show say of the answer so far;
   *     without texts all is as in {@link Plain}
   * @param insertions of a completion, at most, 0 or more
   * @param maxOutputTokens of what the tests say, 1 or more; the rest is dropped
   */
  record Hints(
      List<String> hints, int insertions, @JsonProperty("max_output_tokens") int maxOutputTokens)
      implements Sampler {
    static final String OUTPUT = "{output}";

    public Hints {
      hints = List.copyOf(hints);
      for (String hint : hints) {
        if (hint.isBlank() || hint.indexOf(OUTPUT) != hint.lastIndexOf(OUTPUT)) {
          throw new IllegalArgumentException(
              "hints must be texts with {output} once or not at all, got '" + hint + "'");
        }
      }
      atLeast(0, "insertions", insertions);
      atLeast(1, "max_output_tokens", maxOutputTokens);
    }

    @Override
    public Optional<Inserter> inserter() {
      return hints.isEmpty() ? Optional.empty() : Optional.of(new EndHints(this));
    }
  }

  /** What is left of a quantity that falls from 1 at step 1 to 0 by half a cosine. */
  private static double left(long step, int decaySteps) {
    double progress = Math.min(1, (step - 1) / (double) decaySteps);
    return 0.5 * (1 + Math.cos(Math.PI * progress));
  }

  private static void atLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be " + least + " or more, got " + value);
    }
  }

  private static void share(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be 0 to 1, got " + value);
    }
  }
}
