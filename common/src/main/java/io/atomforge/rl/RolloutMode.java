package io.atomforge.rl;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * Which policy the rollouts of a step come from. Staleness is the number of steps that were taken
 * since that policy; what is stale needs an importance correction.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "sync", value = RolloutMode.Sync.class),
  @Type(name = "async", value = RolloutMode.Async.class),
  @Type(name = "replay", value = RolloutMode.Replay.class)
})
public sealed interface RolloutMode {
  /** Steps that rollouts are drawn ahead of, at most. */
  default int ahead() {
    return 0;
  }

  /** Steps back whose rollouts may be learned from again. */
  default int back() {
    return 0;
  }

  /** Share of the steps that learn from rollouts of an earlier one. */
  default double share() {
    return 0;
  }

  /** Whether greedy completions of the prompts are there when a step learns. */
  @JsonIgnore
  default boolean keepsGreedy() {
    return back() == 0;
  }

  /** Whether rollouts may be stale. */
  @JsonIgnore
  default boolean offPolicy() {
    return ahead() + back() > 0;
  }

  /** From the policy that the step then changes. */
  record Sync() implements RolloutMode {}

  /**
   * Drawn while the steps before still train. After each checkpoint it begins anew with rollouts of
   * the policy itself, so that a run which goes on from there does the same.
   *
   * @param maxStaleness steps that it is ahead, 1 or more
   */
  record Async(@JsonProperty("max_staleness") int maxStaleness) implements RolloutMode {
    public Async {
      atLeastOne(maxStaleness);
    }

    @Override
    public int ahead() {
      return maxStaleness;
    }
  }

  /**
   * Some steps learn again from rollouts that an earlier step has drawn, as table {@code rollouts}
   * keeps them, with the log probabilities of that time. After ReMix (arXiv:2507.06892), whose
   * shifted clip is {@code policy_loss} {@code centered_clip}, and whose second anchor is in the
   * regularizer {@code kl_convex}.
   *
   * @param share of the steps, above 0, below 1
   * @param maxStaleness how many steps back it looks, 1 or more
   */
  record Replay(double share, @JsonProperty("max_staleness") int maxStaleness)
      implements RolloutMode {
    public Replay {
      atLeastOne(maxStaleness);
      if (!(share > 0 && share < 1)) {
        throw new IllegalArgumentException("share must be above 0 and below 1, got " + share);
      }
    }

    @Override
    public int back() {
      return maxStaleness;
    }
  }

  private static void atLeastOne(int maxStaleness) {
    if (maxStaleness < 1) {
      throw new IllegalArgumentException("max_staleness must be 1 or more, got " + maxStaleness);
    }
  }
}
