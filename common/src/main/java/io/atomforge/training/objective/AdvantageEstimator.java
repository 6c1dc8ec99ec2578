package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Arrays;

/** Turns the rewards of one group, all rollouts of one prompt, into one advantage per rollout. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "group_normalized", value = AdvantageEstimator.GroupNormalized.class),
  @Type(name = "group_centered", value = AdvantageEstimator.GroupCentered.class),
  @Type(name = "leave_one_out", value = AdvantageEstimator.LeaveOneOut.class)
})
public sealed interface AdvantageEstimator {
  /**
   * @param rewards unitless, shape (G,)
   * @return shape (G,), in the order of {@code rewards}
   * @throws IllegalArgumentException if the group is too small for the estimator
   */
  double[] advantages(double[] rewards);

  /**
   * (r - mean) / (deviation + 1e-6), with the sample deviation (n - 1). Shao et al. 2024
   * (arXiv:2402.03300), section 4.1.2. A lone rollout keeps its reward, as with mean 0 and
   * deviation 1.
   */
  record GroupNormalized() implements AdvantageEstimator {
    private static final double EPSILON = 1e-6;

    @Override
    public double[] advantages(double[] rewards) {
      double[] centered = centered(rewards);
      double squares = Arrays.stream(centered).map(a -> a * a).sum();
      double deviation = rewards.length < 2 ? 1 : Math.sqrt(squares / (rewards.length - 1));
      return Arrays.stream(centered).map(a -> a / (deviation + EPSILON)).toArray();
    }
  }

  /** r - mean. Liu et al. 2025 (arXiv:2503.20783), section 3.2. A lone rollout keeps its reward. */
  record GroupCentered() implements AdvantageEstimator {
    @Override
    public double[] advantages(double[] rewards) {
      return centered(rewards);
    }
  }

  /** r minus the mean of the other rewards. RLOO, Ahmadian et al. 2024 (arXiv:2402.14740). */
  record LeaveOneOut() implements AdvantageEstimator {
    @Override
    public double[] advantages(double[] rewards) {
      int g = rewards.length;
      if (g < 2) {
        throw new IllegalArgumentException(
            "leave_one_out needs groups of 2 rollouts or more, got "
                + g
                + "; raise num_generations");
      }
      return Arrays.stream(centered(rewards)).map(a -> a * g / (g - 1)).toArray();
    }
  }

  private static double[] centered(double[] rewards) {
    double mean = rewards.length < 2 ? 0 : Arrays.stream(rewards).sum() / rewards.length;
    return Arrays.stream(rewards).map(r -> r - mean).toArray();
  }
}
