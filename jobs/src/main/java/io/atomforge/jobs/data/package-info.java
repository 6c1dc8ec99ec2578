/**
 * What stands between the tables and their jobs. {@link io.atomforge.jobs.data.Candidates}, {@link
 * io.atomforge.jobs.data.Decontamination} and {@link io.atomforge.jobs.data.ProblemChoice} make
 * problems; {@link io.atomforge.jobs.data.SequenceBuilder} turns the shares of a mixture into the
 * examples of one of the {@link io.atomforge.jobs.data.DataSets}; {@link
 * io.atomforge.jobs.data.Releases} names versions of tables.
 */
package io.atomforge.jobs.data;
