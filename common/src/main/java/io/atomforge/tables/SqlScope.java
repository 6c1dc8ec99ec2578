package io.atomforge.tables;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Makes a warehouse's tables and views known to SQL by their bare names. */
public final class SqlScope {
  /**
   * Property of a saved view: the hash of its text. A catalog may hold no value as long as that.
   */
  private static final String TEXT = "atomforge.text_hash";

  private final Warehouse warehouse;
  private final SparkSession spark;

  private SqlScope(Warehouse warehouse) {
    this.warehouse = warehouse;
    this.spark = warehouse.spark();
  }

  /**
   * All tables and views of a warehouse, for a notebook or a shell.
   *
   * @param location as for {@link Warehouse#open}
   */
  public static void open(SparkSession spark, String location) {
    Provenance reader = new Provenance("SqlScope", "", JsonNodeFactory.instance.objectNode());
    open(Warehouse.open(spark, location, reader), name -> true);
  }

  /**
   * Tables keep their history, so {@code problems VERSION AS OF 1} works, unless the warehouse is
   * {@link Warehouse#at} some versions. A view treats a table that is not written yet as empty.
   * What another warehouse made known in this session is gone.
   *
   * @param wanted says of the name of a table or view whether it is needed
   */
  public static void open(Warehouse warehouse, Predicate<String> wanted) {
    new SqlScope(warehouse).open(wanted);
  }

  /**
   * Writes the views into a catalog's schema, for those who read it without this program; those
   * whose tables all exist and that do not stand there already. A folder holds no views.
   *
   * @return the names written; fewer if the catalog takes no views
   */
  public static List<String> save(Warehouse warehouse) {
    List<String> saved = new ArrayList<>();
    for (View view : View.values()) {
      if (warehouse.inCatalog()
          && !view.readsCommits()
          && view.tables().stream().allMatch(warehouse::exists)) {
        String name = warehouse.place() + "." + view.sqlName();
        String text = view.sql(warehouse::select);
        try {
          String hash = Integer.toHexString((text + view.comments()).hashCode());
          if (!hash.equals(savedHash(warehouse.spark(), name))) {
            warehouse
                .spark()
                .sql(
                    "CREATE OR REPLACE VIEW %s (%s) COMMENT %s TBLPROPERTIES ('%s' = '%s') AS %s"
                        .formatted(
                            name,
                            columns(view.commented(warehouse.spark().sql(text))),
                            TableSchema.quoted(view.comment()),
                            TEXT,
                            hash,
                            text));
            saved.add(name);
          }
        } catch (Exception e) { // Spark throws its AnalysisException undeclared
          if (e instanceof AnalysisException || e instanceof UnsupportedOperationException) {
            return saved;
          }
          throw e;
        }
      }
    }
    return saved;
  }

  /** The names of the columns with their comments. */
  private static String columns(Dataset<Row> rows) {
    return Stream.of(rows.schema().fields())
        .map(
            field ->
                "`"
                    + field.name()
                    + "`"
                    + (field.getComment().isDefined()
                        ? " COMMENT " + TableSchema.quoted(field.getComment().get())
                        : ""))
        .collect(Collectors.joining(", "));
  }

  /** Empty if there is no such view. */
  private static String savedHash(SparkSession spark, String name) {
    return spark.catalog().tableExists(name)
        ? spark
            .sql("SHOW TBLPROPERTIES " + name)
            .filter("key = '" + TEXT + "'")
            .collectAsList()
            .stream()
            .map(row -> row.getString(1))
            .findFirst()
            .orElse("")
        : "";
  }

  /** The rows of a view; no name becomes known. */
  public static Dataset<Row> rows(Warehouse warehouse, View view) {
    return warehouse.spark().sql(view.sql(new SqlScope(warehouse)::relation));
  }

  private void open(Predicate<String> wanted) {
    Tables.ALL.forEach(t -> spark.catalog().dropTempView(t.name()));
    if (warehouse.inCatalog()) {
      spark.sql("USE " + warehouse.place());
    } else {
      String database = "atomforge_" + Integer.toHexString(warehouse.place().hashCode());
      spark.sql("CREATE DATABASE IF NOT EXISTS " + database);
      spark.sql("USE " + database);
    }
    for (Table<?> table : Tables.ALL) {
      if (wanted.test(table.name()) && warehouse.exists(table)) {
        open(table);
      }
    }
    List<View> views =
        List.of(View.values()).stream().filter(v -> wanted.test(v.sqlName())).toList();
    if (wanted.test(View.COMMITS) || views.stream().anyMatch(View::readsCommits)) {
      View.commented(commits(), View.COMMIT_COMMENTS).createOrReplaceTempView(View.COMMITS);
    }
    views.forEach(
        v -> v.commented(spark.sql(v.sql(this::relation))).createOrReplaceTempView(v.sqlName()));
  }

  private void open(Table<?> table) {
    if (warehouse.pinned().containsKey(table.name())) {
      warehouse.read(table).createOrReplaceTempView(table.name());
    } else if (!warehouse.inCatalog()) {
      spark.sql(
          "CREATE TABLE IF NOT EXISTS %s USING delta LOCATION '%s'"
              .formatted(table.name(), warehouse.path(table)));
    }
  }

  private String relation(Table<?> table) {
    return warehouse.exists(table)
        ? warehouse.select(table)
        : "SELECT r.* FROM (SELECT from_json('', '%s') AS r) WHERE false"
            .formatted(table.codec().schema().toDDL());
  }

  /** See {@link View#COMMITS}. */
  private Dataset<Row> commits() {
    Dataset<Row> commits = null;
    for (Table<?> table : Tables.ALL) {
      if (warehouse.exists(table)) {
        Dataset<Row> of =
            new TableHistory(warehouse, table)
                .commits(TableHistory.ALL_COMMITS)
                .selectExpr(
                    "'" + table.name() + "' AS table_name",
                    "version",
                    "get_json_object(userMetadata, '$.job') AS job",
                    "get_json_object(userMetadata, '$.git_commit') AS git_commit",
                    "bigint(get_json_object(userMetadata, '$.config.seed')) AS seed",
                    "get_json_object(userMetadata, '$.config.run_id') AS run_id",
                    "from_json(get_json_object(userMetadata, '$.reads'), 'map<string, bigint>') AS reads",
                    "get_json_object(userMetadata, '$.config') AS config")
                .where("job IS NOT NULL");
        commits = commits == null ? of : commits.union(of);
      }
    }
    if (commits == null) {
      throw new io.atomforge.config.ConfigException(
          "warehouse: "
              + warehouse.place()
              + " holds no table yet; run Pipeline, or LoadAtoms first");
    }
    return commits;
  }
}
