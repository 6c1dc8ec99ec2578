package io.atomforge.training;

import java.util.Arrays;

/**
 * One sequence with what is to be learned from it.
 *
 * @param tokens ids, shape (T,)
 * @param learned indexes in {@code tokens} of the tokens whose prediction counts, each 1 or more,
 *     shape (N,). T stands for what follows the last token: a value head sees the state there, and
 *     the token that is predicted is any
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

  /**
   * A prompt and what follows it.
   *
   * @param learned places in {@code completion}, ascending; its length for what follows it
   */
  public static Example of(
      int[] prompt,
      int[] completion,
      int[] learned,
      float[] weights,
      float[][] inputs,
      double denominator) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + completion.length);
    System.arraycopy(completion, 0, tokens, prompt.length, completion.length);
    int[] places = Arrays.stream(learned).map(t -> prompt.length + t).toArray();
    return new Example(tokens, places, weights, inputs, denominator);
  }

  /** A prompt and what follows it, to be scored: without weights and inputs. */
  public static Example unweighted(int[] prompt, int[] completion, int[] learned) {
    return of(prompt, completion, learned, new float[learned.length], new float[0][], 0);
  }

  /** The same with dropout. */
  public Example dropping(long seed) {
    return new Example(tokens, learned, weights, inputs, denominator, seed);
  }
}
