/**
 * How a page looks. {@link io.atomforge.report.page.Html} has its pieces, {@link
 * io.atomforge.report.page.Words} the names and numbers as the reader sees them; {@link
 * io.atomforge.report.page.LineChart} and {@link io.atomforge.report.page.RowChart} draw inline SVG
 * whose colours are the style sheet's.
 */
package io.atomforge.report.page;
