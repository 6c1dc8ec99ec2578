package io.atomforge.jobs.run;

import io.atomforge.generation.SamplingSettings;
import io.atomforge.jobs.cli.Checks;
import java.util.List;

/**
 * The keys of sampling, which {@code TrainRl} and {@code Evaluate} share.
 *
 * @param temperature above 0
 * @param topP above 0, at most 1
 * @param topK 0 or more
 * @param minP 0 to 1
 * @param maxCompletionLength tokens after which a completion is cut
 * @param stop texts that end a completion; none of them empty
 * @param rowsPerBatch completions decoded together
 */
public record Sampling(
    double temperature,
    double topP,
    int topK,
    double minP,
    int maxCompletionLength,
    List<String> stop,
    int rowsPerBatch) {
  public Sampling {
    Checks.positive("temperature", temperature);
    check(topP, topK, minP, maxCompletionLength, stop, rowsPerBatch);
  }

  /**
   * Refuses values out of the ranges above.
   *
   * @throws io.atomforge.config.ConfigException that names the key
   */
  public static void check(
      double topP,
      int topK,
      double minP,
      int maxCompletionLength,
      List<String> stop,
      int rowsPerBatch) {
    Checks.check(topP > 0 && topP <= 1, "top_p", topP, "above 0 and at most 1");
    Checks.atLeast(0, "top_k", topK);
    Checks.check(minP >= 0 && minP <= 1, "min_p", minP, "0 to 1");
    Checks.atLeast(1, "max_completion_length", maxCompletionLength);
    Checks.check(!stop.contains(""), "stop", stop, "without empty texts");
    Checks.atLeast(1, "rows_per_batch", rowsPerBatch);
  }

  public SamplingSettings settings(int eosTokenId) {
    return new SamplingSettings(
        temperature, topP, topK, minP, maxCompletionLength, eosTokenId, stop);
  }

  /** The same with other stop texts. */
  public Sampling withStop(List<String> texts) {
    return new Sampling(temperature, topP, topK, minP, maxCompletionLength, texts, rowsPerBatch);
  }

  /** The likeliest token each time. */
  public SamplingSettings greedy(int eosTokenId) {
    return settings(eosTokenId).greedy();
  }
}
