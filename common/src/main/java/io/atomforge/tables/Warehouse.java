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
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * All tables of one place: a folder of any Hadoop file system with one Delta table per sub-folder,
 * or the schema of a catalog ({@code catalog:NAME.SCHEMA}). A table is created at its first write,
 * with comments and constraints; each write is one atomic Delta commit that carries its {@link
 * Provenance}.
 */
public final class Warehouse {
  private static final String CATALOG = "catalog:";

  private final SparkSession spark;
  private final String location;
  private final Provenance provenance;
  private final Map<String, Long> pinned;
  private final Map<String, Long> reads = new TreeMap<>();
  private final Known known;

  /**
   * What all warehouses that come from one {@link #open} share.
   *
   * @param current names of tables whose schema is that of this version of the program
   * @param written names of tables that were written
   */
  record Known(Set<String> current, Set<String> written) {}

  private Warehouse(
      SparkSession spark,
      String location,
      Provenance provenance,
      Map<String, Long> pinned,
      Known known) {
    this.spark = spark;
    this.location = location;
    this.provenance = provenance;
    this.pinned = pinned;
    this.known = known;
  }

  /**
   * @param location a path or {@code catalog:NAME.SCHEMA}
   * @throws ConfigException if the path cannot be reached, is a file, or a folder that holds
   *     something else
   */
  public static Warehouse open(SparkSession spark, String location, Provenance provenance) {
    String address =
        location.startsWith(CATALOG) ? location : WarehouseFolder.open(spark, location);
    Known known = new Known(ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
    return new Warehouse(spark, address, provenance, Map.of(), known);
  }

  /**
   * @throws ConfigException if no file can be made in the folder
   */
  public void checkWritable() {
    if (!inCatalog()) {
      WarehouseFolder.checkWritable(spark, "warehouse", new Path(location));
    }
  }

  /** The same tables, written in another job's name; what was read so far is forgotten. */
  public Warehouse as(Provenance other) {
    return new Warehouse(spark, location, other, pinned, known);
  }

  /** The same tables, read and written in another session. */
  public Warehouse in(SparkSession other) {
    return new Warehouse(other, location, provenance, pinned, known);
  }

  public SparkSession spark() {
    return spark;
  }

  /** Names of the tables that were written since {@link #open}, in the order of the alphabet. */
  public List<String> written() {
    return List.copyOf(new TreeSet<>(known.written()));
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
    return new Warehouse(spark, location, provenance, Map.copyOf(versions), known);
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
    writer(table).append(rows, transaction);
  }

  /**
   * Adds rows.
   *
   * @throws IllegalStateException as {@link #check}
   */
  public void append(Table<?> table, Dataset<Row> rows) {
    writer(table).append(rows);
  }

  /**
   * Replaces the table's rows.
   *
   * @throws IllegalStateException as {@link #check}
   */
  public void overwrite(Table<?> table, Dataset<Row> rows) {
    writer(table).overwrite(rows);
  }

  /**
   * Replaces the rows for which {@code condition} holds; all of {@code rows} must fulfil it. Where
   * another job writes other rows of the table at the same moment, one write follows the other.
   *
   * @throws IllegalStateException as {@link #check}
   */
  public void replace(Table<?> table, String condition, Dataset<Row> rows) {
    writer(table).replace(condition, rows);
  }

  /**
   * Runs the table's checks of several rows at once, as each write does before it.
   *
   * @param rows all that the table would have
   * @throws IllegalStateException with what a check shows of them
   */
  public void check(Table<?> table, Dataset<Row> rows) {
    writer(table).check(rows);
  }

  private TableWriter writer(Table<?> table) {
    return new TableWriter(this, table, provenance.json(reads), known);
  }

  /** The number of the table's latest commit. */
  public long version(Table<?> table) {
    return inCatalog()
        ? new TableHistory(this, table).commits(1).select("version").head().getLong(0)
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

  /** The same of the rows for which {@code condition} holds; all if it is empty. */
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
    return exists(table) ? new TableHistory(this, table).provenances(commits) : List.of();
  }

  /** The provenance of the last commit of each job, and of each run of it, as JSON. */
  public List<String> lastProvenances(Table<?> table) {
    return new TableHistory(this, table).lastProvenances();
  }

  String path(Table<?> table) {
    return new Path(location, table.name()).toString();
  }

  TableSchema schema(Table<?> table) {
    return new TableSchema(spark, table, sqlName(table));
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
