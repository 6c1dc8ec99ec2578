package io.atomforge.tables;

import io.atomforge.GeneratedPage;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** {@code docs/tables.md} shows the tables and views as the program makes them. */
class TablesPageTest {
  private static final String HEAD =
      """
      # Tables and views

      This page is made from the program by `TablesPageTest`, which fails when the page is out of date.

      A warehouse holds these Delta tables, in the order in which the data flows. No column is ever null. Every table and column carries
      the comment that stands here, so `DESCRIBE` shows it too. Delta enforces the constraints on every write, whoever writes. The
      relation `commits` shows the commits of all tables: job, program version, seed, config and the versions of the tables that were read.
      [experiments.md](experiments.md) shows how to query the tables.

      """;

  @Test
  void thePageShowsTheTablesAndViewsOfTheProgram() throws IOException {
    String page =
        HEAD
            + "| table | one row is |\n|---|---|\n"
            + Tables.ALL.stream()
                .map(t -> "| [`%s`](#%s) | %s |\n".formatted(t, t, cell(t.comment())))
                .collect(Collectors.joining())
            + Tables.ALL.stream().map(TablesPageTest::section).collect(Collectors.joining())
            + "\n## Views\n\nA view is a stored SELECT statement; every view can be queried like a table.\n\n"
            + "| view | one row is | reads |\n|---|---|---|\n"
            + Stream.of(View.values()).map(TablesPageTest::row).collect(Collectors.joining())
            + "\nColumns that a view takes from a table mean what they mean there. These are the others:\n\n"
            + "| view | column | meaning |\n|---|---|---|\n"
            + Stream.of(View.values()).map(TablesPageTest::columns).collect(Collectors.joining());
    GeneratedPage.check("tables.md", page);
  }

  private static String section(Table<?> table) {
    StringBuilder out = new StringBuilder();
    out.append("\n## ").append(table).append("\n\n").append(table.comment()).append("\n\n");
    out.append("- Key: ").append(names(table.key())).append('\n');
    if (!table.partitions().isEmpty()) {
      out.append("- Partitioned by: ").append(names(table.partitions())).append('\n');
    }
    if (table.keepsChanges()) {
      out.append("- Change data feed: `table_changes('").append(table).append("', 0)`\n");
    }
    table
        .constraints()
        .forEach(
            (name, sql) -> out.append("- Constraint `%s`: `%s`\n".formatted(name, oneLine(sql))));
    table
        .checks()
        .forEach(
            view ->
                out.append("- Before every write: `%s` shows no row\n".formatted(view.sqlName())));
    out.append("\n| column | type | meaning |\n|---|---|---|\n");
    for (var field : table.codec().schema().fields()) {
      String meaning = table.comments().get(field.name());
      out.append(
          "| `%s` | %s | %s |\n".formatted(field.name(), type(field.dataType()), cell(meaning)));
    }
    return out.toString();
  }

  private static String columns(View view) {
    return view.comments().entrySet().stream()
        .map(
            c -> "| `%s` | `%s` | %s |\n".formatted(view.sqlName(), c.getKey(), cell(c.getValue())))
        .collect(Collectors.joining());
  }

  private static String row(View view) {
    List<String> reads = view.tables().stream().map(Table::name).toList();
    String commits = view.readsCommits() ? ", `commits`" : "";
    return "| `%s` | %s | %s%s |\n"
        .formatted(view.sqlName(), cell(view.comment()), names(reads), commits);
  }

  private static String type(DataType type) {
    if (type instanceof ArrayType array) {
      return "array of " + type(array.elementType());
    }
    if (type instanceof StructType struct) {
      return Stream.of(struct.fields())
          .map(f -> "`" + f.name() + "` " + type(f.dataType()))
          .collect(Collectors.joining(", ", "(", ")"));
    }
    return cell(type.simpleString());
  }

  private static String names(List<String> names) {
    return names.stream().map(n -> "`" + n + "`").collect(Collectors.joining(", "));
  }

  private static String oneLine(String sql) {
    return sql.replaceAll("\\s+", " ");
  }

  private static String cell(String text) {
    return GeneratedPage.cell(text);
  }
}
