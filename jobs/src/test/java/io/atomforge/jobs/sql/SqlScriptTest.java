package io.atomforge.jobs.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlScriptTest {
  @Test
  void aSemicolonEndsAStatement() {
    SqlScript script = new SqlScript("SELECT 1;\n SELECT 2 ;; \n;SELECT\n3");
    assertThat(script.statements()).containsExactly("SELECT 1", "SELECT 2");
    assertThat(script.rest()).isEqualTo("SELECT\n3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT ';'",
        "SELECT 'it''s; \\'; so'",
        "SELECT \"a;b\"",
        "SELECT 1 AS `a;``b`",
        "SELECT 1 -- one; two\n + 1",
        "SELECT /* a; /* b; */ c; */ 1",
        "-- first\nSELECT 1"
      })
  void oneInQuotesOrACommentDoesNot(String sql) {
    assertThat(new SqlScript(sql + ";").statements()).containsExactly(sql);
    assertThat(new SqlScript(sql).rest()).isEqualTo(sql);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n ", "-- only a comment", "/* a */ -- b", "/* open", ";;", "--;"})
  void commentsAloneAreNoStatement(String text) {
    SqlScript script = new SqlScript(text);
    assertThat(script.statements()).isEqualTo(List.of());
    assertThat(script.rest()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"'", "SELECT 'a;", "SELECT `", "- ", "/"})
  void whatIsNotEndedIsLeft(String text) {
    assertThat(new SqlScript(text).statements()).isEmpty();
    assertThat(new SqlScript(text).rest()).isEqualTo(text.strip());
  }
}
