package io.atomforge.model;

import java.io.Serializable;

/**
 * Token sequences and the positions in them at which a token is predicted.
 *
 * @param rows number of sequences, B
 * @param length tokens per sequence including padding, T
 * @param tokens shape (B, T) row by row, padded on the right with any valid id
 * @param positions shape (N,), {@code row * length + t} of the hidden state that predicts; each
 *     once
 * @param targets shape (N,), the token predicted there, usually that at {@code t + 1}
 * @param weights shape (N,), the factor of each token's loss in the sum
 */
public record TokenBatch(
    int rows, int length, int[] tokens, int[] positions, int[] targets, float[] weights)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if the arrays do not fit each other or a position is outside
   */
  public TokenBatch {
    if (rows < 1 || length < 1 || tokens.length != (long) rows * length) {
      throw new IllegalArgumentException(
          "Expected " + rows + " x " + length + " tokens, got " + tokens.length);
    }
    if (targets.length != positions.length || weights.length != positions.length) {
      throw new IllegalArgumentException(
          String.format(
              "%d positions, %d targets and %d weights must be equally many",
              positions.length, targets.length, weights.length));
    }
    for (int position : positions) {
      if (position < 0 || position >= tokens.length) {
        throw new IllegalArgumentException("Position " + position + " lies outside the batch");
      }
    }
  }
}
