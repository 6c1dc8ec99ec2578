/**
 * How {@code Evaluate} comes from problems to rows: {@link io.atomforge.jobs.evaluate.ProblemSet}
 * says which of the table, {@link io.atomforge.jobs.evaluate.SampledCompletions} asks a checkpoint,
 * {@link io.atomforge.jobs.evaluate.GivenCompletions} judges what another model wrote.
 */
package io.atomforge.jobs.evaluate;
