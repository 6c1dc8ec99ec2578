package io.atomforge.model;

import java.io.Serializable;

/**
 * What one batch says about the parameters. Sums, so that shards add up.
 *
 * @param values gradient of {@code loss} in the order of the layout, little-endian fp32
 * @param loss the weighted sum of the tokens' losses
 * @param statistics the weighted sums of the loss script's statistics, in its order
 */
public record Gradient(byte[] values, double loss, double[] statistics) implements Serializable {}
