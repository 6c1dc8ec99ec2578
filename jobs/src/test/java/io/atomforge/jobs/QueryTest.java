package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atomforge.tables.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
  private static final int PROBLEMS = ToyTables.problems(4, 6).size();

  @TempDir Path folder;

  private static Run query(String sql, String... words) throws Exception {
    assertThat(ToyTables.WAREHOUSE).isNotNull();
    String[] all = new String[words.length + 2];
    System.arraycopy(words, 0, all, 2, words.length);
    all[0] = "warehouse=" + ToyTables.FOLDER;
    all[1] = "sql=" + io.atomforge.jobs.cli.JobRunner.JSON.writeValueAsString(sql);
    return Run.of(Query.JOB, all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-- how many\nSELECT count(*) FROM problems",
        "/* how many */ select count(*) from problems;",
        "/* a */ -- b\nSHOW TABLES",
        "WITH p AS (SELECT * FROM problems) SELECT count(*) FROM p",
        "VALUES (1), (2)",
        "TABLE problems",
        "FROM problems SELECT count(*)",
        "(SELECT 1) UNION ALL (SELECT 2)",
        "EXPLAIN SELECT * FROM problems",
        "  -- why\n EXPLAIN EXTENDED WITH p AS (SELECT 1) SELECT * FROM p",
        "DESCRIBE problems",
        "DESC TABLE EXTENDED problems",
        "DESCRIBE QUERY SELECT * FROM problems",
        "DESCRIBE HISTORY problems",
        "DESCRIBE FUNCTION sum",
        "SHOW COLUMNS IN problems",
        "SHOW TBLPROPERTIES problems",
        "SELECT 'reflect(1)', \"java_method\"",
        "SELECT count(*) FROM problems VERSION AS OF 0",
        "SELECT count(*) FROM table_changes('problems', 0)"
      })
  void whatOnlyReadsIsAnswered(String sql) throws Exception {
    Run run = query(sql);
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT reflect('java.lang.System', 'getProperty', 'user.home') | calls methods of the JVM",
        "SELECT `REFLECT`('java.lang.System', 'nanoTime') | calls methods of the JVM",
        "SELECT java_method('java.lang.System', 'nanoTime') | calls methods of the JVM",
        "SELECT try_reflect('java.lang.System', 'nanoTime') | calls methods of the JVM",
        "SELECT 1 + (SELECT java_method('java.lang.Math', 'abs', -1)) | calls methods of the JVM",
        "WITH q AS (SELECT reflect('java.lang.System', 'nanoTime') AS x) SELECT x FROM q | JVM",
        "SELECT * FROM problems WHERE exists(array(1), x -> reflect('java.lang.System','nanoTime') > x) | JVM",
        "SELECT * FROM problems ORDER BY reflect('java.lang.System', 'nanoTime') | JVM",
        "EXPLAIN SELECT reflect('java.lang.System', 'nanoTime') | calls methods of the JVM",
        "DESCRIBE QUERY SELECT reflect('java.lang.System', 'nanoTime') | calls methods of the JVM",
        "SELECT TRANSFORM(1) USING 'id' AS x | TRANSFORM runs a program",
        "SELECT * FROM (SELECT TRANSFORM(family) USING 'cat' AS x FROM problems) | runs a program",
        "FROM problems MAP family USING 'cat' AS x | runs a program",
        "SELECT * FROM text.`/etc/passwd` | /etc/passwd is a file or folder",
        "SELECT * FROM csv.`/etc/passwd` | is a file or folder",
        "SELECT * FROM (SELECT 1) a JOIN binaryFile.`file:/etc/passwd` b | is a file or folder",
        "SELECT * FROM json.secret | no table or view",
        "DROP TABLE problems | queries are read-only",
        "-- SELECT\\nDROP TABLE problems | queries are read-only",
        "DELETE FROM problems | queries are read-only",
        "UPDATE problems SET family = 'x' | queries are read-only",
        "MERGE INTO problems USING problems AS p ON true WHEN MATCHED THEN DELETE | read-only",
        "INSERT INTO problems SELECT * FROM problems | queries are read-only",
        "WITH q AS (SELECT * FROM problems) INSERT INTO problems SELECT * FROM q | read-only",
        "FROM problems INSERT INTO problems SELECT * INSERT INTO problems SELECT * | read-only",
        "INSERT OVERWRITE DIRECTORY '/tmp/x' USING json SELECT 1 | queries are read-only",
        "EXPLAIN DROP TABLE problems | queries are read-only",
        "CREATE TEMPORARY FUNCTION f AS 'java.lang.System' | queries are read-only",
        "CREATE VIEW v AS SELECT 1 | queries are read-only",
        "CREATE TABLE t AS SELECT 1 | queries are read-only",
        "ALTER TABLE problems ADD COLUMN x INT | queries are read-only",
        "ADD JAR '/tmp/x.jar' | queries are read-only",
        "LOAD DATA INPATH '/etc/passwd' INTO TABLE problems | queries are read-only",
        "SET spark.sql.runSQLOnFiles=true | queries are read-only",
        "RESET | queries are read-only",
        "USE default | queries are read-only",
        "CACHE TABLE problems | queries are read-only",
        "REFRESH TABLE problems | queries are read-only",
        "OPTIMIZE problems | queries are read-only",
        "CREATE TABLE copy SHALLOW CLONE problems | queries are read-only",
        "CONVERT TO DELTA parquet.`/tmp/x` | queries are read-only",
        "GENERATE symlink_format_manifest FOR TABLE problems | queries are read-only",
        "VACUUM problems | queries are read-only",
        "RESTORE TABLE problems TO VERSION AS OF 0 | queries are read-only",
        "SELECT 1/0 | sql: [DIVIDE_BY_ZERO]",
        "SELECT CAST(family AS INT) FROM problems | sql: [CAST_INVALID_INPUT]",
        "SELECT array(1)[5] | sql: [INVALID_ARRAY_INDEX]",
        "SELEC 1 | sql: [PARSE_SYNTAX_ERROR]",
        "SELECT famly FROM problems | sql: [UNRESOLVED_COLUMN",
        "SELECT nosuch(1) | sql: [UNRESOLVED_ROUTINE]",
        "SELECT * FROM problms | no table or view problms; did you mean problems?",
        "SELECT * FROM releases | table releases does not exist",
        "SELECT 1; SELECT 2 | sql: [",
        "SELECT * FROM problems VERSION AS OF 99 | Cannot time travel Delta table to version 99."
      })
  void whatDoesMoreOrFailsIsOneLine(String sql, String message) throws Exception {
    long version = ToyTables.WAREHOUSE.version(Tables.PROBLEMS);
    Run run = query(sql.replace("\\n", "\n"));
    assertThat(ToyTables.WAREHOUSE.version(Tables.PROBLEMS)).isEqualTo(version);
    assertThat(run.status()).as(run.err()).isEqualTo(2);
    assertThat(run.said(Query.JOB)).singleElement().asString().contains(message);
    assertThat(run.err()).doesNotContain("\tat ");
    assertThat(run.out()).isEmpty();
  }

  /** Earlier lines of Spark do not know the statement, and their parser refuses it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "EXECUTE IMMEDIATE 'DROP TABLE problems'",
        "BEGIN SELECT 1; DROP TABLE problems; END",
        "CREATE FUNCTION f(x INT) RETURNS INT RETURN x",
        "CALL system.x()"
      })
  void whatOnlyRecentLinesKnowIsRefusedByAll(String sql) throws Exception {
    whatDoesMoreOrFailsIsOneLine(sql, recent("4.1") ? "queries are read-only" : "sql: ");
  }

  @Test
  void recentLinesKnowPipesAndErrorsThatAStatementRaises() throws Exception {
    assumeTrue(recent("4"));
    whatOnlyReadsIsAnswered("FROM problems |> WHERE family = 'atom' |> AGGREGATE count(*)");
    whatDoesMoreOrFailsIsOneLine(
        "SELECT raise_error('no') FROM problems", "sql: [USER_RAISED_EXCEPTION]");
  }

  private static boolean recent(String version) {
    return ToyTables.WAREHOUSE.spark().version().compareTo(version) >= 0;
  }

  @Test
  void rowsAboveTheLimitAreCountedOnStandardError() throws Exception {
    Run cut = query("SELECT problem_id FROM problems", "limit=2", "format=csv");
    assertThat(cut.err()).contains("the first 2 rows and there are more; limit=N");
    assertThat(cut.out().lines().filter(l -> l.matches(".*-.*"))).hasSize(2);
    Run whole = query("SELECT problem_id FROM problems", "limit=" + PROBLEMS, "format=json");
    assertThat(whole.err()).doesNotContain("there are more");
    assertThat(whole.out().lines().filter(l -> l.contains("problem_id"))).hasSize(PROBLEMS);
  }

  @Test
  void wordsWithoutQuotationMarksAreOneStatement() throws Exception {
    assertThat(Query.words(new String[] {"SELECT", "1", "limit=3"}))
        .containsExactly("sql=\"SELECT 1\"", "limit=3");
  }

  @Test
  void aWarehouseWithoutTablesIsSaid() throws Exception {
    Path none = folder.resolve("none");
    Run run = Run.of(Query.JOB, "warehouse=" + none, "sql=SELECT * FROM problems");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.said(Query.JOB))
        .singleElement()
        .asString()
        .contains("warehouse: ", "none holds no table yet");
    assertThat(Files.exists(none)).isFalse();
  }

  @Test
  void aStatementMayBeginWithACommentAndAnOptionIsNone() throws Exception {
    assertThat(Query.words(new String[] {"-- how many\nSELECT 1", "--format", "csv", "limit=3"}))
        .containsExactly("sql=\"-- how many\\nSELECT 1\"", "format=csv", "limit=3");
    assertThat(Query.words(new String[] {"--config", "my.yaml", "--fromat"}))
        .containsExactly("--config", "my.yaml", "--fromat");
  }
}
