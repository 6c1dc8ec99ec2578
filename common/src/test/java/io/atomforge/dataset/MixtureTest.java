package io.atomforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MixtureTest {
  private static final List<String> IDS =
      IntStream.range(0, 250).mapToObj(i -> "problem-" + i).toList();

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 3",
    "5, 13",
    "10, 25",
    "25, 63",
    "50, 125",
    "100, 250",
    "250, 625",
    "600, 1500"
  })
  void hasTheRoundedSize(double percent, int size) {
    assertThat(Mixture.select(IDS, percent, 1)).hasSize(size);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void ofASmallerShareLiesInALargerOne(long seed) {
    List<String> all = Mixture.select(IDS, 100, seed);
    assertThat(all).containsExactlyInAnyOrderElementsOf(IDS);
    for (double percent : new double[] {1, 5, 10, 25, 50}) {
      List<String> some = Mixture.select(IDS, percent, seed);
      assertThat(some).isEqualTo(all.subList(0, some.size()));
    }
  }

  @Test
  void above100PercentRepeatsAllAndThenTheSameSmallerShare() {
    List<String> mixed = Mixture.select(IDS, 250, 1);
    for (String id : IDS) {
      assertThat(Collections.frequency(mixed, id)).isBetween(2, 3);
    }
    assertThat(mixed.subList(500, 625)).isEqualTo(Mixture.select(IDS, 50, 1));
  }

  @Test
  void dependsOnTheSeedAndNotOnTheOrderOfTheIds() {
    List<String> reversed = new ArrayList<>(IDS);
    Collections.reverse(reversed);
    assertThat(Mixture.select(reversed, 30, 9)).isEqualTo(Mixture.select(IDS, 30, 9));
    assertThat(new HashSet<>(Mixture.select(IDS, 30, 9)))
        .isNotEqualTo(new HashSet<>(Mixture.select(IDS, 30, 8)));
  }

  @Test
  void groupsHoldEachIdOnceAndGrowFromOneToTheMost() {
    List<String> ids = java.util.stream.IntStream.range(0, 20).mapToObj(i -> "id" + i).toList();
    List<List<String>> groups = Mixture.groups(ids, 3, 17);
    assertThat(groups).extracting(List::size).containsExactly(1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 1);
    assertThat(groups.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(Mixture.groups(ids, 3, 18)).isNotEqualTo(groups);
    assertThat(Mixture.groups(ids, 1, 17))
        .containsExactlyElementsOf(ids.stream().map(List::of).toList());
  }

  @Test
  void refusesWhatIsNoShareOfASet() {
    assertThatThrownBy(() -> Mixture.select(IDS, -1, 1)).hasMessageContaining("-1.0 %");
    assertThatThrownBy(() -> Mixture.select(IDS, Double.NaN, 1)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> Mixture.select(IDS, 1e12, 1)).hasMessageContaining("2^31");
    assertThatThrownBy(() -> Mixture.select(List.of("a", "a"), 50, 1))
        .hasMessageContaining("'a' repeats");
  }
}
