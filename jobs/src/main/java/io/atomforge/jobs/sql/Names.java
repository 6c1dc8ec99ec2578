package io.atomforge.jobs.sql;

import io.atomforge.tables.Table;
import io.atomforge.tables.Tables;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes the names of tables, views, their columns, and the words of SQL. */
final class Names implements Completer {
  private static final List<String> WORDS =
      List.of(
          ("SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT JOIN LEFT ON USING WITH AS AND OR NOT IN"
                  + " BETWEEN LIKE IS NULL CASE WHEN THEN ELSE END DISTINCT UNION ALL DESC ASC"
                  + " VERSION OF SHOW TABLES DESCRIBE EXPLAIN VALUES count avg sum min max round")
              .split(" "));

  private final SparkSession spark;

  Names(SparkSession spark) {
    this.spark = spark;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    TreeSet<String> names = new TreeSet<>(WORDS);
    names.addAll(Statements.names());
    for (Table<?> table : Tables.ALL) {
      names.addAll(List.of(table.codec().schema().fieldNames()));
    }
    for (String view : Statements.names()) {
      if (line.line().contains(view) && spark.catalog().tableExists(view)) {
        names.addAll(List.of(spark.table(view).columns()));
      }
    }
    names.forEach(name -> candidates.add(new Candidate(name)));
  }
}
