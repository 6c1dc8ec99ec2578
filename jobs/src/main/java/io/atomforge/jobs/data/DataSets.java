package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.SEQUENCES;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.tables.Rows;
import io.atomforge.tables.SequenceRow;
import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The data sets of table {@code sequences}, each of which is written and read by its name. */
public final class DataSets {
  /** The data set of who names none, and of rows that were written before data sets had names. */
  public static final String DEFAULT = "default";

  private static final String COLUMN = "dataset";

  private DataSets() {}

  /**
   * @param key of the config that holds the name
   * @throws IllegalArgumentException if no data set can have that name
   */
  public static void checkName(String key, String name) {
    Checks.check(name.matches("[A-Za-z0-9_.-]+"), key, name, "of letters, digits, _ . and -");
  }

  /**
   * Replaces the rows of one data set.
   *
   * @param sequences of distinct ids, in any order
   */
  public static void write(Warehouse warehouse, String name, List<Sequence> sequences) {
    List<SequenceRow> rows =
        sequences.stream()
            .sorted(Comparator.comparing(Sequence::sequenceId))
            .map(s -> SequenceRow.of(name, s))
            .toList();
    String unnamed = name.equals(DEFAULT) ? " OR " + COLUMN + " IS NULL" : "";
    warehouse.replace(
        SEQUENCES,
        COLUMN + " = '" + name + "'" + unnamed,
        warehouse.dataset(SEQUENCES, rows).coalesce(1));
  }

  /** The examples of one data set as something that a result depends on. */
  public record OfName(String dataset) implements Input {
    @Override
    public String name() {
      return "data set " + dataset;
    }

    @Override
    public String fingerprint(Warehouse warehouse) {
      return warehouse.exists(SEQUENCES)
          ? DataSets.fingerprint(all(warehouse).filter(col(COLUMN).equalTo(dataset)))
          : "";
    }

    @Override
    public String stamp(Warehouse warehouse) {
      return Input.Rows.of(SEQUENCES).stamp(warehouse);
    }

    @Override
    public boolean changesWith(List<Table<?>> written) {
      return written.contains(SEQUENCES);
    }
  }

  /**
   * @return the rows of one data set
   * @throws ConfigException if it has none
   */
  public static Dataset<Row> read(Warehouse warehouse, String name) {
    Dataset<Row> all = all(warehouse);
    Dataset<Row> rows = all.filter(col(COLUMN).equalTo(name));
    if (rows.isEmpty()) {
      List<String> names =
          all.select(COLUMN).distinct().orderBy(COLUMN).collectAsList().stream()
              .map(r -> r.getString(0))
              .toList();
      throw new ConfigException(
          "dataset: table sequences has no data set "
              + name
              + ", but "
              + names
              + "; run BuildDataset name="
              + name);
    }
    return rows;
  }

  private static Dataset<Row> all(Warehouse warehouse) {
    Dataset<Row> all = warehouse.read(SEQUENCES);
    boolean named = List.of(all.columns()).contains(COLUMN);
    return all.withColumn(COLUMN, named ? coalesce(col(COLUMN), lit(DEFAULT)) : lit(DEFAULT));
  }

  /**
   * @return the examples of one data set, by their ids
   * @throws ConfigException if it has none
   */
  public static List<Sequence> sequences(Warehouse warehouse, String name) {
    return Rows.collect(SEQUENCES, read(warehouse, name).orderBy(col("sequence_id"))).stream()
        .map(SequenceRow::sequence)
        .toList();
  }

  /** The name is no part of it. */
  private static String fingerprint(Dataset<Row> rows) {
    return Rows.fingerprint(rows.drop(COLUMN));
  }
}
