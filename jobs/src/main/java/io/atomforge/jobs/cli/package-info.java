/**
 * What all jobs share: {@link io.atomforge.jobs.cli.Job} is a job as data, {@link
 * io.atomforge.jobs.cli.JobRunner} its command line, {@link io.atomforge.jobs.cli.Sessions} the
 * Spark session it runs in, {@link io.atomforge.jobs.cli.Progress} what it shows meanwhile.
 */
package io.atomforge.jobs.cli;
