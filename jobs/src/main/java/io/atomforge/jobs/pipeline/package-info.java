/**
 * Jobs one after the other. {@link io.atomforge.jobs.pipeline.Stages} runs them and skips what is
 * done; {@link io.atomforge.jobs.pipeline.StageMarks} remembers what that is.
 */
package io.atomforge.jobs.pipeline;
