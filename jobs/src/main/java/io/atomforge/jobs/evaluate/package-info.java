/**
 * How {@code Evaluate} comes from problems to rows: {@link io.atomforge.jobs.evaluate.ProblemSet}
 * says which of the table, {@link io.atomforge.jobs.evaluate.SampledCompletions} asks a checkpoint,
 * {@link io.atomforge.jobs.evaluate.GivenCompletions} judges what another model wrote. {@code
 * RateDifficulty} has its settings and prompts from {@link
 * io.atomforge.jobs.evaluate.DifficultyConfig}.
 */
package io.atomforge.jobs.evaluate;
