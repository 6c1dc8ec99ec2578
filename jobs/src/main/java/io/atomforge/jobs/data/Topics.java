package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.ATOMS;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_except;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;

import io.atomforge.tables.Warehouse;
import java.util.List;
import org.apache.spark.sql.Column;

/** Chooses problems by the topics of their atoms. */
public final class Topics {
  private Topics() {}

  /**
   * Whether all atoms of a row of table {@code problems} are of the topics.
   *
   * @param topics one or more
   */
  public static Column only(Warehouse warehouse, List<String> topics) {
    Column[] atoms =
        warehouse
            .read(ATOMS)
            .filter(col("topic").isin(topics.toArray()))
            .select("atom_id")
            .collectAsList()
            .stream()
            .map(row -> lit(row.getString(0)))
            .toArray(Column[]::new);
    return size(array_except(col("atom_ids"), array(atoms))).equalTo(0);
  }
}
