/**
 * The steps of a run. {@link io.atomforge.jobs.training.TrainingLoop} makes the moves that a {@link
 * io.atomforge.plan.Plan} wants and saves; {@link io.atomforge.jobs.training.SupervisedSteps} and
 * {@link io.atomforge.jobs.training.PolicySteps} are the two kinds of moves.
 */
package io.atomforge.jobs.training;
