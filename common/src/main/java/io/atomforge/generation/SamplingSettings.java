package io.atomforge.generation;

import java.io.Serializable;
import java.util.List;

/**
 * How to choose tokens.
 *
 * @param temperature divides the logits; 0 takes the likeliest token
 * @param topP keep the fewest tokens whose probabilities reach this; 1 keeps all
 * @param topK keep that many tokens, before {@code topP}; 0 keeps all
 * @param minP drop tokens whose probability is less than this share of the likeliest one's, after
 *     the temperature; 0 keeps all
 * @param maxNewTokens length at which a completion is cut
 * @param eosTokenId token that ends a completion, or -1 for none
 * @param stop texts that end a completion too; whoever has a tokenizer looks for them
 */
public record SamplingSettings(
    double temperature,
    double topP,
    int topK,
    double minP,
    int maxNewTokens,
    int eosTokenId,
    List<String> stop)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public SamplingSettings {
    stop = List.copyOf(stop);
    if (stop.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("stop must not contain an empty text");
    }
    if (!(temperature >= 0)) {
      throw new IllegalArgumentException("temperature must be 0 or more, got " + temperature);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top_p must be above 0 and at most 1, got " + topP);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top_k must be 0 or more, got " + topK);
    }
    if (!(minP >= 0 && minP <= 1)) {
      throw new IllegalArgumentException("min_p must be 0 to 1, got " + minP);
    }
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("max_new_tokens must be 1 or more, got " + maxNewTokens);
    }
  }

  public static SamplingSettings greedy(int maxNewTokens, int eosTokenId) {
    return new SamplingSettings(0, 1, 0, 0, maxNewTokens, eosTokenId, List.of());
  }

  public static SamplingSettings sampling(double temperature, int maxNewTokens, int eosTokenId) {
    return new SamplingSettings(temperature, 1, 0, 0, maxNewTokens, eosTokenId, List.of());
  }

  /** The same without chance. */
  public SamplingSettings greedy() {
    return new SamplingSettings(0, 1, 0, 0, maxNewTokens, eosTokenId, stop);
  }
}
