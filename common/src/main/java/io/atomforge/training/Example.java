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
 */
public record Example(
    int[] tokens, int[] learned, float[] weights, float[][] inputs, double denominator) {}
