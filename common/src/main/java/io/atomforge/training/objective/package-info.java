/**
 * The formulas of fine-tuning, one small record each.
 *
 * <p>An {@link io.atomforge.training.objective.Objective} gives the loss of one token as a script,
 * an {@link io.atomforge.training.objective.AdvantageEstimator} turns rewards into advantages, a
 * {@link io.atomforge.training.objective.LossAggregation} says how tokens add up to one number, a
 * {@link io.atomforge.training.objective.KlEstimator} how far a policy is from its reference. Read
 * {@code Objective} first; every formula has golden values in its test.
 */
package io.atomforge.training.objective;
