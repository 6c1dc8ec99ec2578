package io.atomforge.merge;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** How the weights of several models become those of one. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "linear", value = Merge.Linear.class),
  @Type(name = "slerp", value = Merge.Slerp.class),
  @Type(name = "ties", value = Merge.Ties.class)
})
public sealed interface Merge {
  /**
   * @param models how many will be merged
   * @throws IllegalArgumentException if the rule is for another number of them
   */
  void check(int models);

  /** The model from which the others came; empty if the rule needs none. */
  default String base() {
    return "";
  }

  /**
   * Replaces the first of the models, or the base where there is one, by the merged model.
   *
   * @param models of one layout, without the base
   */
  void merge(List<Parameters> models, Parameters into);

  /**
   * The weighted mean. Wortsman et al. 2022 (Model soups, arXiv:2203.05482).
   *
   * @param weights one per model, with sum 1; negative ones are allowed
   */
  record Linear(List<Double> weights) implements Merge {
    public Linear {
      weights = List.copyOf(weights);
      double sum = weights.stream().mapToDouble(w -> w).sum();
      if (!(Math.abs(sum - 1) < 1e-6)) {
        throw new IllegalArgumentException("weights must have the sum 1, got " + weights);
      }
    }

    @Override
    public void check(int models) {
      require(models == weights.size(), "weights must be one per model of models");
    }

    @Override
    public void merge(List<Parameters> models, Parameters into) {
      into.change(
          models,
          values -> {
            double sum = 0;
            for (int k = 0; k < weights.size(); k++) {
              sum += weights.get(k) * values[1 + k];
            }
            return (float) sum;
          });
    }
  }

  /**
   * Spherical interpolation, tensor by tensor: {@code (sin((1-t) w) a + sin(t w) b) / sin w} with
   * the angle w between the two. Shoemake 1985, Animating Rotation with Quaternion Curves. Tensors
   * that are nearly parallel, or of which one is zero, are interpolated linearly.
   *
   * @param t 0 for the first model, 1 for the second
   */
  record Slerp(double t) implements Merge {
    /** Cosine beyond which the sine of the angle is too small to divide by. */
    private static final double PARALLEL = 0.9995;

    public Slerp {
      require(t >= 0 && t <= 1, "t must be 0 to 1, got " + t);
    }

    @Override
    public void check(int models) {
      require(models == 2, "slerp merges two models");
    }

    @Override
    public void merge(List<Parameters> models, Parameters into) {
      for (ParameterLayout.Tensor tensor : into.layout().tensors()) {
        double[] sums = new double[3]; // of the squares of a, the products and the squares of b
        windows(
            models,
            tensor,
            (at, a, b) -> {
              for (int i = 0; i < a.length; i++) {
                sums[0] += (double) a[i] * a[i];
                sums[1] += (double) a[i] * b[i];
                sums[2] += (double) b[i] * b[i];
              }
            });
        double[] share = shares(sums[1] / Math.sqrt(sums[0] * sums[2]));
        windows(
            models,
            tensor,
            (at, a, b) -> {
              for (int i = 0; i < a.length; i++) {
                a[i] = (float) (share[0] * a[i] + share[1] * b[i]);
              }
              into.write(at, FloatBuffer.wrap(a));
            });
      }
    }

    /** The factors of the two tensors. */
    double[] shares(double cosine) {
      if (!(Math.abs(cosine) < PARALLEL)) {
        return new double[] {1 - t, t};
      }
      double angle = Math.acos(cosine);
      return new double[] {
        Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)
      };
    }

    private interface Window {
      void see(long at, float[] a, float[] b);
    }

    private static void windows(
        List<Parameters> models, ParameterLayout.Tensor tensor, Window window) {
      for (long done = 0; done < tensor.size(); done += Parameters.WINDOW) {
        int n = (int) Math.min(Parameters.WINDOW, tensor.size() - done);
        float[][] both = new float[2][n];
        for (int k = 0; k < 2; k++) {
          models.get(k).read(tensor.offset() + done, FloatBuffer.wrap(both[k]));
        }
        window.see(tensor.offset() + done, both[0], both[1]);
      }
    }
  }

  /**
   * Of what each model has added to the base only the greatest values are kept; each place takes
   * the sign of their sum, and the mean of those that have this sign is added to the base. Yadav et
   * al. 2023 (TIES-Merging, arXiv:2306.01708).
   *
   * @param base a model, as the models are named
   * @param density share of a model's values that is kept, above 0 and up to 1; 0.2 in the paper
   * @param scale factor of what is added, 0 or more; 1 in the paper, if it is not searched for
   */
  record Ties(String base, double density, double scale) implements Merge {
    public Ties {
      require(!base.isBlank(), "base must name the model that the others come from");
      require(density > 0 && density <= 1, "density must be above 0 and up to 1, got " + density);
      require(scale >= 0 && Double.isFinite(scale), "scale must be 0 or more, got " + scale);
    }

    @Override
    public void check(int models) {
      require(models >= 1, "ties merges one model or more with its base");
    }

    @Override
    public void merge(List<Parameters> models, Parameters into) {
      long kept = (long) Math.floor(density * into.layout().size());
      List<Float> least = new ArrayList<>();
      models.forEach(model -> least.add(Magnitudes.ofDifference(model, into).atRank(kept)));
      into.change(
          models,
          values -> {
            double sum = 0;
            for (int k = 0; k < least.size(); k++) {
              sum += trimmed(values, k, least.get(k));
            }
            double agreeing = 0;
            int count = 0;
            for (int k = 0; k < least.size(); k++) {
              double value = trimmed(values, k, least.get(k));
              if (value * sum > 0) {
                agreeing += value;
                count++;
              }
            }
            return (float) (values[0] + (count == 0 ? 0 : scale * agreeing / count));
          });
    }

    private static double trimmed(float[] values, int model, float least) {
      float added = values[1 + model] - values[0];
      return Math.abs(added) >= least ? added : 0;
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
