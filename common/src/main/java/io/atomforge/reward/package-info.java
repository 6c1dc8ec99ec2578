/**
 * What a judged completion is worth to reinforcement learning.
 *
 * <p>A closed family: add a reward as one record nested in {@link io.atomforge.reward.Reward} and
 * name its {@code type} there. A failure of the sandbox is never a reward: such a sample is dropped
 * from the loss and from its group's statistics. {@link io.atomforge.reward.Overlong} says what
 * becomes of long completions.
 */
package io.atomforge.reward;
