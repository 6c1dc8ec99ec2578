package io.atomforge.training;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.LogProbs;
import io.atomforge.model.Parameters;
import java.util.List;

/** Computes shard after shard on the calling thread. */
public record LocalGradients(CausalLM model) implements GradientSource {
  @Override
  public List<Gradient> gradients(Parameters theta, List<Shard> shards, double temperature) {
    return shards.stream()
        .map(s -> model.gradient(theta, s.batch(), s.inputs(), temperature))
        .toList();
  }

  @Override
  public List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature) {
    return shards.stream().map(s -> model.logProbs(theta, s.batch(), temperature)).toList();
  }
}
