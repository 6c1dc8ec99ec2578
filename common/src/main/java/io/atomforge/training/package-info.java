/**
 * Training: gradients from anywhere, one optimizer here.
 *
 * <p>A step is a list of {@link io.atomforge.training.Shard}s. A {@link
 * io.atomforge.training.GradientSource} turns each into a gradient sum, wherever it runs; the
 * {@link io.atomforge.training.Trainer} adds the sums in shard order, divides once by the sum of
 * the denominators, clips and steps. So a result depends on the shards, never on who computed them.
 * SFT and RL differ only in the shards they make and in the loss script.
 */
package io.atomforge.training;
