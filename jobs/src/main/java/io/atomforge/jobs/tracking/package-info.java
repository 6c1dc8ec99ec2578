/**
 * Shows the numbers of a run in other programs: {@link io.atomforge.jobs.tracking.TensorBoard} each
 * at once, {@link io.atomforge.jobs.tracking.Mlflow} those that a checkpoint covers.
 */
package io.atomforge.jobs.tracking;
