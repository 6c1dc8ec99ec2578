package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How the losses of tokens become one number: the sum over all tokens of weight times loss, divided
 * by the sum over all sequences of their denominators. Both sums run over the whole batch, so any
 * cut into shards gives the same. A sequence without loss tokens counts in neither.
 */
public enum LossAggregation {
  /** Every token counts the same. Yu et al. 2025 (DAPO), Eq. 8. */
  @JsonProperty("token_mean")
  TOKEN_MEAN,
  /** The mean over sequences of the mean over tokens. Shao et al. 2024 (GRPO), Eq. 3. */
  @JsonProperty("seq_mean_token_mean")
  SEQ_MEAN_TOKEN_MEAN,
  /** The mean over sequences of the sum over tokens. */
  @JsonProperty("seq_mean_token_sum")
  SEQ_MEAN_TOKEN_SUM,
  /** The sum over tokens by a fixed length. Liu et al. 2025 (Dr. GRPO), section 3.2. */
  @JsonProperty("constant")
  CONSTANT;

  /**
   * @param lossTokens tokens of one sequence that carry loss
   * @return the factor of the loss of each of them
   */
  public double tokenWeight(int lossTokens) {
    return this == SEQ_MEAN_TOKEN_MEAN && lossTokens > 0 ? 1.0 / lossTokens : 1;
  }

  /**
   * @param lossTokens tokens of one sequence that carry loss
   * @param maxCompletionTokens longest allowed completion; only {@link #CONSTANT} looks at it
   * @return what the sequence adds to the divisor
   */
  public double denominator(int lossTokens, int maxCompletionTokens) {
    if (lossTokens == 0) {
      return 0;
    }
    return switch (this) {
      case TOKEN_MEAN -> lossTokens;
      case SEQ_MEAN_TOKEN_MEAN, SEQ_MEAN_TOKEN_SUM -> 1;
      case CONSTANT -> maxCompletionTokens;
    };
  }
}
