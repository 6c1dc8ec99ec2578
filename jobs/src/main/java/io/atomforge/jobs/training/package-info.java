/**
 * The steps of a run. {@link io.atomforge.jobs.training.TrainingLoop} makes the moves that a {@link
 * io.atomforge.plan.Plan} wants and saves; {@link io.atomforge.jobs.training.SupervisedSteps} and
 * {@link io.atomforge.jobs.training.PolicySteps} are the two kinds of moves, {@link
 * io.atomforge.jobs.training.SftConfig} and {@link io.atomforge.jobs.training.RlConfig} the configs
 * of the two jobs that fill in a loop.
 */
package io.atomforge.jobs.training;
