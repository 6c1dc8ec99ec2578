package io.atomforge.training;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.LogProbs;
import io.atomforge.model.Parameters;
import java.util.List;
import java.util.stream.IntStream;

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
  public Answer changes(
      Parameters theta, List<Shard> shards, double temperature, LocalSteps steps) {
    long start = System.nanoTime();
    int each = steps.learningRates().size();
    List<Gradient> changes =
        IntStream.range(0, shards.size() / each)
            .mapToObj(w -> shards.subList(w * each, (w + 1) * each))
            .map(own -> steps.take(model, theta, null, own, temperature))
            .toList();
    return new Answer(changes, 0, (System.nanoTime() - start) / 1e9, 0, 0);
  }

  @Override
  public List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature) {
    return shards.stream().map(s -> model.logProbs(theta, s.batch(), temperature)).toList();
  }
}
