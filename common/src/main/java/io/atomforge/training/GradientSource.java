package io.atomforge.training;

import io.atomforge.model.Gradient;
import io.atomforge.model.LogProbs;
import io.atomforge.model.Parameters;
import java.util.List;

/** Computes gradients and scores of shards, on this machine or on many. */
public interface GradientSource {
  /**
   * @param temperature divides the logits
   * @return the sum of the shards' gradients, added in an order that does not depend on where they
   *     were computed
   */
  Answer gradients(Parameters theta, List<Shard> shards, double temperature);

  /**
   * What steps that workers take alone change, see {@link LocalSteps#take}.
   *
   * @param shards those of the first worker, one per step, then those of the next
   */
  Answer changes(Parameters theta, List<Shard> shards, double temperature, LocalSteps steps);

  /**
   * @return the log probabilities of each shard's targets, in order
   */
  List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature);

  /**
   * A step's gradient and what it cost.
   *
   * @param sum the caller closes it
   * @param broadcastSeconds time to make the parameters available
   * @param computeSeconds time of the gradients themselves, divided by the tasks that ran at once
   * @param addSeconds time to add what came, when all had come
   * @param broadcastBytes what every machine received
   * @param gradientBytes what came back, from all together
   */
  record Answer(
      Gradient sum,
      double broadcastSeconds,
      double computeSeconds,
      double addSeconds,
      long broadcastBytes,
      long gradientBytes) {}
}
