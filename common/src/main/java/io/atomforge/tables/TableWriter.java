package io.atomforge.tables;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.DataFrameWriterV2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.functions;

/**
 * Writes rows of one table, which it creates if it is not there. Each write is one commit.
 *
 * @param provenance what the commit carries, as JSON
 * @param known what the warehouse knows of its tables, which a write adds to
 */
record TableWriter(Warehouse warehouse, Table<?> table, String provenance, Warehouse.Known known) {
  private static final String CHECKED = "atomforge_checked";
  private static final String NOTHING = "false";
  private static final String ALL = "true";

  /** Writers of one table that may come before this one while it writes. */
  private static final int TRIES = 8;

  void append(Dataset<Row> rows, String transaction) {
    create();
    save(rows, Map.of("txnAppId", transaction, "txnVersion", "1"), NOTHING);
  }

  void append(Dataset<Row> rows) {
    checkBeside("true", rows);
    create();
    save(rows, Map.of(), NOTHING);
  }

  void overwrite(Dataset<Row> rows) {
    check(rows);
    create();
    save(rows, Map.of(), ALL);
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
    boolean empty = create(); // Delta would look with a scan for what is to be replaced
    save(rows, Map.of(), empty ? NOTHING : condition);
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

  /**
   * @param replaced SQL that holds of the rows that the written ones replace
   */
  private void save(Dataset<Row> rows, Map<String, String> options, String replaced) {
    Dataset<Row> sorted =
        table.order().isEmpty()
            ? rows
            : rows.sortWithinPartitions(
                table.order().stream().map(functions::col).toArray(Column[]::new));
    Map<String, String> all = new HashMap<>(options);
    all.put("userMetadata", provenance);
    WriteConflictException.guard(
        table,
        () -> {
          if (warehouse.inCatalog()) {
            saveByName(sorted, all, replaced);
          } else {
            saveByPath(sorted, all, replaced);
          }
        });
    known.written().add(table.name());
  }

  /** In a catalog DataFrameWriter would replace the table itself, which Spark 3.5.6 cannot. */
  private void saveByName(Dataset<Row> rows, Map<String, String> options, String replaced) {
    DataFrameWriterV2<Row> writer = rows.writeTo(warehouse.sqlName(table));
    options.forEach(writer::option);
    try {
      if (replaced.equals(NOTHING)) {
        writer.append();
      } else {
        writer.overwrite(functions.expr(replaced));
      }
    } catch (NoSuchTableException e) {
      throw new IllegalStateException("table " + table.name() + " is gone", e);
    }
  }

  private void saveByPath(Dataset<Row> rows, Map<String, String> options, String replaced) {
    DataFrameWriter<Row> writer = rows.write().format("delta").options(options);
    if (replaced.equals(NOTHING)) {
      writer.mode("append");
    } else if (replaced.equals(ALL)) {
      writer.mode("overwrite");
    } else {
      writer.mode("overwrite").option("replaceWhere", replaced);
    }
    writer.save(warehouse.path(table));
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
