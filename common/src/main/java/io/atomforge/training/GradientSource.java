package io.atomforge.training;

import io.atomforge.model.Gradient;
import io.atomforge.model.LogProbs;
import io.atomforge.model.Parameters;
import java.util.List;

/** Computes gradients and scores of shards, on this machine or on many. */
public interface GradientSource {
  /**
   * @param temperature divides the logits
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
   * The gradient of a step, still in pieces.
   *
   * @param sums to be added in this order; no more than one per shard
   * @param broadcastSeconds time to make the parameters available
   * @param computeSeconds time of the gradients themselves, divided by the tasks that ran at once
   * @param broadcastBytes what every machine received
   * @param gradientBytes what came back, from all together
   */
  record Answer(
      List<Gradient> sums,
      double broadcastSeconds,
      double computeSeconds,
      long broadcastBytes,
      long gradientBytes) {}
}
