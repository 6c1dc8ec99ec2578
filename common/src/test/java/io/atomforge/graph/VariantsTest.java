package io.atomforge.graph;

import static io.atomforge.graph.ToyAtoms.free;
import static io.atomforge.graph.ToyAtoms.graph;
import static io.atomforge.graph.ToyAtoms.literal;
import static io.atomforge.graph.ToyAtoms.result;
import static io.atomforge.graph.ToyAtoms.step;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VariantsTest {
  private static final Graph GRAPH =
      graph(
          List.of("n: int"),
          step(Form.APPLY, "double", free(0)),
          step(Form.APPLY, "mix", result(0), literal(3)),
          step(Form.APPLY, "digits", result(1)));

  private static List<String> keys(boolean parts, boolean mutants) {
    return Variants.of(GRAPH, ToyAtoms.FIVE).stream()
        .filter(v -> v.part() == parts && v.mutant() == mutants)
        .map(v -> v.graph().key())
        .toList();
  }

  @Test
  void droppedStepsArePartsAndMutants() {
    assertThat(keys(true, true))
        .containsExactlyInAnyOrder("mix[3] > digits", "double > digits", "double > mix[3]");
    assertThat(keys(true, false)).containsExactlyInAnyOrder("digits", "double", "mix[3]");
  }

  @Test
  void mutantsAreSwappedReplacedAndOffByOne() {
    assertThat(keys(false, true))
        .contains("mix[3] > double > digits")
        .contains("double > mix[2] > digits", "double > mix[4] > digits")
        .allMatch(key -> !key.equals(GRAPH.key()));
    assertThat(Variants.of(GRAPH, ToyAtoms.FIVE)).allMatch(v -> v.graph().fits());
  }

  @Test
  void theBranchOfAParityIsFlipped() {
    Graph filter =
        graph(List.of("xs: list[int]"), step(Form.FILTER, "double", free(0), literal(1)));
    assertThat(Variants.of(filter, ToyAtoms.FIVE))
        .extracting(v -> v.graph().key())
        .contains("filter double[0]");
  }
}
