/**
 * The jobs: one class per step of the pipeline, which reads, transforms, writes and summarizes.
 *
 * <p>A job is a {@link io.atomforge.jobs.cli.Job}: its config record, the tables it reads and
 * writes, and a body that a test calls directly. {@link io.atomforge.jobs.cli.JobRunner} gives all
 * of them the same command line and exit codes; {@link io.atomforge.jobs.Jobs} lists them; {@link
 * io.atomforge.jobs.Pipeline} runs them in order.
 */
package io.atomforge.jobs;
