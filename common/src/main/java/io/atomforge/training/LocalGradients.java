package io.atomforge.training;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.LogProbs;
import io.atomforge.model.Parameters;
import java.util.List;

/** Computes shard after shard on the calling thread. */
public record LocalGradients(CausalLM model) implements GradientSource {
  @Override
  public Answer gradients(Parameters theta, List<Shard> shards, double temperature) {
    long start = System.nanoTime();
    List<Gradient> sums =
        shards.stream()
            .map(s -> model.gradient(theta, s.batch(), s.inputs(), temperature))
            .toList();
    return new Answer(sums, 0, (System.nanoTime() - start) / 1e9, 0, 0);
  }

  @Override
  public List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature) {
    return shards.stream().map(s -> model.logProbs(theta, s.batch(), temperature)).toList();
  }
}
