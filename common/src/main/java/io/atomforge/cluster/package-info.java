/**
 * The part of training that runs on executors.
 *
 * <p>{@link io.atomforge.cluster.PolicyStep} is one step of reinforcement learning: it fills a
 * {@link io.atomforge.cluster.RolloutBatch}, and {@link io.atomforge.cluster.PolicyUpdate} learns
 * from it. {@link io.atomforge.cluster.SparkGradients} is a gradient source whose shards are
 * computed by Spark tasks; {@link io.atomforge.cluster.SparkRollouts} samples and judges
 * completions there. Both get parameters by one broadcast per version and keep them in native
 * memory, shared by the tasks of an executor: {@link io.atomforge.cluster.Replica}.
 */
package io.atomforge.cluster;
