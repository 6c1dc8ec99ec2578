package io.atomforge.training;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.Parameters;
import java.io.Serializable;
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
   * @param sum to which is added the way back from where the steps led to {@code theta}, times the
   *     sum of the shards' denominators; and loss and statistics of all steps
   */
  public void take(
      CausalLM model,
      Parameters theta,
      Parameters reference,
      List<Shard> shards,
      double temperature,
      Gradient sum) {
    double denominator = 0;
    try (Parameters own = theta.copy(model.device());
        AdamW.State state = optimizer.start(theta.layout(), model.device());
        Gradient gradient = Gradient.zero(theta.layout(), model.device())) {
      for (int i = 0; i < shards.size(); i++) {
        Shard shard = shards.get(i);
        gradient.clear();
        model.gradient(own, reference, shard.batch(), shard.inputs(), temperature, gradient);
        state.step(own, gradient.values(), shard.denominator(), maxGradNorm, learningRates.get(i));
        sum.add(gradient.loss(), gradient.statistics());
        denominator += shard.denominator();
      }
      double factor = denominator;
      sum.values().change(List.of(theta, own), v -> (float) (v[0] + factor * (v[1] - v[2])));
    }
  }
}
