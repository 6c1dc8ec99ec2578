package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;

import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The steps of training runs that a checkpoint covers. A run writes the rows of its steps first and
 * the checkpoint after them; a run that was killed in between has rows that it will write anew.
 */
final class CommittedSteps {
  private static final List<Table<?>> TABLES = List.of(ROLLOUTS, STEP_METRICS);

  private CommittedSteps() {}

  /** The rows of a table with {@code run_id} and {@code step} whose step is committed. */
  static Dataset<Row> of(Warehouse warehouse, Table<?> table) {
    Dataset<Row> last =
        warehouse.read(CHECKPOINTS).groupBy("run_id").agg(max("step").as("last_step"));
    return warehouse
        .read(table)
        .join(last, "run_id")
        .filter(col("step").leq(col("last_step")))
        .drop("last_step");
  }

  /** Makes views {@code committed_rollouts} and {@code committed_step_metrics} in this session. */
  static void register(Warehouse warehouse) {
    for (Table<?> table : TABLES) {
      if (warehouse.exists(table) && warehouse.exists(CHECKPOINTS)) {
        of(warehouse, table).createOrReplaceTempView("committed_" + table.name());
      }
    }
  }
}
