package io.atomforge.tables;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** Between the rows of Spark and the records of this program. */
public final class Rows {
  private Rows() {}

  /** The rows of {@code dataset}, which has the columns of {@code table}, on the driver. */
  public static <T extends Record> List<T> collect(Table<T> table, Dataset<Row> dataset) {
    List<T> rows = new ArrayList<>();
    for (Row row : dataset.collectAsList()) {
      rows.add(table.codec().fromRow(row));
    }
    return rows;
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
            rows -> mapped(function.apply(() -> mapped(rows, from::fromRow)).iterator(), to::toRow),
        Encoders.row(to.schema()));
  }

  private static <X, Y> Iterator<Y> mapped(Iterator<X> items, Function<X, Y> function) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return items.hasNext();
      }

      @Override
      public Y next() {
        return function.apply(items.next());
      }
    };
  }

  /**
   * Hashes rows, whatever their order and partitions.
   *
   * @return 64 hexadecimal digits: the sum of the rows' SHA-256, in four parts, each modulo 2^64
   */
  public static String fingerprint(Dataset<Row> rows) {
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
}
