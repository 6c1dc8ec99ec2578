package io.atomforge.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * How rotary frequencies are stretched for longer texts than a model was first trained on; the
 * {@code rope_scaling} of Hugging Face's config.json.
 */
public sealed interface RopeScaling extends Serializable {
  /**
   * @param base of the wavelengths, {@code rope_theta}
   * @param headDim width of one head, A
   * @return radians per position, shape (A / 2,), the fastest first
   */
  double[] frequencies(double base, int headDim);

  /** Factor of all cosines and sines. */
  default double attentionFactor() {
    return 1;
  }

  /** Writes the keys of {@code rope_scaling}; none for unscaled frequencies. */
  void put(ObjectNode scaling);

  /** Base to the power of -2 i / A. Su et al. 2021, Eq. 15. */
  record None() implements RopeScaling {
    @Override
    public double[] frequencies(double base, int headDim) {
      return each(base, headDim, f -> f);
    }

    @Override
    public void put(ObjectNode scaling) {}
  }

  /**
   * All frequencies divided: positional interpolation. Chen et al. 2023, Eq. 4.
   *
   * @param factor above 0
   */
  record Linear(double factor) implements RopeScaling {
    public Linear {
      positive("factor", factor);
    }

    @Override
    public double[] frequencies(double base, int headDim) {
      return each(base, headDim, f -> f / factor);
    }

    @Override
    public void put(ObjectNode scaling) {
      scaling.put("rope_type", "linear").put("factor", factor);
    }
  }

  /**
   * Slow frequencies divided, fast ones kept, those between blended. The rule of Llama 3.1.
   *
   * @param factor divisor of slow frequencies
   * @param lowFreqFactor turns within the original length below which a frequency is slow
   * @param highFreqFactor turns above which it is fast, more than {@code lowFreqFactor}
   * @param originalLength positions that the model was first trained on
   */
  record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalLength)
      implements RopeScaling {
    public Llama3 {
      positive("factor", factor);
      positive("original_max_position_embeddings", originalLength);
      positive("high_freq_factor - low_freq_factor", highFreqFactor - lowFreqFactor);
    }

    @Override
    public double[] frequencies(double base, int headDim) {
      return each(
          base,
          headDim,
          f -> {
            double turns = originalLength * f / (2 * Math.PI);
            double kept = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
            return blend(f / factor, f, kept);
          });
    }

    @Override
    public void put(ObjectNode scaling) {
      scaling.put("rope_type", "llama3").put("factor", factor);
      scaling.put("low_freq_factor", lowFreqFactor).put("high_freq_factor", highFreqFactor);
      scaling.put("original_max_position_embeddings", originalLength);
    }
  }

  /**
   * Slow frequencies divided, fast ones kept, those between blended by their index. Peng et al.
   * 2023 (YaRN), section 3.2, with the bounds rounded outwards as transformers does.
   *
   * @param factor divisor of slow frequencies
   * @param betaFast turns within the original length above which a frequency is kept
   * @param betaSlow turns below which it is divided in full
   * @param originalLength positions that the model was first trained on
   * @param attentionFactor of cosines and sines, usually 0.1 ln(factor) + 1
   */
  record Yarn(
      double factor,
      double betaFast,
      double betaSlow,
      int originalLength,
      @Override double attentionFactor)
      implements RopeScaling {
    public Yarn {
      positive("factor", factor);
      positive("beta_fast", betaFast);
      positive("beta_slow", betaSlow);
      positive("original_max_position_embeddings", originalLength);
      positive("attention_factor", attentionFactor);
    }

    @Override
    public double[] frequencies(double base, int headDim) {
      double low = Math.max(0, Math.floor(index(betaFast, base, headDim)));
      double high = Math.min(headDim - 1, Math.ceil(index(betaSlow, base, headDim)));
      double width = low == high ? 0.001 : high - low;
      double[] plain = new None().frequencies(base, headDim);
      return IntStream.range(0, plain.length)
          .mapToDouble(i -> blend(plain[i], plain[i] / factor, (i - low) / width))
          .toArray();
    }

    /** The index, not rounded, of the frequency that turns so often within the original length. */
    private double index(double turns, double base, int headDim) {
      return headDim * Math.log(originalLength / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    }

    @Override
    public void put(ObjectNode scaling) {
      scaling.put("rope_type", "yarn").put("factor", factor);
      scaling.put("beta_fast", betaFast).put("beta_slow", betaSlow);
      scaling.put("original_max_position_embeddings", originalLength);
      scaling.put("attention_factor", attentionFactor);
    }
  }

  private static double[] each(double base, int headDim, DoubleUnaryOperator scale) {
    return IntStream.range(0, headDim / 2)
        .mapToDouble(i -> scale.applyAsDouble(Math.pow(base, -2.0 * i / headDim)))
        .toArray();
  }

  private static double blend(double at0, double at1, double t) {
    double inside = Math.max(0, Math.min(1, t));
    return (1 - inside) * at0 + inside * at1;
  }

  private static void positive(String key, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(
          "rope scaling: " + key + " must be positive, got " + value);
    }
  }
}
