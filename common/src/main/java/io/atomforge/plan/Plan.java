package io.atomforge.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which moves the steps of a run consist of: learning from rollouts, or from demonstrations. A plan
 * is settings; a {@link Course} made from it is what a run keeps while it goes on.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "sft", value = Plan.Supervised.class),
  @Type(name = "rl", value = Plan.Reinforced.class),
  @Type(name = "alternate", value = Plan.Alternating.class),
  @Type(name = "relift", value = Plan.Relift.class),
  @Type(name = "sasr", value = Plan.Sasr.class),
  @Type(name = "wsrl", value = Plan.Wsrl.class),
  @Type(name = "remix", value = Plan.Remix.class)
})
public sealed interface Plan {
  /** Every step is supervised. */
  static Plan supervised() {
    return new Supervised();
  }

  /**
   * A step of reinforcement learning, again and again, unless the plan says otherwise.
   *
   * @param seed of the run; what a course draws comes from it and the step
   */
  default Course begin(long seed) {
    return step -> new Move.Reinforce();
  }

  /** Whether some moves learn from demonstrations. */
  default boolean supervises() {
    return false;
  }

  /** Whether each step draws rollouts. */
  default boolean drawsEachStep() {
    return true;
  }

  /** Whether some moves fit the value head alone. */
  default boolean fitsValues() {
    return false;
  }

  /**
   * The step after which the policy of that time is the one that a KL compares with, and each batch
   * of rollouts is new and learned from once; {@link Long#MAX_VALUE} for never.
   */
  default long reincarnateStep() {
    return Long.MAX_VALUE;
  }

  /** What makes the moves. */
  interface Moves<T> {
    /** Samples prompts, has the completions judged and learns from them. */
    T reinforce(long step);

    /**
     * Takes an optimizer step on demonstrations.
     *
     * @param problemIds whose demonstrations; empty for the next batch of all
     */
    T supervise(long step, List<String> problemIds);

    /** Computes the gradient of the next batch of demonstrations and learns nothing from it. */
    T measure(long step);

    /**
     * Samples prompts, has the completions judged and fits the value head to their returns; the
     * policy stays as it is.
     *
     * @param passes over the rollouts
     */
    T fitValues(long step, int passes);
  }

  /** One thing that a step does. */
  sealed interface Move {
    <T> T make(Moves<T> moves, long step);

    /** See {@link Moves#reinforce}. */
    record Reinforce() implements Move {
      @Override
      public <T> T make(Moves<T> moves, long step) {
        return moves.reinforce(step);
      }
    }

    /** See {@link Moves#supervise}. */
    record Supervise(List<String> problemIds) implements Move {
      /** On the next batch. */
      public Supervise() {
        this(List.of());
      }

      public Supervise {
        problemIds = List.copyOf(problemIds);
      }

      @Override
      public <T> T make(Moves<T> moves, long step) {
        return moves.supervise(step, problemIds);
      }
    }

    /** See {@link Moves#measure}. */
    record Measure() implements Move {
      @Override
      public <T> T make(Moves<T> moves, long step) {
        return moves.measure(step);
      }
    }

    /** See {@link Moves#fitValues}. */
    record FitValues(int passes) implements Move {
      @Override
      public <T> T make(Moves<T> moves, long step) {
        return moves.fitValues(step, passes);
      }
    }
  }

  /**
   * What a move showed.
   *
   * @param gradNorm norm of the mean gradient before clipping; 0 where nothing was learned from
   * @param failed problems of which no completion passed, in the order of the step
   */
  record Seen(Move move, double gradNorm, List<String> failed) {
    public Seen {
      failed = List.copyOf(failed);
    }
  }

  /** A plan on its way. Used by one thread. */
  interface Course {
    /** What the step begins with. */
    Move first(long step);

    /** What follows in the same step; empty ends it. */
    default Optional<Move> then(Seen seen) {
      return Optional.empty();
    }

    /** What the course goes on from, as JSON values. */
    default Map<String, Object> state() {
      return Map.of();
    }

    /** Goes on from what {@link #state} gave. */
    default void restore(Map<String, Object> state) {}
  }

  /** A supervised step, again and again. */
  record Supervised() implements Plan {
    @Override
    public Course begin(long seed) {
      return step -> new Move.Supervise();
    }

    @Override
    public boolean supervises() {
      return true;
    }

    @Override
    public boolean drawsEachStep() {
      return false;
    }
  }

  /** A step of reinforcement learning, again and again. */
  record Reinforced() implements Plan {}

  /**
   * Supervised steps and steps of reinforcement learning in turn: a static schedule to compare with
   * those that look at the run.
   *
   * @param supervised steps of a turn, 1 or more
   * @param reinforced steps of a turn that follow, 1 or more
   */
  record Alternating(int supervised, int reinforced) implements Plan {
    public Alternating {
      atLeast(1, "supervised", supervised);
      atLeast(1, "reinforced", reinforced);
    }

    @Override
    public Course begin(long seed) {
      return step ->
          (step - 1) % (supervised + reinforced) < supervised
              ? new Move.Supervise()
              : new Move.Reinforce();
    }

    @Override
    public boolean supervises() {
      return true;
    }

    @Override
    public boolean drawsEachStep() {
      return false;
    }
  }

  /**
   * Reinforcement learning that collects the problems none of whose completions passed; as soon as
   * there are enough, the step also takes one supervised step on the demonstrations of the newest,
   * with an optimizer of its own. ReLIFT, Ma et al. 2025 (arXiv:2506.07527).
   *
   * @param bufferSize problems of a supervised step, M, 1 or more
   */
  record Relift(@JsonProperty("buffer_size") int bufferSize) implements Plan {
    public Relift {
      atLeast(1, "buffer_size", bufferSize);
    }

    @Override
    public Course begin(long seed) {
      return new ReliftCourse(bufferSize);
    }

    @Override
    public boolean supervises() {
      return true;
    }
  }

  /**
   * Supervised steps first; then each step is a supervised one with probability {@code G / (G +
   * gamma G_warm)}, else one of reinforcement learning. G is the norm of the last supervised
   * gradient, G_warm its mean at the end of the warm-up. SASR, Chen et al. 2025 (arXiv:2505.13026);
   * the ratio is reconstructed from its text, and that G is measured anew after some steps of
   * reinforcement learning is ours.
   *
   * @param warmupSteps supervised steps at the start, 1 or more
   * @param gamma 0 or more; 0 only supervises, infinity only reinforces
   * @param measureSteps steps of reinforcement learning in a row after which G is measured anew, 1
   *     or more
   */
  record Sasr(
      @JsonProperty("warmup_steps") int warmupSteps,
      double gamma,
      @JsonProperty("measure_steps") int measureSteps)
      implements Plan {
    /** Warm-up steps at whose gradients G_warm looks, the last ones. */
    static final int LAST = 10;

    public Sasr {
      atLeast(1, "warmup_steps", warmupSteps);
      atLeast(1, "measure_steps", measureSteps);
      if (!(gamma >= 0)) {
        throw new IllegalArgumentException("gamma must be 0 or more, got " + gamma);
      }
    }

    /** The probability of a supervised step. */
    double probability(double last, double warm) {
      return last == 0 ? 0 : last / (last + gamma * warm);
    }

    @Override
    public Course begin(long seed) {
      return new SasrCourse(this, seed);
    }

    @Override
    public boolean supervises() {
      return true;
    }

    @Override
    public boolean drawsEachStep() {
      return false;
    }
  }

  /**
   * Reinforcement learning with a value head that first is fitted to rollouts of the policy as it
   * is, so that the first steps that change the policy do not follow a value that knows nothing. No
   * data of the supervised run before is kept. After WSRL, Zhou et al. 2024 (arXiv:2412.07762).
   *
   * @param warmupSteps steps at the start that fit the value head alone, 0 or more
   * @param valuePasses passes over the rollouts of such a step, 1 or more
   */
  record Wsrl(
      @JsonProperty("warmup_steps") int warmupSteps, @JsonProperty("value_passes") int valuePasses)
      implements Plan {
    public Wsrl {
      atLeast(0, "warmup_steps", warmupSteps);
      atLeast(1, "value_passes", valuePasses);
    }

    @Override
    public Course begin(long seed) {
      return step -> step <= warmupSteps ? new Move.FitValues(valuePasses) : new Move.Reinforce();
    }

    @Override
    public boolean fitsValues() {
      return warmupSteps > 0;
    }
  }

  /**
   * Reinforcement learning that after a step goes on from its policy as from a start: the KL
   * compares with that policy, what was drawn before is not learned from again, and each batch of
   * rollouts has one update. The reincarnation of ReMix, Liang et al. 2025 (arXiv:2507.06892).
   *
   * @param reincarnateStep that step, 1 or more; 50 or 100 in the paper
   */
  record Remix(@JsonProperty("reincarnate_step") long reincarnateStep) implements Plan {
    public Remix {
      atLeast(1, "reincarnate_step", reincarnateStep);
    }
  }

  private static void atLeast(int least, String name, long value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be " + least + " or more, got " + value);
    }
  }
}
