package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.TinyPipeline;
import io.atomforge.jobs.ToyTables;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.Warehouse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptSourceTest {
  private static final PromptSource.Setting SETTING =
      new PromptSource.Setting("default", List.of("composite_a", "atom"), 17);

  @TempDir static Path folder;
  private static Warehouse warehouse;

  @BeforeAll
  static void tables() {
    warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    List<AtomRow> atoms = IntStream.range(0, 4).mapToObj(ToyTables::atom).toList();
    warehouse.overwrite(ATOMS, warehouse.dataset(ATOMS, atoms).coalesce(1));
    List<Problem> problems = ToyTables.problems(4, 12);
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, problems).coalesce(1));
    DataSets.write(
        warehouse,
        "default",
        List.of(
            sequence("a-1#1", "a-1", "composite_a"),
            sequence("a-1#2", "a-1", "composite_a"),
            sequence("atom-2#1", "atom-2", "atom"),
            sequence("surface-2#1", "surface-2", "atom_modify"),
            sequence("a-3", "a-3", Sequence.VALIDATION)));
  }

  private static Sequence sequence(String id, String problem, String mixture) {
    return Sequence.of(id, problem, mixture, new int[] {1}, new int[] {2}, 1);
  }

  private static PromptSource.Share share(
      String family, List<Integer> depths, List<String> topics, double percent) {
    return new PromptSource.Share(family, "train", depths, topics, percent);
  }

  private static Map<String, Problem> read(PromptSource.Share... shares) {
    return new PromptSource.Problems(List.of(shares)).read(warehouse, SETTING);
  }

  @Test
  void ofADataSetEachTrainedProblemOfTheFamiliesIsDealtOnce() {
    assertThat(new PromptSource.OfDataSet().read(warehouse, SETTING).keySet())
        .containsExactly("a-1", "atom-2");
    assertThatThrownBy(
            () ->
                new PromptSource.OfDataSet()
                    .read(
                        warehouse, new PromptSource.Setting("default", List.of("composite_b"), 1)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("neither does data set default have an example of [composite_b]")
        .hasMessageContaining("the data set has [atom, atom_modify, composite_a]");
  }

  @Test
  void sharesOfProblemsAreDealtWhetherTheyWereTrainedOnOrNot() {
    assertThat(read(share("composite_a", List.of(), List.of(), 100))).hasSize(12);
    assertThat(read(share("composite_a", List.of(2), List.of(), 50))).hasSize(6);
    Map<String, Problem> copies = read(share("atom", List.of(1), List.of(), 150));
    assertThat(copies).hasSize(6).containsKeys("atom-0", "atom-1", "atom-2", "atom-3");
    assertThat(copies.keySet().stream().filter(id -> id.endsWith("#2"))).hasSize(2);
    assertThat(
            read(
                share("atom", List.of(), List.of(), 100),
                share("atom_modify~semantic", List.of(), List.of(), 100)))
        .hasSize(8)
        .containsKeys("atom-0", "semantic-3");
  }

  @Test
  void depthsAndTopicsChooseAmongThem() {
    // Of a composite the second atom, twice, is in no topic.
    assertThat(read(share("atom", List.of(), List.of("arithmetic"), 100))).hasSize(4);
    for (PromptSource.Share none :
        List.of(
            share("composite_a", List.of(), List.of("arithmetic"), 100),
            share("atom", List.of(), List.of("strings"), 100),
            share("atom", List.of(2), List.of(), 100))) {
      assertThatThrownBy(() -> read(none))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("table problems has none of Share[");
    }
  }

  @Test
  void whatIsTestedIsNotPractisedOn() {
    assertThatThrownBy(
            () -> new PromptSource.Share("composite_b", "test", List.of(), List.of(), 100))
        .hasMessageContaining("split must be train or validation");
    assertThatThrownBy(() -> share("en2cn", List.of(), List.of(), 100))
        .hasMessageContaining("family must be a family of problems");
  }
}
