package io.atomforge.rl;

import io.atomforge.model.LossScript;
import io.atomforge.model.Parameters;
import io.atomforge.training.GradientSource;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Chooses a temperature by the entropy of what a policy says about given completions. For logits z
 * of their tokens it is H_T, the mean of H(softmax(z / T)), which never falls as T grows.
 * AceReason-Nemotron 1.1, Liu et al. 2025 (arXiv:2506.13284); the bounds and the bisection are
 * reconstructed.
 */
public final class EntropyProbe {
  /** The least and the greatest temperature. */
  static final double COLDEST = 0.3;

  static final double HOTTEST = 2;

  /** Halvings of the range, after which it is shorter than 0.0005. */
  private static final int HALVINGS = 12;

  private final GradientSource source;
  private final LossScript loss;
  private final int shards;

  /**
   * @param loss of the run, with which parameters and models agree
   * @param shards pieces that completions are cut into
   */
  public EntropyProbe(GradientSource source, LossScript loss, int shards) {
    this.source = source;
    this.loss = loss;
    this.shards = shards;
  }

  /**
   * @param completions of prompts, whose tokens stay the same at each temperature
   * @param target entropy in nats per token, above 0
   * @return the temperature at which the mean entropy is the target, 0.3 to 2; the nearer bound
   *     where none is, and {@code current} where no completion has a verdict
   */
  public double temperature(
      Parameters theta, RolloutBatch completions, double target, double current) {
    Episodes episodes = new Episodes(completions);
    return episodes.all().isEmpty()
        ? current
        : bisect(temperature -> entropy(theta, episodes, temperature), target);
  }

  /** The mean over all learned tokens, in nats. */
  double entropy(Parameters theta, Episodes episodes, double temperature) {
    int all = episodes.all().size();
    List<float[]> rows = episodes.score(source, theta, loss, temperature, shards, all).entropies();
    double sum = 0;
    long tokens = 0;
    for (float[] row : rows) {
      for (float entropy : row) {
        sum += entropy;
        tokens++;
      }
    }
    return sum / tokens;
  }

  /**
   * @param entropy of a temperature; it must not fall
   * @return the temperature that has the target, or the nearer bound
   */
  static double bisect(DoubleUnaryOperator entropy, double target) {
    double low = COLDEST;
    double high = HOTTEST;
    if (entropy.applyAsDouble(low) >= target) {
      return low;
    }
    if (entropy.applyAsDouble(high) <= target) {
      return high;
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (entropy.applyAsDouble(middle) < target) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }
}
