/**
 * The report: one self-contained HTML page about a run of the pipeline.
 *
 * <p>{@link io.atomforge.report.Report} writes it from {@link io.atomforge.report.ReportData},
 * plain rows that a job fills from the tables: read these two first. {@code Scores} turns the
 * evaluations into means with intervals, {@code Answer} says in words what they show, {@code
 * ScoreFigures} and {@code TrainingFigures} choose what is drawn and caption it, and {@code
 * LineChart} and {@code RowChart} draw it as inline SVG whose colours are the style sheet's.
 */
package io.atomforge.report;
