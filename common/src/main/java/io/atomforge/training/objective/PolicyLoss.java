package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How an advantage moves the probability of a sampled token; a loss, to be minimized. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "clipped", value = PolicyLoss.Clipped.class),
  @Type(name = "centered_clip", value = PolicyLoss.CenteredClip.class),
  @Type(name = "score_function", value = PolicyLoss.ScoreFunction.class)
})
public sealed interface PolicyLoss {
  /** Whether the same rollouts may be learned from more than once. */
  @JsonIgnore
  boolean correctsForOldPolicy();

  /** Whether it compares the ratio with that of the policy that begins the step. */
  @JsonIgnore
  default boolean centered() {
    return false;
  }

  /**
   * Statements that assign {@code pg_loss} and the mask {@code stopped} from {@code logp}, {@code
   * ratio} and {@code advantage}, and where it is {@link #centered} from {@code old_logp} and
   * {@code policy_logp}.
   */
  String script();

  /**
   * The clipped surrogate of PPO, Schulman et al. 2017, Eq. 7, negated.
   *
   * @param epsilon how far below 1 the ratio counts
   * @param epsilonHigh how far above 1; equal to {@code epsilon} except for clip-higher (Yu et al.
   *     2025, Eq. 10)
   * @param dualClip greatest factor of a negative advantage, above 1 (Ye et al. 2020, Eq. 5); 0 for
   *     none
   */
  record Clipped(
      double epsilon,
      @JsonProperty("epsilon_high") double epsilonHigh,
      @JsonProperty("dual_clip") double dualClip)
      implements PolicyLoss {

    /**
     * @throws IllegalArgumentException if a value is out of range
     */
    public Clipped {
      if (!(epsilon >= 0 && epsilon <= 1)) {
        throw new IllegalArgumentException("epsilon must be 0 to 1, got " + epsilon);
      }
      if (!(epsilonHigh >= 0)) {
        throw new IllegalArgumentException("epsilon_high must be 0 or more, got " + epsilonHigh);
      }
      if (!(dualClip == 0 || dualClip > 1)) {
        throw new IllegalArgumentException(
            "dual_clip must be 0 for none or above 1, got " + dualClip);
      }
    }

    @Override
    public boolean correctsForOldPolicy() {
      return true;
    }

    @Override
    public String script() {
      String surrogate =
          """
          free = torch.neg(torch.mul(ratio, advantage))
          bounded = torch.neg(torch.mul(torch.clamp(ratio, %s, %s), advantage))
          pg_loss = torch.maximum(free, bounded)
          stopped = torch.gt(bounded, free)
          """
              .formatted(1 - epsilon, 1 + epsilonHigh);
      if (dualClip == 0) {
        return surrogate;
      }
      return surrogate
          + """
          most = torch.mul(advantage, -%s)
          above = torch.logical_and(torch.lt(advantage, 0.), torch.gt(pg_loss, most))
          pg_loss = torch.where(above, most, pg_loss)
          stopped = torch.logical_or(stopped, above)
          """
              .formatted(dualClip);
    }
  }

  /**
   * The clipped surrogate for rollouts of an earlier policy: the ratio is taken to the policy that
   * sampled, and the range in which it counts lies about c, the ratio of the policy that begins the
   * step, in place of 1. Where that policy sampled itself, c is 1 and this is {@link Clipped}.
   * ReMix, Liang et al. 2025 (arXiv:2507.06892), Mix-PPG.
   *
   * @param epsilon how far from c the ratio counts, 0 or more
   */
  record CenteredClip(double epsilon) implements PolicyLoss {
    public CenteredClip {
      if (!(epsilon >= 0)) {
        throw new IllegalArgumentException("epsilon must be 0 or more, got " + epsilon);
      }
    }

    @Override
    public boolean correctsForOldPolicy() {
      return true;
    }

    @Override
    public boolean centered() {
      return true;
    }

    @Override
    public String script() {
      return """
      center = torch.exp(torch.clamp(torch.sub(policy_logp, old_logp), -20., 20.))
      near = torch.minimum(ratio, torch.add(center, %s))
      near = torch.maximum(near, torch.sub(center, %s))
      free = torch.neg(torch.mul(ratio, advantage))
      bounded = torch.neg(torch.mul(near, advantage))
      pg_loss = torch.maximum(free, bounded)
      stopped = torch.gt(bounded, free)
      """
          .formatted(epsilon, epsilon);
    }
  }

  /**
   * Minus advantage times log probability: REINFORCE, Williams 1992. Right for one update on
   * rollouts of the policy itself.
   */
  record ScoreFunction() implements PolicyLoss {
    @Override
    public boolean correctsForOldPolicy() {
      return false;
    }

    @Override
    public String script() {
      return """
      pg_loss = torch.neg(torch.mul(logp, advantage))
      stopped = torch.zeros_like(advantage)
      """;
    }
  }
}
