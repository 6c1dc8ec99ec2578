package io.atomforge.tables;

import io.atomforge.config.ConfigException;
import io.delta.tables.DeltaTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * All tables of one place: a folder of any Hadoop file system with one Delta table per sub-folder,
 * or the schema of a catalog ({@code catalog:NAME.SCHEMA}). A table is created at its first write,
 * with comments and constraints; each write is one atomic Delta commit that carries its {@link
 * Provenance}.
 */
public final class Warehouse {
  private static final String CATALOG = "catalog:";
  private static final String CHECKED = "atomforge_checked";

  /** Writers of one table that may come before this one while it writes. */
  private static final int TRIES = 8;

  /** More than a table has; Delta takes no greater limit than an array has places. */
  static final int ALL_COMMITS = 1_000_000_000;

  private final SparkSession spark;
  private final String location;
  private final Provenance provenance;
  private final Map<String, Long> pinned;
  private final Map<String, Long> reads = new TreeMap<>();

  /** Tables whose schema is known to be that of this version of the program. */
  private final Set<String> current;

  /** Tables that were written, shared by all that come from one {@link #open}. */
  private final Set<String> written;

  private Warehouse(
      SparkSession spark,
      String location,
      Provenance provenance,
      Map<String, Long> pinned,
      Set<String> current,
      Set<String> written) {
    this.pinned = pinned;
    this.spark = spark;
    this.location = location;
    this.provenance = provenance;
    this.current = current;
    this.written = written;
  }

  /**
   * @param location a path or {@code catalog:NAME.SCHEMA}
   * @throws ConfigException if the path cannot be reached, is a file, or a folder that holds
   *     something else
   */
  public static Warehouse open(SparkSession spark, String location, Provenance provenance) {
    String address =
        location.startsWith(CATALOG) ? location : WarehouseFolder.open(spark, location);
    return new Warehouse(
        spark,
        address,
        provenance,
        Map.of(),
        ConcurrentHashMap.newKeySet(),
        ConcurrentHashMap.newKeySet());
  }

  /**
   * Leaves nothing behind.
   *
   * @throws ConfigException if no file can be made in the folder
   */
  public void checkWritable() {
    if (!inCatalog()) {
      WarehouseFolder.checkWritable(spark, "warehouse", new Path(location));
    }
  }

  /** The same tables, written in another job's name; what was read so far is forgotten. */
  public Warehouse as(Provenance other) {
    return new Warehouse(spark, location, other, pinned, current, written);
  }

  public SparkSession spark() {
    return spark;
  }

  /** Names of the tables that were written since {@link #open}, in the order of the alphabet. */
  public List<String> written() {
    return List.copyOf(new TreeSet<>(written));
  }

  /** The commit of the code that writes. */
  public String gitCommit() {
    return provenance.gitCommit();
  }

  boolean inCatalog() {
    return location.startsWith(CATALOG);
  }

  /** As {@link #open} takes it, with its scheme. */
  public String address() {
    return location;
  }

  /** Where the table's files lie; empty in a catalog, which knows alone. */
  public Optional<Path> folder(Table<?> table) {
    return inCatalog() ? Optional.empty() : Optional.of(new Path(path(table)));
  }

  /** The folder's address, or {@code NAME.SCHEMA} in a catalog. */
  String place() {
    return inCatalog() ? location.substring(CATALOG.length()) : location;
  }

  /**
   * The same tables as they were.
   *
   * @param versions table to the version that is read; other tables are read as they are
   */
  public Warehouse at(Map<String, Long> versions) {
    return new Warehouse(spark, location, provenance, Map.copyOf(versions), current, written);
  }

  /** The versions that {@link #at} chose. */
  Map<String, Long> pinned() {
    return pinned;
  }

  /** A path inside the warehouse for files that are no table: checkpoints, reports. */
  public String file(String relative) {
    if (inCatalog()) {
      throw new ConfigException(
          "files: a warehouse in a catalog needs an explicit path for files; set files=PATH");
    }
    return new Path(location, relative).toString();
  }

  /** The name by which SQL in this session reads the table. */
  public String sqlName(Table<?> table) {
    return inCatalog()
        ? place() + "." + table.name()
        : "delta.`" + new Path(location, table.name()) + "`";
  }

  public boolean exists(Table<?> table) {
    return inCatalog()
        ? spark.catalog().tableExists(sqlName(table))
        : DeltaTable.isDeltaTable(spark, path(table));
  }

  /**
   * @return the current version of the table, which later writes name as read
   * @throws ConfigException if the table does not exist yet
   */
  public Dataset<Row> read(Table<?> table) {
    if (!exists(table)) {
      throw new ConfigException(missing(table));
    }
    reads.put(table.name(), pinned.getOrDefault(table.name(), version(table)));
    return spark.sql(select(table));
  }

  /** What to say of a table that does not exist, and who writes it. */
  public String missing(Table<?> table) {
    return "table "
        + table.name()
        + " does not exist in "
        + location
        + " yet; "
        + table.comment().replaceAll(".*(Written by [^.]*).*", "$1");
  }

  /** The statement that reads the table, which must exist. */
  String select(Table<?> table) {
    Long version = pinned.get(table.name());
    return "SELECT * FROM " + sqlName(table) + (version == null ? "" : " VERSION AS OF " + version);
  }

  public <T extends Record> Dataset<Row> dataset(Table<T> table, List<T> rows) {
    return spark.createDataset(
        rows.stream().map(table.codec()::toRow).toList(), Encoders.row(table.codec().schema()));
  }

  /**
   * Adds rows, unless it has done so before.
   *
   * @param transaction names these rows; the table keeps it
   */
  public void append(Table<?> table, Dataset<Row> rows, String transaction) {
    create(table);
    save(
        table,
        writer(table, rows)
            .mode("append")
            .option("txnAppId", transaction)
            .option("txnVersion", "1"));
  }

  /**
   * Adds rows.
   *
   * @throws IllegalStateException as {@link #check}
   */
  public void append(Table<?> table, Dataset<Row> rows) {
    checkBeside(table, "true", rows);
    create(table);
    save(table, writer(table, rows).mode("append"));
  }

  /**
   * Replaces the table's rows.
   *
   * @throws IllegalStateException as {@link #check}
   */
  public void overwrite(Table<?> table, Dataset<Row> rows) {
    check(table, rows);
    create(table);
    save(table, writer(table, rows).mode("overwrite"));
  }

  /**
   * Replaces the rows for which {@code condition} holds; all of {@code rows} must fulfil it. Where
   * another job writes other rows of the table at the same moment, one write follows the other.
   *
   * @throws IllegalStateException as {@link #check}
   */
  public void replace(Table<?> table, String condition, Dataset<Row> rows) {
    for (int left = TRIES; ; left--) {
      try {
        replaceOnce(table, condition, rows);
        return;
      } catch (WriteConflictException e) {
        if (left == 1) {
          throw e;
        }
      }
    }
  }

  private void replaceOnce(Table<?> table, String condition, Dataset<Row> rows) {
    checkBeside(table, "NOT (" + condition + ")", rows);
    if (create(table)) { // nothing to replace, which Delta would look for with a scan
      save(table, writer(table, rows).mode("append"));
    } else {
      save(table, writer(table, rows).mode("overwrite").option("replaceWhere", condition));
    }
  }

  /** Checks rows together with those rows of the table for which {@code staying} holds. */
  private void checkBeside(Table<?> table, String staying, Dataset<Row> rows) {
    boolean beside = !table.checks().isEmpty() && exists(table);
    check(table, beside ? spark.table(sqlName(table)).where(staying).unionByName(rows) : rows);
  }

  /**
   * Runs the table's checks of several rows at once, as each write does before it.
   *
   * @param rows all that the table would have
   * @throws IllegalStateException with what a check shows of them
   */
  public void check(Table<?> table, Dataset<Row> rows) {
    for (View check : table.checks()) {
      rows.createOrReplaceTempView(CHECKED);
      List<Row> wrong = spark.sql(check.sql(t -> "SELECT * FROM " + CHECKED)).takeAsList(1);
      spark.catalog().dropTempView(CHECKED);
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
   * @return the number of the table's latest commit
   */
  public long version(Table<?> table) {
    return inCatalog()
        ? history(table, 1).select("version").head().getLong(0)
        : WarehouseFolder.version(spark, new Path(path(table)));
  }

  /**
   * @return a hash of the table's rows, 64 hexadecimal digits: the sum of the rows' SHA-256, in
   *     four parts; unlike {@link #version} it depends neither on their order nor on how often they
   *     were written
   */
  public String fingerprint(Table<?> table) {
    return fingerprint(table, "");
  }

  /** The same of the rows for which {@code condition} holds, of all if it is empty. */
  public String fingerprint(Table<?> table, String condition) {
    return Rows.fingerprint(condition.isEmpty() ? read(table) : read(table).where(condition));
  }

  /**
   * Keeps the history of a table for ten years in place of Delta's month, so that its versions can
   * be read.
   */
  public void keepHistory(Table<?> table) {
    schema(table).keepHistory();
  }

  /**
   * @return the provenance of the latest commits of jobs, newest first, as JSON; a change of the
   *     table's properties has none
   */
  public List<String> provenances(Table<?> table, int commits) {
    if (!exists(table)) {
      return List.of();
    }
    return history(table, ALL_COMMITS)
        .where("userMetadata IS NOT NULL")
        .select("userMetadata")
        .limit(commits)
        .as(Encoders.STRING())
        .collectAsList();
  }

  /**
   * @return the provenance of the last commit of each job, and of each run of it, as JSON
   */
  public List<String> lastProvenances(Table<?> table) {
    return history(table, ALL_COMMITS)
        .where("userMetadata IS NOT NULL")
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

  private DataFrameWriter<Row> writer(Table<?> table, Dataset<Row> rows) {
    Dataset<Row> sorted =
        table.order().isEmpty()
            ? rows
            : rows.sortWithinPartitions(
                table.order().stream().map(functions::col).toArray(Column[]::new));
    return sorted.write().format("delta").option("userMetadata", provenance.json(reads));
  }

  private void save(Table<?> table, DataFrameWriter<Row> writer) {
    WriteConflictException.guard(
        table,
        () -> {
          if (inCatalog()) {
            writer.saveAsTable(sqlName(table));
          } else {
            writer.save(path(table));
          }
        });
    written.add(table.name());
  }

  String path(Table<?> table) {
    return new Path(location, table.name()).toString();
  }

  /** The table's latest commits, newest first, as Delta describes them. */
  Dataset<Row> history(Table<?> table, int commits) {
    return spark.sql("DESCRIBE HISTORY " + sqlName(table) + " LIMIT " + commits);
  }

  private TableSchema schema(Table<?> table) {
    return new TableSchema(spark, table, sqlName(table));
  }

  /** Whether the table was not there before. */
  private boolean create(Table<?> table) {
    boolean there = exists(table);
    if (there && current.contains(table.name())) {
      return false;
    }
    WriteConflictException.guard(
        table,
        () -> {
          if (there) {
            schema(table).update();
          } else {
            mark();
            schema(table).create();
          }
        });
    current.add(table.name());
    return !there;
  }

  /**
   * Makes the folder known as a warehouse, or the schema. Whoever writes a file before the first
   * table calls this before that; a table does so itself.
   */
  public void mark() {
    if (inCatalog()) {
      spark.sql("CREATE SCHEMA IF NOT EXISTS " + place());
    } else {
      WarehouseFolder.mark(spark, location);
    }
  }
}
