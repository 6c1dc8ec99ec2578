/**
 * Moves work and parameters with Spark: {@link io.atomforge.spark.SparkGradients} computes the
 * gradients of shards in tasks, {@link io.atomforge.spark.SparkRollouts} samples and judges in
 * tasks. Neither result depends on how many tasks there are.
 *
 * <p>{@link io.atomforge.spark.Tasks} runs a list of items. A {@link io.atomforge.spark.Version} is
 * what executors receive of the parameters, a {@link io.atomforge.spark.Replica} what a task reads.
 */
package io.atomforge.spark;
