package io.atomforge.training;

/**
 * One sequence with what is to be learned from it.
 *
 * @param tokens ids, shape (T,)
 * @param learned indexes in {@code tokens} of the tokens whose prediction counts, each 1 or more,
 *     shape (N,)
 * @param weights factor of each one's loss, shape (N,)
 * @param inputs the loss script's inputs for them, each of shape (N,)
 * @param denominator what this sequence adds to the denominator of its step
 * @param dropoutSeed what dropout in this sequence comes from; 0 for none
 */
public record Example(
    int[] tokens,
    int[] learned,
    float[] weights,
    float[][] inputs,
    double denominator,
    long dropoutSeed) {

  /** Without dropout. */
  public Example(
      int[] tokens, int[] learned, float[] weights, float[][] inputs, double denominator) {
    this(tokens, learned, weights, inputs, denominator, 0);
  }

  /** The same with dropout. */
  public Example dropping(long seed) {
    return new Example(tokens, learned, weights, inputs, denominator, seed);
  }
}
