package io.atomforge.jobs;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ParsedStatement;

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
    List<String> words = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--format") && i + 1 < args.length) {
        words.add("format=" + args[++i]);
      } else if (!args[i].startsWith("--")
          && !args[i].matches("(?s)[a-z][a-z0-9_.]*=.*")
          && (i == 0 || !args[i - 1].matches("--config|--recipe"))) {
        words.add("sql=" + JobRunner.JSON.writeValueAsString(args[i]));
      } else {
        words.add(args[i]);
      }
    }
    JobRunner.main(JOB, words.toArray(String[]::new));
  }

  static Summary run(Warehouse current, Config config) throws Exception {
    if (config.sql().isBlank()) {
      throw new ConfigException(
          "sql: give a statement, such as Query \"SELECT family, count(*) FROM problems GROUP BY"
              + " 1\"");
    }
    Warehouse warehouse =
        config.release().isEmpty() ? current : Release.open(current, config.release());
    SparkSession spark = warehouse.spark();
    boolean looks =
        config.sql().strip().toUpperCase(Locale.ROOT).matches("(?s)(SHOW|DESCRIBE|DESC)\\b.*");
    SqlScope.open(warehouse, name -> looks || config.sql().toLowerCase(Locale.ROOT).contains(name));
    try {
      LogicalPlan plan = spark.sessionState().sqlParser().parsePlan(config.sql());
      if (!looks && (plan instanceof Command || plan instanceof ParsedStatement)) {
        throw new ConfigException(
            "sql: Query is read-only; give a SELECT, SHOW or DESCRIBE statement");
      }
      Dataset<Row> result = spark.sql(config.sql());
      List<Row> rows = result.takeAsList(config.limit());
      return new Summary(print(result, rows, config.format()), rows.size());
    } catch (AnalysisException e) {
      throw new ConfigException(
          "sql: "
              + e.getMessage().lines().filter(l -> !l.isBlank()).findFirst().orElse(e.toString()));
    }
  }

  private static String print(Dataset<Row> result, List<Row> rows, String format) {
    String[] names = result.columns();
    return switch (format) {
      case "json" ->
          result.limit(Math.max(1, rows.size())).toJSON().collectAsList().stream()
              .collect(Collectors.joining("\n"));
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
