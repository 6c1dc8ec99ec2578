package io.atomforge.jobs.data;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How many rows have each value of a column. */
public final class Counts {
  private Counts() {}

  /**
   * @return value to number of rows, by value
   */
  public static Map<String, Long> of(Dataset<Row> rows, String column) {
    Map<String, Long> counts = new TreeMap<>();
    rows.groupBy(column)
        .count()
        .collectAsList()
        .forEach(r -> counts.put(r.getString(0), r.getLong(1)));
    return counts;
  }
}
