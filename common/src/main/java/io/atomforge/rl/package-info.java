/**
 * Reinforcement learning: from prompts to optimizer steps.
 *
 * <p>Read {@link io.atomforge.rl.PolicyStep} first. It draws {@link io.atomforge.rollout.Trace}s
 * through a {@link io.atomforge.rollout.RolloutSource}, as a {@link io.atomforge.rollout.Sampler}
 * says, gives them rewards ({@link io.atomforge.rl.Rewards}, {@link io.atomforge.rl.Overlong}) and
 * selects ({@link io.atomforge.rl.Selection}) in a {@link io.atomforge.rl.RolloutBatch}; {@link
 * io.atomforge.rl.PolicyUpdate} turns the batch into advantages and optimizer steps.
 */
package io.atomforge.rl;
