/**
 * Rollouts: sampled completions and their verdicts.
 *
 * <p>A {@link io.atomforge.rollout.PromptTask} is a problem as a sampler needs it: prompt tokens,
 * tests, seeds. {@link io.atomforge.rollout.RolloutSampler} decodes a batch of them with a model
 * and has a completion judged as soon as it has ended, equal ones once; a {@link
 * io.atomforge.rollout.Rollout} is one sample with its verdict.
 */
package io.atomforge.rollout;
