package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.sql.Answer;
import io.atomforge.jobs.sql.Format;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlTest {
  private static final String VALUES =
      "SELECT * FROM VALUES (1, 0.1D, 'a,\"b\"\n', array(1, 2), DATE '2024-02-29', 1.50BD),"
          + " (2, 1/3D, '', NULL, NULL, NULL), (3, NULL, NULL, array(), NULL, 0BD)"
          + " AS t(id, number, words, list, day, price)";

  @TempDir Path folder;

  private static String answer(String sql, Format format) {
    return Answer.of(ToyTables.WAREHOUSE.spark().sql(sql), format, 100).text();
  }

  @Test
  void csvHasEveryDigitAndTellsAnEmptyTextFromNothing() {
    assertThat(answer(VALUES, Format.CSV))
        .isEqualTo(
            "id,number,words,list,day,price\n"
                + "1,0.1,\"a,\"\"b\"\"\n\",\"[1,2]\",2024-02-29,1.50\n"
                + "2,0.3333333333333333,\"\",,,\n"
                + "3,,,[],,0.00");
  }

  @Test
  void jsonKeepsWhatIsMissingAndNested() throws Exception {
    String[] lines = answer(VALUES, Format.JSON).split("\n");
    assertThat(lines).hasSize(3);
    JsonNode last = JobRunner.JSON.readTree(lines[2]);
    assertThat(last.path("list").isArray()).isTrue();
    assertThat(last.get("number").isNull()).isTrue();
    assertThat(JobRunner.JSON.readTree(lines[0]).path("words").asText()).isEqualTo("a,\"b\"\n");
  }

  @Test
  void aTableIsForReading() {
    assertThat(answer(VALUES, Format.TABLE).lines())
        .containsExactly(
            "id  number    words    list   day         price",
            "--  --------  -------  -----  ----------  -----",
            "1   0.1       a,\"b\"\\n  [1,2]  2024-02-29  1.50",
            "2   0.333333           NULL   NULL        NULL",
            "3   NULL      NULL     []     NULL        0.00");
    assertThat(answer("SELECT 1e-7D, 1e20D, 0D, double('NaN'), 123456.75D", Format.TABLE).lines())
        .last()
        .asString()
        .contains("1E-7", "1E+20", "0", "NaN", "123457");
  }

  @Test
  void twoColumnsMayHaveOneName() {
    assertThat(answer("SELECT 1 AS a, 2 AS a", Format.CSV)).isEqualTo("a,a\n1,2");
  }

  @Test
  void aFileIsAnsweredStatementByStatement() throws Exception {
    Path file = folder.resolve("questions.sql");
    Files.writeString(
        file, "-- two\nSELECT count(*) AS n FROM problems;\nSELECT DISTINCT k FROM v_pass_at_k");
    Run run = sql("file=" + file, "format=csv");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("n\n" + ToyTables.problems(4, 6).size() + "\n\nk");
    assertThat(run.err()).contains("1 row (");
  }

  @Test
  void aScriptEndsAtItsFirstMistake() throws Exception {
    Path file = folder.resolve("wrong.sql");
    Files.writeString(file, "SELECT 1; SELECT * FROM problms; SELECT 3");
    Run run = sql("file=" + file, "format=csv");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEqualTo("1\n1\n");
    assertThat(run.said(Sql.JOB))
        .last()
        .asString()
        .contains("statement 2 of " + file + ": sql: no table or view problms; did you mean");
    Run missing = sql("file=" + folder.resolve("none.sql"));
    assertThat(missing.status()).isEqualTo(2);
    assertThat(missing.err()).contains("file: ", "cannot be read");
  }

  @Test
  void optionsAreKeys() {
    assertThat(Sql.words(new String[] {"-f", "a b.sql", "--format", "json", "limit=3"}))
        .containsExactly("file=a b.sql", "format=json", "limit=3");
    assertThat(Sql.words(new String[] {"--serve"})).containsExactly("serve=127.0.0.1:10000");
  }

  @Test
  void aServerNeedsAnAddressAndADistributionOfSpark() {
    for (String wrong : List.of("10000", "localhost:65536", "a:b")) {
      assertThat(sql("serve=" + wrong).said(Sql.JOB))
          .singleElement()
          .asString()
          .endsWith("serve must be HOST:PORT, got '" + wrong + "'");
    }
    Run run = sql("serve=127.0.0.1:10000");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.said(Sql.JOB))
        .containsExactly(
            "Sql: serve: this Spark has no Thrift server; set SPARK_HOME to a distribution of Spark "
                + TinyPipeline.SPARK.version());
  }

  private static Run sql(String... words) {
    String[] all = new String[words.length + 1];
    System.arraycopy(words, 0, all, 1, words.length);
    all[0] = "warehouse=" + ToyTables.FOLDER;
    return Run.of(Sql.JOB, all);
  }
}
