/**
 * The report: one self-contained HTML page about a run of the pipeline, or about several arms
 * beside each other.
 *
 * <p>{@link io.atomforge.report.Report} writes it from {@link io.atomforge.report.ReportData},
 * plain rows that a job fills from the tables: read these two first. {@code Scores} turns the
 * evaluations into means with intervals, {@code Answer} says in words what they show, and {@code
 * ScoreFigures}, {@code TrainingFigures} and {@code FailureFigures} choose what is drawn and
 * caption it.
 */
package io.atomforge.report;
