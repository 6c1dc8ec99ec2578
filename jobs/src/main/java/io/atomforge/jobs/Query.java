package io.atomforge.jobs;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.config.Suggestion;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.tables.ReadOnlySql;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.Table;
import io.atomforge.tables.Tables;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Read-only SQL with every table of the warehouse in scope, time travel included. */
public final class Query {
  /** See {@code conf/query.yaml}. */
  record Config(@Operational String warehouse, String sql, String format, int limit, String release)
      implements JobConfig {
    Config {
      Checks.check(
          List.of("table", "csv", "json").contains(format), "format", format, "table, csv or json");
      Checks.atLeast(1, "limit", limit);
    }

    @Override
    public boolean writes() {
      return false;
    }
  }

  record Summary(String result, long rows) {}

  static final Job<Config> JOB =
      new Job<>(
          "Query",
          "read-only SQL over the tables and views of the warehouse",
          Config.class,
          Tables.ALL,
          List.of(),
          Query::run);

  private Query() {}

  public static void main(String[] args) throws Exception {
    JobRunner.main(JOB, words(args).toArray(String[]::new));
  }

  /**
   * The command line with its statement as key {@code sql}; a statement may begin with a comment.
   */
  static List<String> words(String[] args) throws IOException {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--format") && i + 1 < args.length) {
        words.add("format=" + args[++i]);
      } else if (!args[i].matches("--\\S*")
          && !args[i].matches("(?s)[a-z][a-z0-9_.]*=.*")
          && (i == 0 || !args[i - 1].matches("--config|--recipe"))) {
        words.add("sql=" + JobRunner.JSON.writeValueAsString(args[i]));
      } else {
        words.add(args[i]);
      }
    }
    return words;
  }

  static Summary run(Warehouse current, Config config) throws Exception {
    if (config.sql().isBlank()) {
      throw new ConfigException(
          "sql: give a statement, such as Query \"SELECT family, count(*) FROM problems GROUP BY"
              + " 1\"");
    }
    Warehouse warehouse =
        config.release().isEmpty() ? current : Release.open(current, config.release());
    try {
      ReadOnlySql sql = new ReadOnlySql(warehouse.spark(), config.sql());
      checkFilled(warehouse, sql);
      SqlScope.open(warehouse, name -> sql.describes() || sql.names(name));
      Dataset<Row> result = sql.open();
      List<Row> rows = result.takeAsList(config.limit() + 1);
      if (rows.size() > config.limit()) {
        rows = rows.subList(0, config.limit());
        System.err.printf(
            "Query: these are the first %d rows and there are more; limit=N shows more%n",
            rows.size());
      }
      return new Summary(print(result, rows, config.format()), rows.size());
    } catch (Exception e) { // Scala throws undeclared
      throw said(e, warehouse);
    }
  }

  private static void checkFilled(Warehouse warehouse, ReadOnlySql sql) {
    if ((sql.describes() || Tables.ALL.stream().anyMatch(t -> sql.names(t.name())))
        && Tables.ALL.stream().noneMatch(warehouse::exists)) {
      throw new ConfigException(
          "warehouse: "
              + warehouse.address()
              + " holds no table yet; run Pipeline or LoadAtoms first, or name another warehouse");
    }
  }

  /** Spark's own line where the statement is at fault. */
  private static Exception said(Exception e, Warehouse warehouse) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SparkThrowable spark && spark.getCondition() != null) {
        String said = String.valueOf(t.getMessage());
        String line = said.lines().filter(l -> !l.isBlank()).findFirst().orElse("");
        boolean unknown = spark.getCondition().equals("TABLE_OR_VIEW_NOT_FOUND");
        String name = spark.getMessageParameters().getOrDefault("relationName", "");
        return new ConfigException("sql: " + (unknown ? unknown(name, warehouse) : line));
      }
    }
    return e;
  }

  private static String unknown(String relation, Warehouse warehouse) {
    String name = relation.replace("`", "");
    for (Table<?> table : Tables.ALL) {
      if (name.endsWith(table.name())) {
        return warehouse.missing(table);
      }
    }
    List<String> known =
        Stream.concat(
                Tables.ALL.stream().map(Table::name), Stream.of(View.values()).map(View::sqlName))
            .toList();
    return "no table or view " + name + Suggestion.of(name, known);
  }

  private static String print(Dataset<Row> result, List<Row> rows, String format) {
    String[] names = result.columns();
    return switch (format) {
      case "json" ->
          String.join(
              "\n",
              result
                  .sparkSession()
                  .createDataFrame(rows, result.schema())
                  .toJSON()
                  .collectAsList());
      case "csv" ->
          String.join(",", names)
              + "\n"
              + rows.stream()
                  .map(
                      r ->
                          cells(r).stream()
                              .map(
                                  c ->
                                      c.matches("(?s).*[,\"\n].*")
                                          ? '"' + c.replace("\"", "\"\"") + '"'
                                          : c)
                              .collect(Collectors.joining(",")))
                  .collect(Collectors.joining("\n"));
      default -> table(names, rows);
    };
  }

  /** A table for a terminal. */
  static String table(String[] names, List<Row> rows) {
    int[] widths = new int[names.length];
    List<List<String>> cells = rows.stream().map(Query::cells).toList();
    for (int i = 0; i < names.length; i++) {
      int column = i;
      widths[i] =
          Math.min(
              60,
              Math.max(
                  names[i].length(),
                  cells.stream().mapToInt(r -> r.get(column).length()).max().orElse(0)));
    }
    StringBuilder out = new StringBuilder();
    line(out, List.of(names), widths);
    line(out, java.util.Arrays.stream(widths).mapToObj("-"::repeat).toList(), widths);
    cells.forEach(row -> line(out, row, widths));
    return out.toString();
  }

  private static void line(StringBuilder out, List<String> cells, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i).replace("\n", "\\n");
      cell = cell.length() > widths[i] ? cell.substring(0, widths[i] - 1) + "…" : cell;
      out.append(i == 0 ? "" : "  ")
          .append(cell)
          .append(i == widths.length - 1 ? "" : " ".repeat(widths[i] - cell.length()));
    }
    out.append('\n');
  }

  private static List<String> cells(Row row) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      Object value = row.get(i);
      cells.add(
          value instanceof Double d
              ? String.format(Locale.ROOT, "%.6g", d)
              : String.valueOf(value));
    }
    return cells;
  }
}
