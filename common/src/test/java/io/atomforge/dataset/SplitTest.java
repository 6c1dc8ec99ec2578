package io.atomforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SplitTest {
  @Test
  void givesEachSplitItsShare() {
    Map<Split, Integer> counts = new EnumMap<>(Split.class);
    for (int i = 0; i < 100; i++) {
      for (int j = 0; j < 100; j++) {
        counts.merge(Split.of(1, List.of("atom" + i, "atom" + j)), 1, Integer::sum);
      }
    }
    assertThat(counts.get(Split.TRAIN)).isCloseTo(8000, within(150));
    assertThat(counts.get(Split.VALIDATION)).isCloseTo(500, within(80));
    assertThat(counts.get(Split.TEST)).isCloseTo(1500, within(130));
  }

  @Test
  void dependsOnTheOrderOfTheAtomsAndOnTheSeed() {
    List<String> chain = List.of("a", "b");
    assertThat(Split.of(5, chain)).isEqualTo(Split.of(5, List.of("a", "b")));
    long moved = 0;
    for (int i = 0; i < 200; i++) {
      moved += Split.of(5, List.of("a", "b" + i)) != Split.of(5, List.of("b" + i, "a")) ? 1 : 0;
      moved += Split.of(5, List.of("a", "b" + i)) != Split.of(6, List.of("a", "b" + i)) ? 1 : 0;
    }
    assertThat(moved).isBetween(80L, 200L);
  }

  @Test
  void hasTheNamesOfTheTables() {
    assertThat(Split.values())
        .extracting(Split::label)
        .containsExactly("train", "validation", "test");
  }

  @Test
  void needsAnAtom() {
    assertThatThrownBy(() -> Split.of(1, List.of())).hasMessageContaining("atom_ids");
  }
}
