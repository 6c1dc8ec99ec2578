package io.atomforge.jobs.sql;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** How the rows that answer a statement are written. */
public enum Format {
  /**
   * Columns for people: numbers have six significant digits, and a cell has at most 60 characters.
   */
  TABLE,

  /**
   * A line of names, then a line per row, as RFC 4180 has them but for line ends, which are those
   * of Unix. Numbers have all their digits, a missing value is empty and an empty text is {@code
   * ""}.
   */
  CSV,

  /** One JSON object per row; a missing value is {@code null}. */
  JSON;

  private static final int WIDEST = 60;

  /**
   * @throws IllegalArgumentException if there is no such format
   */
  @JsonCreator
  public static Format of(String name) {
    for (Format format : values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
        return format;
      }
    }
    throw new IllegalArgumentException("must be table, csv or json, got " + name);
  }

  /** The rows in columns that {@link #text} can write. */
  Dataset<Row> prepared(Dataset<Row> result) {
    if (this == JSON) {
      return result.select(to_json(struct(col("*")), Map.of("ignoreNullFields", "false")));
    }
    // Two columns may have one name.
    String[] names = new String[result.columns().length];
    Arrays.setAll(names, i -> "c" + i);
    List<Column> cells = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      cells.add(cell(col(names[i]), result.schema().apply(i).dataType()));
    }
    return result.toDF(names).select(cells.toArray(Column[]::new));
  }

  /** Nested values as JSON, bytes in hexadecimal digits, times as Spark casts them to text. */
  private static Column cell(Column column, DataType type) {
    if (type instanceof StructType || type instanceof ArrayType || type instanceof MapType) {
      return to_json(column);
    }
    if (type instanceof BinaryType) {
      return org.apache.spark.sql.functions.hex(column);
    }
    boolean plain =
        type instanceof NumericType || type instanceof StringType || type instanceof BooleanType;
    return plain ? column : column.cast("string");
  }

  /**
   * @param names of the columns
   * @param rows of {@link #prepared}
   * @return lines without a line end after the last
   */
  String text(String[] names, List<Row> rows) {
    return switch (this) {
      case JSON -> lines(rows, row -> row.getString(0));
      case CSV -> {
        String head = Arrays.stream(names).map(Format::quoted).collect(Collectors.joining(","));
        yield rows.isEmpty() ? head : head + "\n" + lines(rows, Format::csv);
      }
      case TABLE -> table(names, rows);
    };
  }

  private static String lines(List<Row> rows, Function<Row, String> line) {
    return rows.stream().map(line).collect(Collectors.joining("\n"));
  }

  private static String csv(Row row) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      cells.add(row.isNullAt(i) ? "" : quoted(exact(row.get(i))));
    }
    return String.join(",", cells);
  }

  private static String exact(Object value) {
    return value instanceof BigDecimal number ? number.toPlainString() : String.valueOf(value);
  }

  private static String quoted(String cell) {
    return cell.isEmpty() || cell.matches("(?s).*[,\"\r\n].*")
        ? '"' + cell.replace("\"", "\"\"") + '"'
        : cell;
  }

  private static String table(String[] names, List<Row> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(List.of(names));
    rows.forEach(row -> cells.add(shown(row)));
    int[] widths = new int[names.length];
    for (List<String> line : cells) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.min(WIDEST, Math.max(widths[i], line.get(i).length()));
      }
    }
    cells.add(1, Arrays.stream(widths).mapToObj("-"::repeat).toList());
    return cells.stream().map(line -> line(line, widths)).collect(Collectors.joining("\n"));
  }

  private static List<String> shown(Row row) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      cells.add(row.isNullAt(i) ? "NULL" : shown(row.get(i)));
    }
    return cells;
  }

  private static String shown(Object value) {
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      if (number != 0 && Double.isFinite(number)) {
        BigDecimal digits = new BigDecimal(number).round(new MathContext(6)).stripTrailingZeros();
        boolean small = Math.abs(number) < 1e-4;
        return small || digits.scale() < -9 ? digits.toString() : digits.toPlainString();
      }
      return number == 0 ? "0" : String.valueOf(number);
    }
    return exact(value).replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      cell = cell.length() > widths[i] ? cell.substring(0, widths[i] - 1) + "…" : cell;
      line.append(i == 0 ? "" : "  ").append(cell);
      line.append(i == widths.length - 1 ? "" : " ".repeat(widths[i] - cell.length()));
    }
    return line.toString();
  }
}
