package io.atomforge.jobs.sql;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a statement is answered with.
 *
 * @param text the rows in their format, without a line end after the last
 * @param rows in the text
 * @param more whether there are further rows
 */
public record Answer(String text, long rows, boolean more) {
  /**
   * @param limit greatest number of rows in the text
   */
  public static Answer of(Dataset<Row> result, Format format, int limit) {
    List<Row> rows = format.prepared(result).takeAsList(limit + 1);
    boolean more = rows.size() > limit;
    List<Row> shown = more ? rows.subList(0, limit) : rows;
    return new Answer(format.text(result.columns(), shown), shown.size(), more);
  }

  /** How many rows there are, in words. */
  public String count() {
    String rows = this.rows == 1 ? "1 row" : this.rows + " rows";
    return more ? "the first " + rows + " and there are more; limit=N shows more" : rows;
  }
}
