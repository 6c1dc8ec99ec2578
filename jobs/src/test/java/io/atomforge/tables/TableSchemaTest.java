package io.atomforge.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.jobs.TinyPipeline;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class TableSchemaTest {
  static final List<Table<?>> TABLES = Tables.ALL;

  @TempDir Path folder;

  private TableSchema schema(Table<?> table) {
    return new TableSchema(
        TinyPipeline.SPARK, table, "delta.`" + folder.resolve(table.name()) + "`");
  }

  private List<String> commits(Table<?> table) {
    return TinyPipeline.SPARK
        .sql("DESCRIBE HISTORY delta.`" + folder.resolve(table.name()) + "`")
        .orderBy("version")
        .select("operation")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @ParameterizedTest
  @FieldSource("TABLES")
  void aTableThatIsAsItShouldBeIsNotAltered(Table<?> table) {
    schema(table).create();
    schema(table).update();
    assertThat(commits(table)).containsExactly("CREATE TABLE");
  }

  @Test
  void aConstraintThatWasAddedLaterIsKnownAgain() {
    schema(small()).create();
    Table<StepMetric> demanding = small().constraint("real", "NOT isnan(value) AND step >= 0");
    schema(demanding).update();
    schema(demanding).update();
    assertThat(commits(demanding)).containsExactly("CREATE TABLE", "ADD CONSTRAINT");
    schema(small().constraint("real", "step >= 0")).update();
    assertThat(commits(demanding)).endsWith("DROP CONSTRAINT", "ADD CONSTRAINT").hasSize(4);
  }

  private static Table<StepMetric> small() {
    String[] comments =
        Tables.STEP_METRICS.comments().entrySet().stream()
            .flatMap(e -> Stream.of(e.getKey(), e.getValue()))
            .toArray(String[]::new);
    return new Table<>("small", "", StepMetric.class, List.of("run_id", "step", "name"), comments);
  }
}
