/**
 * SQL over a warehouse: statements that only read, their answers as text, and a shell that takes
 * statements from a terminal, a file or a pipe.
 */
package io.atomforge.jobs.sql;
