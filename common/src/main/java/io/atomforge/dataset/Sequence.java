package io.atomforge.dataset;

import java.util.Arrays;
import java.util.Objects;

/**
 * One training example: a prompt and its completion as one row of tokens.
 *
 * <p>The arrays are shared, not copied, because a run holds millions of tokens: whoever makes a
 * sequence gives them away, and nobody changes them afterwards. Equality compares their contents.
 *
 * @param sequenceId unique in its set; copies of one example differ here
 * @param problemId the problem it answers
 * @param mixture the name of the set it belongs to
 * @param tokens ids, shape (T,), T at least 2
 * @param lossMask shape (T,): 1 where the token is learned, namely the completion with its
 *     end-of-sequence token, else 0; the first token, which nothing predicts, is always 0
 * @param weight factor of this sequence's loss, above 0; 1 is usual
 */
public record Sequence(
    String sequenceId,
    String problemId,
    String mixture,
    int[] tokens,
    int[] lossMask,
    double weight) {
  /** The mixture of sequences that a run measures itself on and does not learn. */
  public static final String VALIDATION = "validation";

  /**
   * @throws IllegalArgumentException if the arrays do not match, the mask holds anything but 0 and
   *     1 or no 1 at all, or the weight is not positive and finite
   */
  public Sequence {
    Objects.requireNonNull(sequenceId, "sequenceId");
    Objects.requireNonNull(problemId, "problemId");
    Objects.requireNonNull(mixture, "mixture");
    if (tokens.length != lossMask.length || tokens.length < 2 || lossMask[0] != 0) {
      throw new IllegalArgumentException(
          "Sequence "
              + sequenceId
              + " has "
              + tokens.length
              + " tokens and "
              + lossMask.length
              + " mask entries; both must be equal, 2 or more, and the first masked");
    }
    if (Arrays.stream(lossMask).anyMatch(m -> m != 0 && m != 1)
        || Arrays.stream(lossMask).sum() == 0) {
      throw new IllegalArgumentException(
          "Sequence " + sequenceId + " needs a loss mask of 0 and 1 that learns a token");
    }
    if (!(weight > 0 && Double.isFinite(weight))) {
      throw new IllegalArgumentException(
          "Sequence " + sequenceId + " has weight " + weight + ", which must be above 0");
    }
  }

  /**
   * @param promptIds not learned, at least one
   * @param completionIds learned, with the end-of-sequence token, at least one
   */
  public static Sequence of(
      String sequenceId,
      String problemId,
      String mixture,
      int[] promptIds,
      int[] completionIds,
      double weight) {
    int length = promptIds.length + completionIds.length;
    int[] tokens = Arrays.copyOf(promptIds, length);
    System.arraycopy(completionIds, 0, tokens, promptIds.length, completionIds.length);
    int[] lossMask = new int[length];
    Arrays.fill(lossMask, promptIds.length, length, 1);
    return new Sequence(sequenceId, problemId, mixture, tokens, lossMask, weight);
  }

  /**
   * @return T, prompt and completion together
   */
  public int length() {
    return tokens.length;
  }

  /**
   * @return tokens with mask 1: this sequence's share of a token mean's denominator
   */
  public int learnedTokens() {
    return Arrays.stream(lossMask).sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sequence that
        && sequenceId.equals(that.sequenceId)
        && problemId.equals(that.problemId)
        && mixture.equals(that.mixture)
        && Arrays.equals(tokens, that.tokens)
        && Arrays.equals(lossMask, that.lossMask)
        && Double.compare(weight, that.weight) == 0;
  }

  @Override
  public int hashCode() {
    return Objects.hash(sequenceId, problemId, mixture, Arrays.hashCode(tokens), weight);
  }

  @Override
  public String toString() {
    return "Sequence[" + sequenceId + ", " + learnedTokens() + " of " + length() + " learned]";
  }
}
