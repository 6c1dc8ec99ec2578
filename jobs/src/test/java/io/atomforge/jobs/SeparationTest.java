package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.TestCase;
import io.atomforge.tables.Warehouse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is trained on and what is asked cannot share a tuple, a graph or a behaviour. */
class SeparationTest {
  private static final Problem TRAINED =
      problem("p", "composite_a", "a,b", "graph", "behaviour", "train");

  @TempDir Path folder;
  private Warehouse warehouse;

  @BeforeEach
  void oneProblemIsThere() {
    warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, List.of(TRAINED)));
  }

  private static Problem problem(
      String id, String family, String atoms, String graph, String behaviour, String split) {
    List<String> atomIds = List.of(atoms.split(","));
    List<TestCase> tests = List.of(new TestCase("[1]", "1", true));
    return new Problem(
        id,
        family,
        atomIds,
        atomIds.size(),
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
    "a;b, other, other, splits_share_no_tuple",
    "b;a, graph, other, splits_share_no_graph",
    "b;a, other, behaviour, splits_share_no_behaviour"
  })
  void aLeakCannotBeWritten(String atoms, String graph, String behaviour, String refusal) {
    Problem leak = problem("q", "composite_b", atoms.replace(';', ','), graph, behaviour, "test");
    long version = warehouse.version(PROBLEMS);
    assertThatThrownBy(
            () ->
                warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, List.of(TRAINED, leak))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(refusal);
    assertThatThrownBy(
            () ->
                warehouse.replace(
                    PROBLEMS, "split = 'test'", warehouse.dataset(PROBLEMS, List.of(leak))))
        .as("beside what is there")
        .hasMessageContaining(refusal);
    assertThat(warehouse.version(PROBLEMS)).isEqualTo(version);
    assertThat(Warehouse.collect(PROBLEMS, warehouse.read(PROBLEMS))).containsExactly(TRAINED);
  }

  @Test
  void whatIsApartIsWritten() {
    List<Problem> apart =
        List.of(
            TRAINED,
            problem("q", "composite_b", "b,a", "other", "other", "test"),
            problem("r", "composite_a", "a,b", "third", "third", "train"),
            problem("s", "atom", "a", "fourth", "fourth", "train"),
            problem("t", "composite_b", "a", "fifth", "fifth", "test"));
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, apart));
    assertThat(Warehouse.collect(PROBLEMS, warehouse.read(PROBLEMS)))
        .containsExactlyInAnyOrderElementsOf(apart);
  }
}
