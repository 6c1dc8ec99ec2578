package io.atomforge.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.ToyTables;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemSetTest {
  record Config(List<ProblemSet> problemSets) {}

  private static ProblemSet set(String yaml) {
    return new ConfigLoader()
        .layer("here", "problem_sets: [" + yaml + "]")
        .bind(Config.class)
        .problemSets()
        .get(0);
  }

  private static List<String> asked(ProblemSet set) {
    return set.tasks(ToyTables.WAREHOUSE, 17, Language.EN, "auto", Style.CALL).stream()
        .map(asked -> asked.task().taskId())
        .toList();
  }

  @Test
  void depthsAndTopicsMayBeMissingAndOtherKeysMayNot() {
    assertThat(set("{name: n, family: atom, split: train, limit: 3}"))
        .isEqualTo(new ProblemSet("n", "atom", "train", 3, List.of(), List.of()));
    assertThat(set("{name: n, family: atom, split: train, limit: 3, topics: [sorting]}").topics())
        .containsExactly("sorting");
    assertThatThrownBy(() -> set("{name: n, family: atom, split: train}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("limit");
    assertThatThrownBy(() -> set("{name: n, family: atom, split: train, limit: 3, topic: [a]}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("problem_sets.0.topic: unknown key; did you mean topics?");
    assertThatThrownBy(() -> set("{name: n, family: atom, split: train, limit: 0}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("limit must be 1 or more");
  }

  /** The toy's atoms are of topic arithmetic, and the second atom of a composite is of none. */
  @Test
  void topicsChooseTheProblemsAllOfWhoseAtomsAreOfThem() {
    assertThat(
            asked(
                new ProblemSet(
                    "n", "atom", "train", 9, List.of(), List.of("sorting", "arithmetic"))))
        .containsExactlyInAnyOrder("atom-0", "atom-1", "atom-2", "atom-3");
    assertThat(asked(new ProblemSet("n", "composite_a", "train", 9, List.of(), List.of())))
        .hasSize(6);
    assertThatThrownBy(
            () ->
                asked(
                    new ProblemSet(
                        "n", "composite_a", "train", 9, List.of(), List.of("arithmetic"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("has atoms of the topics [arithmetic] alone");
  }

  @Test
  void depthsChooseTheProblemsOfSoManyAtoms() {
    ProblemSet pairs =
        set("{name: n, family: composite_a, split: train, limit: 9, depths: [1, 2]}");
    assertThat(asked(pairs)).hasSize(6);
    assertThatThrownBy(
            () -> asked(new ProblemSet("n", "composite_a", "train", 9, List.of(3), List.of())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("split train with a depth of [3]");
  }
}
