package io.atomforge.training;

import io.atomforge.model.Gradient;
import io.atomforge.model.LogProbs;
import io.atomforge.model.Parameters;
import java.util.List;

/** Computes gradients and scores of shards, on this machine or on many. */
public interface GradientSource {
  /**
   * @param temperature divides the logits
   * @return one gradient sum per shard, in order
   */
  List<Gradient> gradients(Parameters theta, List<Shard> shards, double temperature);

  /**
   * @return the log probabilities of each shard's targets, in order
   */
  List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature);
}
