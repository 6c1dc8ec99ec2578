package io.atomforge.tables;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** The commits of a table that exists. */
record TableHistory(Warehouse warehouse, Table<?> table) {
  /** More than a table has; Delta takes no greater limit than an array has places. */
  static final int ALL_COMMITS = 1_000_000_000;

  /** The latest commits, newest first, as Delta describes them. */
  Dataset<Row> commits(int most) {
    return warehouse.spark().sql("DESCRIBE HISTORY " + warehouse.sqlName(table) + " LIMIT " + most);
  }

  private Dataset<Row> ofJobs() {
    return commits(ALL_COMMITS).where("userMetadata IS NOT NULL");
  }

  /** See {@link Warehouse#provenances}. */
  List<String> provenances(int most) {
    return ofJobs().select("userMetadata").limit(most).as(Encoders.STRING()).collectAsList();
  }

  /** See {@link Warehouse#lastProvenances}. */
  List<String> lastProvenances() {
    return ofJobs()
        .groupBy(
            functions.expr("get_json_object(userMetadata, '$.job')"),
            functions.expr("get_json_object(userMetadata, '$.config.run_id')"))
        .agg(
            functions.expr("max_by(userMetadata, version) AS last"), functions.expr("max(version)"))
        .orderBy("max(version)")
        .select("last")
        .as(Encoders.STRING())
        .collectAsList();
  }
}
