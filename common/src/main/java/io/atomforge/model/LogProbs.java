package io.atomforge.model;

import java.io.Serializable;
import java.util.stream.Stream;

/**
 * @param logProbs log probability of each target, natural, shape (N,)
 * @param entropies entropy of each position's distribution in nats, shape (N,)
 * @param values the value head's output at each position, shape (N,); empty without one
 */
public record LogProbs(float[] logProbs, float[] entropies, float[] values)
    implements Serializable {

  /**
   * @param logProbs of the tokens of each sequence
   * @return the mean of minus the log probability over all tokens, in nats; NaN without any
   */
  public static double meanSurprisal(Stream<float[]> logProbs) {
    double sum = 0;
    long tokens = 0;
    for (float[] sequence : (Iterable<float[]>) logProbs::iterator) {
      for (float logProb : sequence) {
        sum -= logProb;
        tokens++;
      }
    }
    return sum / tokens;
  }
}
