/**
 * The warehouse: one Delta table per kind of row.
 *
 * <p>{@link io.atomforge.tables.Tables} is the catalogue: every table with its row record, comments
 * and constraints; read it first. {@link io.atomforge.tables.Warehouse} reads and writes them, by
 * path or in a catalog schema, and puts the provenance of each write into the Delta commit. {@link
 * io.atomforge.tables.RecordCodec} turns records into Spark rows and back, which Spark's own bean
 * encoder cannot.
 */
package io.atomforge.tables;
