/**
 * What the report is made from, read from the tables. {@link io.atomforge.jobs.report.RunReport} is
 * about the stages of one run, {@link io.atomforge.jobs.report.Comparison} about arms beside each
 * other; {@code ReportTables} reads what both show.
 */
package io.atomforge.jobs.report;
