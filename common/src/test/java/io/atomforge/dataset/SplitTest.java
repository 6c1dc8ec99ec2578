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
        counts.merge(Split.of(List.of("atom" + i, "atom" + j)), 1, Integer::sum);
      }
    }
    assertThat(counts.get(Split.TRAIN)).isCloseTo(8000, within(150));
    assertThat(counts.get(Split.VALIDATION)).isCloseTo(500, within(80));
    assertThat(counts.get(Split.TEST)).isCloseTo(1500, within(130));
  }

  @Test
  void dependsOnTheOrderOfTheAtoms() {
    assertThat(Split.of(List.of("a", "b"))).isEqualTo(Split.of(List.of("a", "b")));
    long moved = 0;
    for (int i = 0; i < 400; i++) {
      moved += Split.of(List.of("a", "b" + i)) != Split.of(List.of("b" + i, "a")) ? 1 : 0;
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
    assertThatThrownBy(() -> Split.of(List.of())).hasMessageContaining("atom_ids");
  }
}
