/**
 * The formulas of fine-tuning, one small record each.
 *
 * <p>An {@link io.atomforge.training.objective.Objective} gives the loss of one token in supervised
 * training. In reinforcement learning a {@link io.atomforge.training.objective.PolicyObjective}
 * puts that loss together from a {@link io.atomforge.training.objective.PolicyLoss}, {@link
 * io.atomforge.training.objective.Regularizer}s and a value loss; an {@link
 * io.atomforge.training.objective.AdvantageEstimator} turns rewards into advantages. A {@link
 * io.atomforge.training.objective.LossAggregation} says how tokens add up to one number. Every
 * formula has golden values in its test.
 */
package io.atomforge.training.objective;
