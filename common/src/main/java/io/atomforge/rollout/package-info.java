/**
 * Completions of tasks, from a policy to their verdicts.
 *
 * <p>Read {@link io.atomforge.rollout.Trace} first: it is what becomes of a completion that a
 * {@link io.atomforge.rollout.PromptTask} asks for. A {@link io.atomforge.rollout.Sampler} says
 * what completions begin with and what comes into them that the policy does not write; {@link
 * io.atomforge.rollout.RolloutSampler} decodes them on one machine and has them judged while others
 * go on, and {@link io.atomforge.rollout.RolloutSource} stands for that or for many machines.
 * {@link io.atomforge.rollout.DifficultySearch} asks how many completions a policy tries in a tree
 * of lines until one passes.
 */
package io.atomforge.rollout;
