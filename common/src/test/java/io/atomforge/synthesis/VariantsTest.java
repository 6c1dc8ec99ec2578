package io.atomforge.synthesis;

import static io.atomforge.synthesis.ToyAtoms.free;
import static io.atomforge.synthesis.ToyAtoms.graph;
import static io.atomforge.synthesis.ToyAtoms.literal;
import static io.atomforge.synthesis.ToyAtoms.result;
import static io.atomforge.synthesis.ToyAtoms.step;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.util.ArrayList;
import java.util.BitSet;
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

  private static BitSet places(int... places) {
    BitSet set = new BitSet();
    for (int place : places) {
      set.set(place);
    }
    return set;
  }

  @Test
  void testsAreChosenToKillMutants() {
    List<JsonNode> outputs = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      outputs.add(IntNode.valueOf(i % 5));
    }
    List<BitSet> mutants =
        List.of(places(3), places(3, 4), places(1), places(), places(7), places(0, 1, 2, 3, 4, 5));
    TestChoice two = TestChoice.of(mutants, outputs, 2);
    assertThat(two.inputs()).containsExactly(1, 3);
    assertThat(two.mutationScore()).as("one is seen by a probe alone").isEqualTo(4 / 5.0);
    assertThat(TestChoice.of(mutants, outputs, 1).mutationScore()).isEqualTo(3 / 5.0);
    assertThat(TestChoice.of(List.of(places()), outputs, 5).inputs())
        .as("without mutants, inputs with different results")
        .containsExactly(0, 1, 2, 3, 4);
    assertThat(TestChoice.of(List.of(places()), outputs, 5).mutationScore()).isEqualTo(1);
  }
}
