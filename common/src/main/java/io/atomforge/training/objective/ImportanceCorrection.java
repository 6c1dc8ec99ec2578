package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * Corrects for tokens that another policy than the trainer's old one has sampled: the same weights
 * in another precision, or an earlier policy. The weights are constants: no gradient goes through
 * them.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "none", value = ImportanceCorrection.None.class),
  @Type(name = "bypass", value = ImportanceCorrection.Bypass.class),
  @Type(name = "token_truncated", value = ImportanceCorrection.TokenTruncated.class),
  @Type(name = "sequence_truncated", value = ImportanceCorrection.SequenceTruncated.class),
  @Type(name = "sequence_masked", value = ImportanceCorrection.SequenceMasked.class),
  @Type(name = "geometric_masked", value = ImportanceCorrection.GeometricMasked.class),
  @Type(name = "k2_masked", value = ImportanceCorrection.K2Masked.class),
  @Type(name = "k3_masked", value = ImportanceCorrection.K3Masked.class),
  @Type(name = "batch_normalized", value = ImportanceCorrection.BatchNormalized.class)
})
public sealed interface ImportanceCorrection {
  /**
   * @param logRatios log old policy minus log sampling policy of one completion's tokens, shape
   *     (T,)
   * @return the factor of each token's advantage, shape (T,); empty if the completion is to be left
   *     out of the loss
   */
  Optional<double[]> weights(double[] logRatios);

  /**
   * The same for all completions of a step.
   *
   * @param logRatios as for {@link #weights}, of each completion
   */
  default List<Optional<double[]>> ofStep(List<double[]> logRatios) {
    return logRatios.stream().map(this::weights).toList();
  }

  /** Whether it needs the trainer's own log probabilities. */
  @JsonIgnore
  default boolean looks() {
    return !(isNone() || bypasses());
  }

  /** Whether the loss compares with the policy that sampled in place of the trainer's old one. */
  @JsonIgnore
  default boolean bypasses() {
    return this instanceof Bypass;
  }

  /** Whether rollouts of another policy are taken for those of the policy itself. */
  @JsonIgnore
  default boolean isNone() {
    return this instanceof None;
  }

  /** Takes the sampling policy to be the old policy. */
  record None() implements ImportanceCorrection {
    @Override
    public Optional<double[]> weights(double[] logRatios) {
      double[] ones = new double[logRatios.length];
      Arrays.fill(ones, 1);
      return Optional.of(ones);
    }
  }

  /** The ratio of the loss itself is that to the sampling policy, so that nothing is left over. */
  record Bypass() implements ImportanceCorrection {
    @Override
    public Optional<double[]> weights(double[] logRatios) {
      return new None().weights(logRatios);
    }
  }

  /**
   * Each token by its own ratio, at most {@code cap}: little variance, biased. Yao et al. 2025,
   * "truncated importance sampling".
   */
  record TokenTruncated(double cap) implements ImportanceCorrection {
    public TokenTruncated {
      checkCap(cap);
    }

    @Override
    public Optional<double[]> weights(double[] logRatios) {
      return Optional.of(Arrays.stream(logRatios).map(r -> Math.min(cap, Math.exp(r))).toArray());
    }
  }

  /** Every token by the ratio of the whole completion, at most {@code cap}: unbiased below it. */
  record SequenceTruncated(double cap) implements ImportanceCorrection {
    public SequenceTruncated {
      checkCap(cap);
    }

    @Override
    public Optional<double[]> weights(double[] logRatios) {
      double[] weights = new double[logRatios.length];
      Arrays.fill(weights, Math.min(cap, Math.exp(Arrays.stream(logRatios).sum())));
      return Optional.of(weights);
    }
  }

  /** The ratio of the whole completion, which is left out if this exceeds {@code cap}. */
  record SequenceMasked(double cap) implements ImportanceCorrection {
    public SequenceMasked {
      checkCap(cap);
    }

    @Override
    public Optional<double[]> weights(double[] logRatios) {
      double ratio = Math.exp(Arrays.stream(logRatios).sum());
      return ratio > cap ? Optional.empty() : new SequenceTruncated(cap).weights(logRatios);
    }
  }

  /**
   * Leaves out a completion whose ratio per token, the geometric mean, is outside a range; unlike
   * the ratio of the whole, this does not drop long completions first. The others count fully.
   *
   * @param low above 0, at most 1
   * @param high 1 or more
   */
  record GeometricMasked(double low, double high) implements ImportanceCorrection {
    public GeometricMasked {
      if (!(low > 0 && low <= 1 && high >= 1)) {
        throw new IllegalArgumentException(
            "low must be above 0 and at most 1, high 1 or more, got " + low + " and " + high);
      }
    }

    @Override
    public Optional<double[]> weights(double[] logRatios) {
      double mean = Math.exp(Arrays.stream(logRatios).average().orElse(0));
      return mean < low || mean > high ? Optional.empty() : new None().weights(logRatios);
    }
  }

  /**
   * Leaves out a completion whose mean of half the squared log ratio exceeds {@code bound}: the k2
   * estimate of the KL between the two policies. The others count fully.
   */
  record K2Masked(double bound) implements ImportanceCorrection {
    public K2Masked {
      checkBound(bound);
    }

    @Override
    public Optional<double[]> weights(double[] logRatios) {
      return masked(Arrays.stream(logRatios).map(r -> r * r / 2), bound, logRatios);
    }
  }

  /** The same by the k3 estimate, ratio - 1 - log ratio. */
  record K3Masked(double bound) implements ImportanceCorrection {
    public K3Masked {
      checkBound(bound);
    }

    @Override
    public Optional<double[]> weights(double[] logRatios) {
      return masked(Arrays.stream(logRatios).map(r -> Math.expm1(r) - r), bound, logRatios);
    }
  }

  /**
   * Another correction whose weights are divided by their mean over all tokens of the step, so that
   * they change no step's size.
   *
   * @param of any but itself
   */
  record BatchNormalized(ImportanceCorrection of) implements ImportanceCorrection {
    public BatchNormalized {
      if (of instanceof BatchNormalized || of.bypasses()) {
        throw new IllegalArgumentException("batch_normalized needs a correction with weights");
      }
    }

    @Override
    public Optional<double[]> weights(double[] logRatios) {
      return of.weights(logRatios);
    }

    @Override
    public List<Optional<double[]>> ofStep(List<double[]> logRatios) {
      List<Optional<double[]>> weights = of.ofStep(logRatios);
      double mean =
          weights.stream()
              .flatMap(Optional::stream)
              .flatMapToDouble(Arrays::stream)
              .average()
              .orElse(1);
      return weights.stream()
          .map(row -> row.map(w -> Arrays.stream(w).map(x -> x / mean).toArray()))
          .toList();
    }
  }

  private static Optional<double[]> masked(DoubleStream kl, double bound, double[] logRatios) {
    return kl.average().orElse(0) > bound ? Optional.empty() : new None().weights(logRatios);
  }

  /**
   * The number of equally weighted tokens that say as much: (sum w)^2 / sum w^2.
   *
   * @param weights at least one above 0
   */
  static double effectiveSampleSize(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    return sum * sum / Arrays.stream(weights).map(w -> w * w).sum();
  }

  private static void checkBound(double bound) {
    if (!(bound > 0)) {
      throw new IllegalArgumentException("bound must be positive, got " + bound);
    }
  }

  private static void checkCap(double cap) {
    if (!(cap >= 1)) {
      throw new IllegalArgumentException("cap must be 1 or more, got " + cap);
    }
  }
}
