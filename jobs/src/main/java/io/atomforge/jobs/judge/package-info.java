/**
 * Programs of anybody, judged. {@link io.atomforge.jobs.judge.JudgeTables} goes from table to
 * table, {@link io.atomforge.jobs.judge.JudgeFiles} from file to file; {@link
 * io.atomforge.jobs.judge.RowFiles} reads the rows of files, which {@link
 * io.atomforge.jobs.judge.TaskFiles} and {@link io.atomforge.jobs.judge.CompletionFiles} take for
 * tasks and completions.
 */
package io.atomforge.jobs.judge;
