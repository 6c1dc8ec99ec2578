package io.atomforge.training;

import io.atomforge.model.TokenBatch;
import java.io.Serializable;

/**
 * What one gradient computation sees: a batch, the loss script's inputs, and what the shard adds to
 * the denominator that the sum over all shards is divided by.
 *
 * @param inputs one array (N,) per input of the loss script
 * @param denominator tokens or sequences, after the aggregation in use
 */
public record Shard(TokenBatch batch, float[][] inputs, double denominator)
    implements Serializable {}
