package io.atomforge.jobs.sql;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Suggestion;
import io.atomforge.tables.Condition;
import io.atomforge.tables.ReadOnlySql;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.Table;
import io.atomforge.tables.Tables;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;

/**
 * Answers statements over the tables and views of one warehouse. A table or view becomes known to
 * Spark when a statement names it for the first time.
 */
public final class Statements {
  private final Warehouse warehouse;
  private final Set<String> known = new HashSet<>();

  public Statements(Warehouse warehouse) {
    this.warehouse = warehouse;
  }

  /**
   * @param limit greatest number of rows in the answer
   * @throws ConfigException if the statement does more than read, or with Spark's line if Spark
   *     finds a mistake in it
   */
  public Answer answer(String statement, Format format, int limit) throws Exception {
    try {
      ReadOnlySql sql = new ReadOnlySql(warehouse.spark(), statement);
      checkFilled(sql);
      open(sql);
      return Answer.of(sql.open(), format, limit);
    } catch (Exception e) { // Scala throws undeclared
      throw said(e);
    }
  }

  private void open(ReadOnlySql sql) {
    List<String> wanted =
        names().stream().filter(name -> sql.describes() || sql.names(name)).toList();
    if (!known.containsAll(wanted)) {
      known.addAll(wanted);
      SqlScope.open(warehouse, known::contains);
    }
  }

  /** The names of all tables and views, written or not. */
  static List<String> names() {
    return Stream.of(
            Tables.ALL.stream().map(Table::name),
            Stream.of(View.values()).map(View::sqlName),
            Stream.of(View.COMMITS))
        .flatMap(s -> s)
        .toList();
  }

  private void checkFilled(ReadOnlySql sql) {
    if ((sql.describes() || Tables.ALL.stream().anyMatch(t -> sql.names(t.name())))
        && Tables.ALL.stream().noneMatch(warehouse::exists)) {
      throw new ConfigException(
          "warehouse: "
              + warehouse.address()
              + " holds no table yet; run Pipeline or LoadAtoms first, or name another warehouse");
    }
  }

  /**
   * Spark's own line where the statement is at fault. Some errors of the analysis have no condition
   * in earlier lines of Spark and Delta.
   */
  private Exception said(Exception e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      String condition = Condition.of(t);
      if (t instanceof SparkThrowable spark
          && (t instanceof AnalysisException || !condition.isEmpty())) {
        String said = String.valueOf(t.getMessage());
        String line = said.lines().filter(l -> !l.isBlank()).findFirst().orElse("");
        known.clear(); // another job may have written it since
        line = line.replaceAll(" If necessary,? set \"spark\\..* to bypass this error\\.", "");
        if (condition.equals("TABLE_OR_VIEW_NOT_FOUND")) {
          line = unknown(spark.getMessageParameters().getOrDefault("relationName", ""));
        }
        return new ConfigException("sql: " + line);
      }
    }
    return e;
  }

  private String unknown(String relation) {
    String name = relation.replace("`", "");
    for (Table<?> table : Tables.ALL) {
      if (name.endsWith(table.name())) {
        return warehouse.missing(table);
      }
    }
    return "no table or view " + name + Suggestion.of(name, names());
  }
}
