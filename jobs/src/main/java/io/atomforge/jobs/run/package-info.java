/**
 * The durable side of a training run. {@link io.atomforge.jobs.run.TrainingRun} commits metrics,
 * rollouts and checkpoints together; {@link io.atomforge.jobs.run.Checkpoints} finds checkpoints by
 * name; {@link io.atomforge.jobs.run.FileStore} holds files beside the tables, on any Hadoop file
 * system; {@link io.atomforge.jobs.run.Findings} says what a process has of all that jobs need.
 */
package io.atomforge.jobs.run;
