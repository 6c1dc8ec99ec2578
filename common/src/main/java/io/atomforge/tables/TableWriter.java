package io.atomforge.tables;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Writes rows of one table, which it creates if it is not there. Each write is one commit.
 *
 * @param provenance what the commit carries, as JSON
 * @param known what the warehouse knows of its tables, which a write adds to
 */
record TableWriter(Warehouse warehouse, Table<?> table, String provenance, Warehouse.Known known) {
  private static final String CHECKED = "atomforge_checked";

  /** Writers of one table that may come before this one while it writes. */
  private static final int TRIES = 8;

  void append(Dataset<Row> rows, String transaction) {
    create();
    save(writer(rows).mode("append").option("txnAppId", transaction).option("txnVersion", "1"));
  }

  void append(Dataset<Row> rows) {
    checkBeside("true", rows);
    create();
    save(writer(rows).mode("append"));
  }

  void overwrite(Dataset<Row> rows) {
    check(rows);
    create();
    save(writer(rows).mode("overwrite"));
  }

  void replace(String condition, Dataset<Row> rows) {
    for (int left = TRIES; ; left--) {
      try {
        replaceOnce(condition, rows);
        return;
      } catch (WriteConflictException e) {
        if (left == 1) {
          throw e;
        }
      }
    }
  }

  private void replaceOnce(String condition, Dataset<Row> rows) {
    checkBeside("NOT (" + condition + ")", rows);
    if (create()) { // nothing to replace, which Delta would look for with a scan
      save(writer(rows).mode("append"));
    } else {
      save(writer(rows).mode("overwrite").option("replaceWhere", condition));
    }
  }

  /** Checks rows together with those rows of the table for which {@code staying} holds. */
  private void checkBeside(String staying, Dataset<Row> rows) {
    boolean beside = !table.checks().isEmpty() && warehouse.exists(table);
    check(beside ? spark().table(warehouse.sqlName(table)).where(staying).unionByName(rows) : rows);
  }

  /** See {@link Warehouse#check}. */
  void check(Dataset<Row> rows) {
    for (View check : table.checks()) {
      rows.createOrReplaceTempView(CHECKED);
      List<Row> wrong = spark().sql(check.sql(t -> "SELECT * FROM " + CHECKED)).takeAsList(1);
      spark().catalog().dropTempView(CHECKED);
      if (!wrong.isEmpty()) {
        throw new IllegalStateException(
            "table "
                + table.name()
                + " was left as it was: "
                + check.sqlName()
                + " would show "
                + wrong.get(0).json());
      }
    }
  }

  private DataFrameWriter<Row> writer(Dataset<Row> rows) {
    Dataset<Row> sorted =
        table.order().isEmpty()
            ? rows
            : rows.sortWithinPartitions(
                table.order().stream().map(functions::col).toArray(Column[]::new));
    return sorted.write().format("delta").option("userMetadata", provenance);
  }

  private void save(DataFrameWriter<Row> writer) {
    WriteConflictException.guard(
        table,
        () -> {
          if (warehouse.inCatalog()) {
            writer.saveAsTable(warehouse.sqlName(table));
          } else {
            writer.save(warehouse.path(table));
          }
        });
    known.written().add(table.name());
  }

  /** Whether the table was not there before. */
  private boolean create() {
    boolean there = warehouse.exists(table);
    if (there && known.current().contains(table.name())) {
      return false;
    }
    WriteConflictException.guard(
        table,
        () -> {
          if (there) {
            warehouse.schema(table).update();
          } else {
            warehouse.mark();
            warehouse.folder(table).ifPresent(f -> WarehouseFolder.clearUnborn(spark(), f));
            warehouse.schema(table).create();
          }
        });
    known.current().add(table.name());
    return !there;
  }

  private SparkSession spark() {
    return warehouse.spark();
  }
}
