/** Prompts of files, tables and queries, and the rows that a model's completions make of them. */
package io.atomforge.jobs.generate;
