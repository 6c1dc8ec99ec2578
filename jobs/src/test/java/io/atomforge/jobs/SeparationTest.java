package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.dataset.Split;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.TestCase;
import io.atomforge.tables.Rows;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is trained on and what is asked cannot share a tuple, a graph or a behaviour. */
class SeparationTest {
  private static final List<String> TRAINED_TUPLE = ToyTables.tuple(Split.TRAIN, "a");
  private static final List<String> ASKED_TUPLE = ToyTables.tuple(Split.TEST, "a");
  private static final Problem TRAINED =
      problem("p", "composite_a", TRAINED_TUPLE, "graph", "behaviour", "train");

  @TempDir Path folder;
  private Warehouse warehouse;

  @BeforeEach
  void oneProblemIsThere() {
    warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, List.of(TRAINED)));
  }

  private static Problem problem(
      String id, String family, List<String> atoms, String graph, String behaviour, String split) {
    List<TestCase> tests = List.of(new TestCase("[1]", "1", true));
    return new Problem(
        id,
        family,
        atoms,
        atoms.size(),
        "f",
        "",
        "",
        "",
        "",
        "",
        tests,
        1,
        graph,
        behaviour,
        split);
  }

  @ParameterizedTest
  @CsvSource({
    "true, other, other, tuple",
    "false, graph, other, graph",
    "false, other, behaviour, behaviour"
  })
  void noJobWritesALeak(boolean sameTuple, String graph, String behaviour, String shared) {
    List<String> atoms = sameTuple ? TRAINED_TUPLE : ASKED_TUPLE;
    Problem leak = problem("q", "composite_b", atoms, graph, behaviour, "test");
    long version = warehouse.version(PROBLEMS);
    assertThatThrownBy(
            () ->
                warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, List.of(TRAINED, leak))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("v_leaks would show {\"shared\":\"" + shared);
    assertThatThrownBy(
            () ->
                warehouse.replace(
                    PROBLEMS, "split = 'test'", warehouse.dataset(PROBLEMS, List.of(leak))))
        .as("beside what is there")
        .hasMessageContaining("v_leaks would show {\"shared\":\"" + shared);
    assertThat(warehouse.version(PROBLEMS)).isEqualTo(version);
    assertThat(Rows.collect(PROBLEMS, warehouse.read(PROBLEMS))).containsExactly(TRAINED);
  }

  /** Delta itself refuses the tuple of another split, whoever writes. */
  @ParameterizedTest
  @CsvSource({"composite_b, test", "composite_a, validation", "external, test", "atom, train"})
  void aSharedTupleCannotBeWrittenPastTheJobs(String family, String split) {
    Problem leak = problem("q", family, TRAINED_TUPLE, "other", "other", split);
    Dataset<Row> rows = warehouse.dataset(PROBLEMS, List.of(leak));
    assertThatThrownBy(
            () ->
                rows.write()
                    .format("delta")
                    .mode("append")
                    .save(folder.resolve("problems").toString()))
        .hasStackTraceContaining("split_follows_atoms");
    rows.createOrReplaceTempView("leak");
    assertThatThrownBy(
            () ->
                TinyPipeline.SPARK.sql(
                    "INSERT INTO " + warehouse.sqlName(PROBLEMS) + " SELECT * FROM leak"))
        .hasStackTraceContaining("split_follows_atoms");
    assertThatThrownBy(
            () ->
                TinyPipeline.SPARK.sql(
                    "UPDATE " + warehouse.sqlName(PROBLEMS) + " SET split = 'test'"))
        .hasStackTraceContaining("split_follows_atoms");
    assertThat(warehouse.read(PROBLEMS).count()).isEqualTo(1);
  }

  @Test
  void aSharedBehaviourThatAnotherProgramWroteIsSeenAndNotTrainedOn() {
    Problem leak = problem("q", "composite_b", ASKED_TUPLE, "other", "behaviour", "test");
    warehouse
        .dataset(PROBLEMS, List.of(leak))
        .write()
        .format("delta")
        .mode("append")
        .save(folder.resolve("problems").toString());
    assertThat(SqlScope.rows(warehouse, View.V_LEAKS).collectAsList())
        .extracting(Row::toString)
        .containsExactly("[behaviour,behaviour,test,q,train,p]");
    Run built = Run.of(BuildDataset.JOB, "warehouse=" + folder);
    assertThat(built.status()).isEqualTo(2);
    assertThat(built.said(BuildDataset.JOB)).singleElement().asString().contains("v_leaks");
  }

  @Test
  void theSplitOfTheTableIsThatOfTheProgram() {
    List<String> tuples =
        IntStream.range(0, 2000).mapToObj(i -> "f" + i % 40 + ",g" + i / 40 + ",数~" + i).toList();
    List<String> splits =
        TinyPipeline.SPARK
            .createDataset(tuples, Encoders.STRING())
            .selectExpr(Split.sql("split(value, ',')"))
            .as(Encoders.STRING())
            .collectAsList();
    assertThat(splits)
        .isEqualTo(tuples.stream().map(t -> Split.of(List.of(t.split(","))).label()).toList());
  }

  @Test
  void whatIsApartIsWritten() {
    List<Problem> apart =
        List.of(
            TRAINED,
            problem("q", "composite_b", ASKED_TUPLE, "other", "other", "test"),
            problem("r", "composite_a", TRAINED_TUPLE, "third", "third", "train"),
            problem("s", "atom", List.of("a"), "fourth", "fourth", "train"),
            problem("u", "external", List.of(), "sixth", "sixth", "test"));
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, apart));
    assertThat(Rows.collect(PROBLEMS, warehouse.read(PROBLEMS)))
        .containsExactlyInAnyOrderElementsOf(apart);
  }
}
