package io.atomforge.model;

/**
 * @param losses shape (N,)
 * @param statistics shape (number of statistics, N)
 * @param gradient of the summed losses with respect to the logits, shape (N, V) row by row
 * @param valueGradient of the summed losses with respect to the values, shape (N,); empty without a
 *     value head
 */
public record TokenLoss(
    float[] losses, float[][] statistics, float[] gradient, float[] valueGradient) {}
