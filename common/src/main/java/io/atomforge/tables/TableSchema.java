package io.atomforge.tables;

import io.atomforge.config.ConfigException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;

/**
 * Gives a Delta table the columns, comments, constraints and properties of its {@link Table}: a new
 * one at once, one that an earlier version of the program made where it lacks something.
 */
final class TableSchema {
  private static final String CHANGES = "delta.enableChangeDataFeed";

  private final SparkSession spark;
  private final Table<?> table;
  private final String sqlName;

  TableSchema(SparkSession spark, Table<?> table, String sqlName) {
    this.spark = spark;
    this.table = table;
    this.sqlName = sqlName;
  }

  void create() {
    // Constraints that are altered in later cost a commit and a scan each.
    Map<String, String> constraints = new TreeMap<>();
    table.constraints().forEach((name, sql) -> constraints.put(property(name), sql));
    try {
      create(constraints);
    } catch (Exception e) { // Spark throws its AnalysisException undeclared
      if (!String.valueOf(e.getMessage()).contains("DELTA_ADD_CONSTRAINTS")) {
        throw e;
      }
      create(Map.of()); // in a runtime that takes them by ALTER TABLE alone
      update();
    }
  }

  private void create(Map<String, String> constraints) {
    String columns =
        Stream.of(table.codec().schema().fields())
            .map(f -> new StructField(f.name(), f.dataType(), false, f.metadata()))
            .map(f -> f.withComment(table.comments().get(f.name())).toDDL())
            .collect(Collectors.joining(", "));
    Map<String, String> properties = new TreeMap<>(constraints);
    if (table.keepsChanges()) {
      properties.put(CHANGES, "true");
    }
    String listed =
        properties.entrySet().stream()
            .map(p -> quoted(p.getKey()) + " = " + quoted(p.getValue()))
            .collect(Collectors.joining(", "));
    spark.sql(
        "CREATE TABLE %s (%s) USING delta%s COMMENT %s%s"
            .formatted(
                sqlName,
                columns,
                table.partitions().isEmpty()
                    ? ""
                    : " PARTITIONED BY (" + String.join(", ", table.partitions()) + ")",
                quoted(table.comment()),
                listed.isEmpty() ? "" : " TBLPROPERTIES (" + listed + ")"));
  }

  private static String property(String constraint) {
    return "delta.constraints." + constraint.toLowerCase(Locale.ROOT);
  }

  /**
   * @throws ConfigException if rows that are there break a constraint that is not
   */
  void update() {
    addMissingColumns();
    Map<String, String> properties = properties();
    if (table.keepsChanges() && !"true".equals(properties.get(CHANGES))) {
      alter("SET TBLPROPERTIES ('" + CHANGES + "' = 'true')");
    }
    table.constraints().forEach((name, sql) -> constrain(name, sql, properties));
  }

  private void constrain(String name, String sql, Map<String, String> properties) {
    String present = properties.get(property(name));
    if (present != null && words(sql).equals(words(present))) {
      return;
    }
    if (present != null) { // an earlier version of the program had another
      alter("DROP CONSTRAINT " + name);
    }
    try {
      alter("ADD CONSTRAINT " + name + " CHECK (" + sql + ")");
    } catch (RuntimeException e) {
      if (String.valueOf(e.getMessage()).contains("DELTA_NEW_CHECK_CONSTRAINT_VIOLATION")) {
        throw new ConfigException(
            "warehouse: table "
                + table.name()
                + " has rows that break "
                + name
                + ", which earlier versions did not demand; name a new warehouse");
      }
      throw e;
    }
  }

  /** Delta writes an expression that it was asked to add with blanks between all its words. */
  private static String words(String sql) {
    return sql.replaceAll("\\s", "");
  }

  private void addMissingColumns() {
    List<String> present = List.of(spark.table(sqlName).columns());
    for (StructField field : table.codec().schema().fields()) {
      if (!present.contains(field.name())) {
        String comment = quoted(table.comments().getOrDefault(field.name(), ""));
        alter("ADD COLUMN " + field.name() + " " + field.dataType().sql() + " COMMENT " + comment);
      }
    }
  }

  /** Keeps the table's history for ten years in place of Delta's month. */
  void keepHistory() {
    String log = "delta.logRetentionDuration";
    if (!properties().containsKey(log)) {
      alter(
          "SET TBLPROPERTIES ('%s' = 'interval 3650 days', '%s' = 'interval 3650 days')"
              .formatted(log, "delta.deletedFileRetentionDuration"));
    }
  }

  private void alter(String change) {
    spark.sql("ALTER TABLE " + sqlName + " " + change);
  }

  /** As Delta has them: SHOW TBLPROPERTIES hides those whose names look like a secret's. */
  private Map<String, String> properties() {
    return spark.sql("DESCRIBE DETAIL " + sqlName).select("properties").head().getJavaMap(0);
  }

  /** A text as a literal of SQL. */
  static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
