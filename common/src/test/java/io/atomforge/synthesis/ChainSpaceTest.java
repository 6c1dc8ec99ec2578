package io.atomforge.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.random.Seeds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainSpaceTest {
  private static boolean[][] matrix(String... rows) {
    boolean[][] matrix = new boolean[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      matrix[i] = new boolean[rows[i].length()];
      for (int j = 0; j < matrix[i].length; j++) {
        matrix[i][j] = rows[i].charAt(j) == '1';
      }
    }
    return matrix;
  }

  @ParameterizedTest
  @CsvSource({"1, 5", "2, 6", "3, 7", "4, 8"})
  void chainsWithoutImmediateRepetitionAreCountedExactly(int length, int chains) {
    assertThat(ChainSpace.of(matrix("01100", "00100", "00110", "00001", "10000")).count(length))
        .isEqualTo(chains);
  }

  @Test
  void everyChainIsDrawnEquallyOften() {
    List<Atom> atoms =
        AtomCatalog.load("").atoms().stream()
            .filter(
                a ->
                    a.variant() == Atom.Variant.BASE
                        && Stream.of(
                                "rotate_left",
                                "make_acronym",
                                "word_pairs",
                                "total_climb",
                                "gray_code")
                            .anyMatch(a.name()::equals))
            .toList();
    ChainSpace space = new ChainSpace(atoms);
    int chains = space.count(2).intValueExact();
    int draws = 2000 * chains;
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < draws; i++) {
      String chain =
          space.draw(2, Seeds.random(1, "draw", i)).stream()
              .map(Atom::name)
              .collect(Collectors.joining(">"));
      seen.merge(chain, 1, Integer::sum);
    }
    assertThat(atoms).hasSize(5);
    assertThat(seen).hasSize(chains);
    assertThat(seen.values())
        .allSatisfy(n -> assertThat((double) n).isCloseTo(2000, within(250.0)));
  }
}
