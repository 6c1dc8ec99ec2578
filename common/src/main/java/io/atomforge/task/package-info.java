/**
 * What a model is asked and how its answer is judged.
 *
 * <p>Read {@link io.atomforge.task.Task} first: it has the prompt, a {@link
 * io.atomforge.task.ResponseFormat} that finds the answer in the text that a model wrote, and a
 * {@link io.atomforge.task.Check} that judges the answer. {@link io.atomforge.task.Judged} is what
 * rewards, rows and metrics need of the verdict. Synthesized problems and problems of others become
 * tasks here, so that reinforcement learning and evaluation judge both alike.
 */
package io.atomforge.task;
