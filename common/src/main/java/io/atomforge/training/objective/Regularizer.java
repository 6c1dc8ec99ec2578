package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What keeps the policy from going too far, beside the policy loss. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "kl_reward", value = Regularizer.KlReward.class),
  @Type(name = "kl_loss", value = Regularizer.KlLoss.class),
  @Type(name = "kl_convex", value = Regularizer.KlConvex.class),
  @Type(name = "entropy", value = Regularizer.Entropy.class)
})
public sealed interface Regularizer {

  /**
   * The reward of every token is lowered by beta times the estimated KL of the old policy to the
   * reference (Ziegler et al. 2019, section 2.2). Nothing is differentiated, so k1 is the estimator
   * of choice.
   *
   * @param beta weight at the start of the run, 0 or more
   * @param target KL per completion, in nats, that beta is steered to; 0 keeps beta
   * @param horizon completions after which an error of the whole target changes beta e-fold
   */
  record KlReward(double beta, KlEstimator klEstimator, double target, double horizon)
      implements Regularizer {
    /** The farthest that one step's KL may be taken to be from the target, relative to it. */
    private static final double MAX_ERROR = 0.2;

    public KlReward {
      atLeastZero("beta", beta);
      atLeastZero("target", target);
      if (!(horizon > 0)) {
        throw new IllegalArgumentException("horizon must be positive, got " + horizon);
      }
    }

    /**
     * The proportional controller of Ziegler et al. 2019, section 2.2.
     *
     * @param current beta of this step
     * @param kl mean over completions of the sum over tokens, in nats
     * @param completions in the step
     * @return beta of the next step
     */
    public double next(double current, double kl, int completions) {
      if (target == 0) {
        return current;
      }
      double error = Math.max(-MAX_ERROR, Math.min(MAX_ERROR, kl / target - 1));
      return current * (1 + error * completions / horizon);
    }
  }

  /**
   * The loss of every token grows by beta times the estimated KL of the policy to the reference, as
   * in GRPO (Shao et al. 2024, Eq. 3).
   *
   * @param beta 0 or more
   * @param klEstimator all but k1, whose gradient is zero in expectation
   */
  record KlLoss(double beta, KlEstimator klEstimator) implements Regularizer {
    public KlLoss {
      atLeastZero("beta", beta);
      notK1(klEstimator);
    }
  }

  /**
   * The loss of every token grows by beta times a mean of two estimated KLs: lambda times that of
   * the policy to the reference, and 1 - lambda times that to the policy that began the step
   * before. The KL-Convex constraint of ReMix, Liang et al. 2025 (arXiv:2507.06892).
   *
   * @param beta 0 or more
   * @param klEstimator all but k1, whose gradient is zero in expectation
   * @param baseShare lambda of each step
   */
  record KlConvex(double beta, KlEstimator klEstimator, BaseShare baseShare)
      implements Regularizer {
    public KlConvex {
      atLeastZero("beta", beta);
      notK1(klEstimator);
    }

    /**
     * Statements that assign {@code kl_loss} from {@code logp}, {@code reference_logp}, {@code
     * previous_logp} and {@code base_share}.
     */
    String script() {
      return """
      d = torch.clamp(torch.sub(logp, previous_logp), -20., 20.)
      kl_previous = %s
      d = torch.clamp(torch.sub(logp, reference_logp), -20., 20.)
      kl_base = %s
      previous_share = torch.add(torch.neg(base_share), 1.)
      kl_loss = torch.add(torch.mul(kl_base, base_share), torch.mul(kl_previous, previous_share))
      """
          .formatted(klEstimator.script(), klEstimator.script());
    }
  }

  /**
   * The share of the reference in {@link KlConvex}: {@code max(1 - decrement ceil(max(t - begin, 0)
   * / every), floor)} at step t.
   *
   * @param begin the last step at which it is 1, 0 or more; 50 in the paper
   * @param every steps from one fall to the next, 1 or more; 10 in the paper
   * @param decrement by which it falls, 0 to 1; 0.1 in the paper
   * @param floor its least value, 0 to 1; 0.5 in the paper
   */
  record BaseShare(int begin, int every, double decrement, double floor) {
    public BaseShare {
      atLeastZero("begin", begin);
      if (every < 1) {
        throw new IllegalArgumentException("every must be 1 or more, got " + every);
      }
      share("decrement", decrement);
      share("floor", floor);
    }

    private static void share(String name, double value) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException(name + " must be 0 to 1, got " + value);
      }
    }

    /**
     * @param step from 1
     */
    public double at(long step) {
      long falls = (Math.max(step - begin, 0) + every - 1) / every;
      return Math.max(1 - decrement * falls, floor);
    }
  }

  /**
   * The loss of every token falls by a part of the entropy of the policy there (Mnih et al. 2016,
   * section 4).
   *
   * @param coefficient per nat, 0 or more
   */
  record Entropy(double coefficient) implements Regularizer {
    public Entropy {
      atLeastZero("coefficient", coefficient);
    }
  }

  /** Whether it compares with the reference at all. */
  @JsonIgnore
  default boolean needsReference() {
    return this instanceof KlReward reward && reward.beta > 0
        || this instanceof KlLoss loss && loss.beta > 0
        || this instanceof KlConvex convex && convex.beta > 0;
  }

  private static void notK1(KlEstimator inLoss) {
    if (inLoss == KlEstimator.K1) {
      throw new IllegalArgumentException(
          "kl_estimator k1 has no gradient in the loss; use k2 or k3, or k1 in kl_reward");
    }
  }

  private static void atLeastZero(String name, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(name + " must be 0 or more, got " + value);
    }
  }
}
