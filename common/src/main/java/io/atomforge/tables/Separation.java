package io.atomforge.tables;

import static org.apache.spark.sql.functions.countDistinct;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What no two splits share: an invariant over several rows, which Delta does not know. {@link
 * Warehouse} checks it before every commit.
 *
 * @param column the values that may occur in one split only
 * @param among SQL condition on the rows it is about
 */
record Separation(String name, String column, String among) {
  /**
   * @param rows all that the table would have
   * @throws IllegalStateException naming a value that two splits would share
   */
  void check(Table<?> table, Dataset<Row> rows) {
    List<Row> shared =
        rows.filter(among)
            .groupBy(column)
            .agg(countDistinct("split").as("splits"))
            .filter("splits > 1")
            .limit(1)
            .collectAsList();
    if (!shared.isEmpty()) {
      throw new IllegalStateException(
          "table "
              + table.name()
              + ": "
              + name
              + " forbids rows of two splits with the same "
              + column
              + ", such as "
              + shared.get(0).get(0)
              + "; the table was left as it was");
    }
  }
}
