package io.atomforge.tables;

import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.not;

import io.atomforge.config.ConfigException;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;

/**
 * All tables of one place: a folder of any Hadoop file system with one Delta table per sub-folder,
 * or the schema of a catalog ({@code catalog:NAME.SCHEMA}). A table is created at its first write,
 * with comments and constraints; each write is one atomic Delta commit that carries its {@link
 * Provenance}.
 */
public final class Warehouse {
  private static final String CATALOG = "catalog:";
  private static final String MARKER = "_atomforge";
  private static final String PROBE = "_atomforge_probe";

  private final SparkSession spark;
  private final String location;
  private final Provenance provenance;
  private final Map<String, Long> pinned;
  private final Map<String, Long> reads = new TreeMap<>();

  private Warehouse(
      SparkSession spark, String location, Provenance provenance, Map<String, Long> pinned) {
    this.pinned = pinned;
    this.spark = spark;
    this.location = location;
    this.provenance = provenance;
  }

  /**
   * @param location a path or {@code catalog:NAME.SCHEMA}
   * @throws ConfigException if the path cannot be reached, is a file, or a folder that holds
   *     something else
   */
  public static Warehouse open(SparkSession spark, String location, Provenance provenance) {
    if (location.startsWith(CATALOG)) {
      return new Warehouse(spark, location, provenance, Map.of());
    }
    try {
      Path path = new Path(location);
      FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
      Warehouse warehouse =
          new Warehouse(spark, files.makeQualified(path).toString(), provenance, Map.of());
      warehouse.checkFolder(files, path);
      return warehouse;
    } catch (ConfigException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new ConfigException("warehouse: cannot open " + location + ": " + e.getMessage());
    }
  }

  /**
   * Leaves nothing behind.
   *
   * @throws ConfigException if no file can be made in the folder
   */
  public void checkWritable() {
    if (!inCatalog()) {
      checkWritable(spark, "warehouse", new Path(location));
    }
  }

  /**
   * Makes and deletes a file in a folder, and the folder where there is none yet.
   *
   * @param key setting that names the folder
   * @throws ConfigException if it cannot
   */
  public static void checkWritable(SparkSession spark, String key, Path folder) {
    Path probe = new Path(folder, PROBE);
    try {
      FileSystem files = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
      List<Path> made = new ArrayList<>();
      for (Path p = folder; p != null && !files.exists(p); p = p.getParent()) {
        made.add(p);
      }
      try {
        files.create(probe, true).close();
      } finally {
        files.delete(probe, false);
        for (Path path : made) {
          if (files.exists(path) && files.listStatus(path).length == 0) {
            files.delete(path, false);
          }
        }
      }
    } catch (IOException e) {
      throw new ConfigException(key + ": cannot write to " + folder + ": " + e.getMessage());
    }
  }

  /** The same tables, written in another job's name; what was read so far is forgotten. */
  public Warehouse as(Provenance other) {
    return new Warehouse(spark, location, other, pinned);
  }

  public SparkSession spark() {
    return spark;
  }

  /** The commit of the code that writes. */
  public String gitCommit() {
    return provenance.gitCommit();
  }

  boolean inCatalog() {
    return location.startsWith(CATALOG);
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
    return new Warehouse(spark, location, provenance, Map.copyOf(versions));
  }

  /** The versions that {@link #at} chose. */
  Map<String, Long> pinned() {
    return pinned;
  }

  private void checkFolder(FileSystem files, Path path) throws IOException {
    if (!files.exists(path)) {
      return;
    }
    if (!files.getFileStatus(path).isDirectory()) {
      throw new ConfigException("warehouse: " + location + " is a file; name a folder");
    }
    boolean others =
        Arrays.stream(files.listStatus(path))
            .anyMatch(status -> !status.getPath().getName().equals(PROBE));
    if (others && !files.exists(new Path(path, MARKER))) {
      throw new ConfigException(
          "warehouse: "
              + location
              + " holds other things and is no Atomforge warehouse; name an empty or new folder");
    }
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
      throw new ConfigException(
          "table "
              + table.name()
              + " does not exist in "
              + location
              + " yet; "
              + table.comment().replaceAll(".*(Written by [^.]*).*", "$1"));
    }
    reads.put(table.name(), pinned.getOrDefault(table.name(), version(table)));
    return spark.sql(select(table));
  }

  /** The statement that reads the table, which must exist. */
  String select(Table<?> table) {
    Long version = pinned.get(table.name());
    return "SELECT * FROM " + sqlName(table) + (version == null ? "" : " VERSION AS OF " + version);
  }

  /** The rows of {@code dataset}, which has the columns of {@code table}, on the driver. */
  public static <T extends Record> List<T> collect(Table<T> table, Dataset<Row> dataset) {
    List<T> rows = new ArrayList<>();
    for (Row row : dataset.collectAsList()) {
      rows.add(table.codec().fromRow(row));
    }
    return rows;
  }

  public <T extends Record> Dataset<Row> dataset(Table<T> table, List<T> rows) {
    return spark.createDataset(
        rows.stream().map(table.codec()::toRow).toList(), Encoders.row(table.codec().schema()));
  }

  /** What {@link #map} applies to each partition. */
  public interface PartitionFunction<A, B> extends Serializable {
    Iterable<B> apply(Iterable<A> rows);
  }

  /**
   * Applies {@code function} to each partition of rows of {@code from}; the result has the columns
   * of {@code to}.
   */
  public static <A extends Record, B extends Record> Dataset<Row> map(
      Dataset<Row> input,
      RecordCodec<A> from,
      RecordCodec<B> to,
      PartitionFunction<A, B> function) {
    return input.mapPartitions(
        (MapPartitionsFunction<Row, Row>)
            rows -> {
              Iterable<A> records =
                  () ->
                      new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                          return rows.hasNext();
                        }

                        @Override
                        public A next() {
                          return from.fromRow(rows.next());
                        }
                      };
              Iterator<B> results = function.apply(records).iterator();
              return new Iterator<>() {
                @Override
                public boolean hasNext() {
                  return results.hasNext();
                }

                @Override
                public Row next() {
                  return to.toRow(results.next());
                }
              };
            },
        Encoders.row(to.schema()));
  }

  /** Replaces the table's rows. */
  public void overwrite(Table<?> table, Dataset<Row> rows) {
    table.separations().forEach(s -> s.check(table, rows));
    create(table);
    save(table, writer(rows).mode("overwrite"));
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
        writer(rows).mode("append").option("txnAppId", transaction).option("txnVersion", "1"));
  }

  /** Replaces the rows for which {@code condition} holds; all of {@code rows} must fulfil it. */
  public void replace(Table<?> table, String condition, Dataset<Row> rows) {
    if (!table.separations().isEmpty()) {
      Dataset<Row> all =
          exists(table)
              ? spark.table(sqlName(table)).filter(not(expr(condition))).unionByName(rows)
              : rows;
      table.separations().forEach(s -> s.check(table, all));
    }
    create(table);
    save(table, writer(rows).mode("overwrite").option("replaceWhere", condition));
  }

  /**
   * @return the number of the table's latest commit
   */
  public long version(Table<?> table) {
    return history(table, 1).select("version").head().getLong(0);
  }

  /**
   * @return a hash of the table's rows, 64 hexadecimal digits: the sum of the rows' SHA-256, in
   *     four parts; unlike {@link #version} it depends neither on their order nor on how often they
   *     were written
   */
  public String fingerprint(Table<?> table) {
    Dataset<Row> rows = read(table);
    String columns = String.join(", ", new TreeSet<>(List.of(rows.columns())));
    String part = "sum(CAST(conv(substr(hash, %d, 16), 16, 10) AS DECIMAL(38, 0)))";
    Row sums =
        rows.selectExpr("sha2(to_json(struct(" + columns + ")), 256) AS hash")
            .selectExpr(
                part.formatted(1), part.formatted(17), part.formatted(33), part.formatted(49))
            .head();
    StringBuilder hash = new StringBuilder();
    for (int i = 0; i < sums.size(); i++) {
      BigDecimal sum = sums.isNullAt(i) ? BigDecimal.ZERO : sums.getDecimal(i);
      hash.append("%016x".formatted(sum.toBigInteger().longValue()));
    }
    return hash.toString();
  }

  /**
   * Keeps the history of a table for ten years in place of Delta's month, so that its versions can
   * be read.
   */
  public void keepHistory(Table<?> table) {
    String log = "delta.logRetentionDuration";
    if (!properties(table).containsKey(log)) {
      spark.sql(
          "ALTER TABLE %s SET TBLPROPERTIES ('%s' = 'interval 3650 days', '%s' = 'interval 3650 days')"
              .formatted(sqlName(table), log, "delta.deletedFileRetentionDuration"));
    }
  }

  /**
   * @return the provenance of the latest commits, newest first, as JSON
   */
  public List<String> provenances(Table<?> table, int commits) {
    if (!exists(table)) {
      return List.of();
    }
    return history(table, commits)
        .select("userMetadata")
        .where("userMetadata IS NOT NULL")
        .as(Encoders.STRING())
        .collectAsList();
  }

  private DataFrameWriter<Row> writer(Dataset<Row> rows) {
    return rows.write().format("delta").option("userMetadata", provenance.json(reads));
  }

  private void save(Table<?> table, DataFrameWriter<Row> writer) {
    if (inCatalog()) {
      writer.saveAsTable(sqlName(table));
    } else {
      writer.save(path(table));
    }
  }

  String path(Table<?> table) {
    return new Path(location, table.name()).toString();
  }

  /** The table's latest commits, newest first, as Delta describes them. */
  Dataset<Row> history(Table<?> table, int commits) {
    return spark.sql("DESCRIBE HISTORY " + sqlName(table) + " LIMIT " + commits);
  }

  private Map<Object, Object> properties(Table<?> table) {
    return spark.sql("DESCRIBE DETAIL " + sqlName(table)).select("properties").head().getJavaMap(0);
  }

  private void create(Table<?> table) {
    if (!exists(table)) {
      mark();
      String columns =
          Stream.of(table.codec().schema().fields())
              .map(f -> new StructField(f.name(), f.dataType(), false, f.metadata()))
              .map(f -> f.withComment(table.comments().get(f.name())).toDDL())
              .collect(Collectors.joining(", "));
      spark.sql(
          "CREATE TABLE %s (%s) USING delta COMMENT '%s'"
              .formatted(
                  sqlName(table),
                  columns,
                  table.comment().replace("\\", "\\\\").replace("'", "\\'")));
    }
    addMissingColumns(table);
    Map<Object, Object> properties = properties(table);
    table
        .constraints()
        .forEach(
            (name, sql) -> {
              String alter = "ALTER TABLE " + sqlName(table);
              Object present = properties.get("delta.constraints." + name.toLowerCase(Locale.ROOT));
              if (!sql.equals(present)) {
                if (present != null) { // an earlier version of the program had another
                  spark.sql(alter + " DROP CONSTRAINT " + name);
                }
                spark.sql(alter + " ADD CONSTRAINT " + name + " CHECK (" + sql + ")");
              }
            });
  }

  /** A table that an earlier version of the program made lacks what was added since. */
  private void addMissingColumns(Table<?> table) {
    List<String> present = List.of(spark.table(sqlName(table)).columns());
    for (StructField field : table.codec().schema().fields()) {
      if (!present.contains(field.name())) {
        spark.sql(
            "ALTER TABLE "
                + sqlName(table)
                + " ADD COLUMN "
                + field.name()
                + " "
                + field.dataType().sql()
                + " COMMENT '"
                + table.comments().get(field.name()).replace("'", "\\'")
                + "'");
      }
    }
  }

  /**
   * Makes the folder known as a warehouse, or the schema. Whoever writes a file before the first
   * table calls this before that; a table does so itself.
   */
  public void mark() {
    if (inCatalog()) {
      spark.sql("CREATE SCHEMA IF NOT EXISTS " + place());
      return;
    }
    Path marker = new Path(location, MARKER);
    try {
      FileSystem files = marker.getFileSystem(spark.sparkContext().hadoopConfiguration());
      if (!files.exists(marker)) {
        files.create(marker, true).close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
