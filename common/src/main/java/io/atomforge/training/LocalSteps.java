package io.atomforge.training;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The steps that one worker takes alone.
 *
 * @param optimizer starts without moments
 * @param learningRates one per step
 * @param maxGradNorm greatest norm of a step's mean gradient
 */
public record LocalSteps(AdamW optimizer, List<Double> learningRates, double maxGradNorm)
    implements Serializable {
  public LocalSteps {
    learningRates = List.copyOf(learningRates);
  }

  /**
   * @param shards one per step
   * @return the way back from where the steps led to {@code theta}, times the sum of the shards'
   *     denominators; loss and statistics are sums over all steps
   */
  public Gradient take(
      CausalLM model,
      Parameters theta,
      Parameters reference,
      List<Shard> shards,
      double temperature) {
    double loss = 0;
    double denominator = 0;
    double[] statistics = null;
    float[] before = theta.toFloats();
    try (Parameters own = Parameters.of(theta.layout(), before, model.device());
        AdamW.State state = optimizer.start(theta.layout(), model.device())) {
      for (int i = 0; i < shards.size(); i++) {
        Shard shard = shards.get(i);
        Gradient gradient =
            model.gradient(own, reference, shard.batch(), shard.inputs(), temperature);
        state.step(own, gradient.values(), shard.denominator(), maxGradNorm, learningRates.get(i));
        loss += gradient.loss();
        denominator += shard.denominator();
        statistics = statistics == null ? new double[gradient.statistics().length] : statistics;
        for (int s = 0; s < statistics.length; s++) {
          statistics[s] += gradient.statistics()[s];
        }
      }
      float[] after = own.toFloats();
      for (int i = 0; i < after.length; i++) {
        after[i] = (float) (denominator * (before[i] - after[i]));
      }
      byte[] bytes = new byte[4 * after.length];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(after);
      return new Gradient(bytes, Precision.FP32, loss, statistics);
    }
  }
}
