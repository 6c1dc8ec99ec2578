package io.atomforge.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestChoiceTest {
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
