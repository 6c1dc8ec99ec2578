package io.atomforge.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.model.LogProbs;
import io.atomforge.model.Parameters;
import io.atomforge.training.GradientSource;
import io.atomforge.training.LocalSteps;
import io.atomforge.training.Shard;
import java.util.List;

/**
 * Says of each token that its surprisal is its id.
 *
 * @param expected temperature at which it is asked
 */
record TokenIds(double expected) implements GradientSource {
  @Override
  public Answer gradients(Parameters theta, List<Shard> shards, double temperature) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Answer changes(
      Parameters theta, List<Shard> shards, double temperature, LocalSteps steps) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature) {
    assertThat(temperature).isEqualTo(expected);
    return shards.stream()
        .map(
            shard -> {
              int[] targets = shard.batch().targets();
              float[] surprisals = new float[targets.length];
              for (int t = 0; t < targets.length; t++) {
                surprisals[t] = -targets[t];
              }
              return new LogProbs(surprisals, new float[0], new float[0]);
            })
        .toList();
  }
}
