package io.atomforge.training;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.LogProbs;
import io.atomforge.model.Parameters;
import java.util.List;

/**
 * Computes shard after shard on the calling thread.
 *
 * @param model of any loss; each shard is computed under its own
 */
public record LocalGradients(CausalLM model) implements GradientSource {
  @Override
  public Answer gradients(Parameters theta, List<Shard> shards, double temperature) {
    long start = System.nanoTime();
    Gradient sum = Gradient.zero(theta.layout(), model.device());
    try (Gradient own = Gradient.zero(theta.layout(), model.device())) {
      for (Shard s : shards) {
        own.clear();
        model.with(s.loss()).gradient(theta, null, s.batch(), s.inputs(), temperature, own);
        sum.add(own);
      }
    }
    return new Answer(sum, 0, (System.nanoTime() - start) / 1e9, 0, 0, 0);
  }

  @Override
  public Answer changes(
      Parameters theta, List<Shard> shards, double temperature, LocalSteps steps) {
    long start = System.nanoTime();
    Gradient sum = Gradient.zero(theta.layout(), model.device());
    int each = steps.learningRates().size();
    try (Gradient own = Gradient.zero(theta.layout(), model.device())) {
      for (int from = 0; from < shards.size(); from += each) {
        List<Shard> group = shards.subList(from, from + each);
        steps.take(model.with(Shard.loss(group)), theta, null, group, temperature, own);
        sum.add(own);
      }
    }
    return new Answer(sum, 0, (System.nanoTime() - start) / 1e9, 0, 0, 0);
  }

  @Override
  public List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature) {
    return shards.stream()
        .map(s -> model.with(s.loss()).logProbs(theta, s.batch(), temperature))
        .toList();
  }
}
