package io.atomforge.training;

import io.atomforge.model.LossScript;
import io.atomforge.model.TokenBatch;
import java.io.Serializable;
import java.util.List;

/**
 * What one gradient computation sees: a batch, its loss with the loss's inputs, and what the shard
 * adds to the denominator that the sum over all shards is divided by.
 *
 * @param loss of each learned token; the same for all shards of a step
 * @param inputs one array (N,) per input of the loss script
 * @param denominator tokens or sequences, after the aggregation in use
 */
public record Shard(TokenBatch batch, LossScript loss, float[][] inputs, double denominator)
    implements Serializable {
  /**
   * @return the loss that all of them have
   * @throws IllegalArgumentException if there are none, or two losses
   */
  public static LossScript loss(List<Shard> shards) {
    List<LossScript> losses = shards.stream().map(Shard::loss).distinct().toList();
    if (losses.size() != 1) {
      throw new IllegalArgumentException(
          "The shards of a step must have one loss, got "
              + losses.stream().map(LossScript::name).toList());
    }
    return losses.get(0);
  }
}
