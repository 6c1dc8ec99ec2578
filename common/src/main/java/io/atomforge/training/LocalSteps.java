package io.atomforge.training;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.Parameters;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
   * @param way becomes the way back from where the steps led to {@code theta}, times the sum of the
   *     shards' denominators, with loss and statistics of all steps; what it holds on the way is
   *     the gradient of a step
   */
  public void take(
      CausalLM model,
      Parameters theta,
      @Nullable Parameters reference,
      List<Shard> shards,
      double temperature,
      Gradient way) {
    double loss = 0;
    double[] statistics = {};
    double denominator = 0;
    try (Parameters own = theta.copy(model.device());
        AdamW.State state = optimizer.start(theta.layout(), model.device())) {
      for (int i = 0; i < shards.size(); i++) {
        Shard shard = shards.get(i);
        way.clear();
        model.gradient(own, reference, shard.batch(), shard.inputs(), temperature, way);
        state.step(own, way.values(), shard.denominator(), maxGradNorm, learningRates.get(i));
        loss += way.loss();
        double[] more = way.statistics();
        statistics = statistics.length == 0 ? new double[more.length] : statistics;
        for (int k = 0; k < more.length; k++) {
          statistics[k] += more[k];
        }
        denominator += shard.denominator();
      }
      double factor = denominator;
      way.clear();
      way.values().change(List.of(theta, own), v -> (float) (factor * (v[1] - v[2])));
      way.add(loss, statistics);
    }
  }
}
