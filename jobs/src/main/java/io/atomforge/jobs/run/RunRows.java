package io.atomforge.jobs.run;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.STEP_METRICS;

import io.atomforge.tables.Rows;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The rows of one training run in the tables that have a column run_id and a column step. */
final class RunRows {
  private final Warehouse warehouse;
  private final String runId;

  /** The last step whose rows this object has written, by table; rows of later steps are added. */
  private final Map<Table<?>, Long> latestWritten = new HashMap<>();

  RunRows(Warehouse warehouse, String runId) {
    this.warehouse = warehouse;
    this.runId = runId;
  }

  /**
   * Writes the run's rows of some steps. The first time, rows of those steps and later ones may be
   * there from a process that ended before its checkpoint was saved; they are replaced.
   */
  <T extends Record> void write(Table<T> table, long from, long to, List<T> rows) {
    Dataset<Row> written = warehouse.dataset(table, rows).coalesce(1);
    Long before = latestWritten.put(table, to);
    if (before != null && before < from) {
      warehouse.append(table, written);
    } else {
      warehouse.replace(table, mine("step >= " + from), written);
    }
  }

  /** Deletes the checkpoint rows of some steps. */
  void forget(List<Long> steps) {
    String list = steps.stream().map(String::valueOf).collect(Collectors.joining(", "));
    warehouse.replace(
        CHECKPOINTS,
        mine("step IN (" + list + ")"),
        warehouse.dataset(CHECKPOINTS, List.of()).coalesce(1));
  }

  /** The metrics of the steps after {@code after} up to {@code last}, by step and name. */
  List<StepMetric> metrics(long after, long last) {
    return Rows.collect(
        STEP_METRICS,
        warehouse
            .read(STEP_METRICS)
            .where(mine("step > " + after + " AND step <= " + last))
            .orderBy("step", "name"));
  }

  private String mine(String condition) {
    return "run_id = '" + runId + "' AND " + condition;
  }
}
