package io.atomforge.model;

import java.io.Serializable;

/**
 * @param logProbs log probability of each target, natural, shape (N,)
 * @param entropies entropy of each position's distribution in nats, shape (N,)
 */
public record LogProbs(float[] logProbs, float[] entropies) implements Serializable {}
