package io.atomforge.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.torch.TorchScript;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Adam with decoupled weight decay, Loshchilov and Hutter 2019, Algorithm 2. Norm weights are not
 * decayed.
 *
 * @param learningRate step size where the caller names none
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of squared gradients
 * @param epsilon added to the root of the latter
 * @param weightDecay times the learning rate: the part of a decayed parameter lost per step
 */
public record AdamW(
    double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public AdamW {
    atLeastZero("learning_rate", learningRate);
    atLeastZero("weight_decay", weightDecay);
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "beta1 and beta2 must be at least 0 and below 1, got " + beta1 + " and " + beta2);
    }
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon must be positive, got " + epsilon);
    }
  }

  /** A fresh optimizer for parameters of this layout on this device. */
  public State start(ParameterLayout layout, Device device) {
    return new State(this, layout, device);
  }

  /** The two moments of every parameter, in native memory, and the number of steps taken. */
  public static final class State implements AutoCloseable {
    private final AdamW settings;
    private final Parameters mean;
    private final Parameters square;
    private final TorchScript script;
    private long step;

    private State(AdamW settings, ParameterLayout layout, Device device) {
      this.settings = settings;
      List<Long> sizes = new ArrayList<>(layout.decayRuns());
      sizes.add((long) layout.valueHeadSize());
      Map<String, String> places =
          Map.of(
              "sizes",
              sizes.stream().map(String::valueOf).collect(Collectors.joining(", ")),
              "runs",
              "" + (sizes.size() - 1),
              "value_head",
              "" + layout.valueHeadSize());
      script = TorchScript.shared(AdamW.class, "adam_w.py", "AdamW", places, device, 1);
      mean = Parameters.zeros(layout, device);
      square = Parameters.zeros(layout, device);
    }

    /**
     * Divides a gradient, clips it to a norm and updates the parameters in place. A gradient with a
     * norm that is not finite changes nothing.
     *
     * @param gradient a sum, on the optimizer's device
     * @param divisor turns it into the mean
     * @param maxGradNorm greatest norm of the mean; infinity to leave it as it is
     * @return the norm of the mean gradient before clipping
     */
    public double step(
        Parameters theta,
        Parameters gradient,
        double divisor,
        double maxGradNorm,
        double learningRate) {
      return step(theta, gradient, divisor, maxGradNorm, learningRate, learningRate);
    }

    /**
     * The same.
     *
     * @param valueLearningRate of the value head
     */
    public double step(
        Parameters theta,
        Parameters gradient,
        double divisor,
        double maxGradNorm,
        double learningRate,
        double valueLearningRate) {
      atLeastZero("learning_rate", learningRate);
      if (!(divisor > 0 && maxGradNorm > 0)) {
        throw new IllegalArgumentException(
            "divisor and max_grad_norm must be positive, got " + divisor + ", " + maxGradNorm);
      }
      try (TorchScript.Call call = script.open()) {
        NDArray norm =
            call.run(
                    "step",
                    theta.array(),
                    gradient.array(),
                    mean.array(),
                    square.array(),
                    call.floats(new float[] {step}),
                    call.doubles(
                        learningRate,
                        settings.beta1,
                        settings.beta2,
                        settings.epsilon,
                        settings.weightDecay,
                        divisor,
                        maxGradNorm,
                        valueLearningRate))
                .get(0);
        double value = norm.getDouble();
        if (Double.isFinite(value)) {
          step++;
        }
        return value;
      }
    }

    /** Updates made so far. */
    public long step() {
      return step;
    }

    /** The mean of gradients, which steps change. */
    public Parameters mean() {
      return mean;
    }

    /** The mean of squared gradients, which steps change. */
    public Parameters square() {
      return square;
    }

    /** Goes on as if {@code step} updates had led to the means that are now there. */
    public void resume(long step) {
      this.step = step;
    }

    @Override
    public void close() {
      mean.close();
      square.close();
    }
  }

  private static void atLeastZero(String name, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(name + " must be 0 or more, got " + value);
    }
  }
}
