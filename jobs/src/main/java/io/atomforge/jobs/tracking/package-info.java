/**
 * Shows the numbers of a run in other programs. A {@link io.atomforge.jobs.tracking.Tracker} gets
 * each metric; {@link io.atomforge.jobs.tracking.TensorBoard} and {@link
 * io.atomforge.jobs.tracking.Mlflow} are the two there are.
 */
package io.atomforge.jobs.tracking;
