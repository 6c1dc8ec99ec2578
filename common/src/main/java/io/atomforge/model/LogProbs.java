package io.atomforge.model;

import java.io.Serializable;

/**
 * @param logProbs log probability of each target, natural, shape (N,)
 * @param entropies entropy of each position's distribution in nats, shape (N,)
 * @param values the value head's output at each position, shape (N,); empty without one
 */
public record LogProbs(float[] logProbs, float[] entropies, float[] values)
    implements Serializable {}
