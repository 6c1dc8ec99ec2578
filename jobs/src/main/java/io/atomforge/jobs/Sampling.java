package io.atomforge.jobs;

import io.atomforge.model.SamplingSettings;

/**
 * The keys of sampling, which {@code TrainRl} and {@code Evaluate} share.
 *
 * @param temperature above 0
 * @param topP above 0, at most 1
 * @param maxCompletionLength tokens after which a completion is cut
 * @param rowsPerBatch completions decoded together
 */
record Sampling(double temperature, double topP, int maxCompletionLength, int rowsPerBatch) {
  Sampling {
    Checks.positive("temperature", temperature);
    Checks.check(topP > 0 && topP <= 1, "top_p", topP, "above 0 and at most 1");
    Checks.atLeast(1, "max_completion_length", maxCompletionLength);
    Checks.atLeast(1, "rows_per_batch", rowsPerBatch);
  }

  SamplingSettings settings(int eosTokenId) {
    return new SamplingSettings(temperature, topP, 0, maxCompletionLength, eosTokenId);
  }

  /** The likeliest token each time. */
  SamplingSettings greedy(int eosTokenId) {
    return SamplingSettings.greedy(maxCompletionLength, eosTokenId);
  }
}
