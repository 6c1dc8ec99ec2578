package io.atomforge.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PassAtKTest {
  @ParameterizedTest
  @CsvSource({
    "5, 1, 1, 0.2",
    "10, 3, 5, 0.916667",
    "10, 0, 4, 0",
    "20, 1, 10, 0.5",
    "20, 3, 1, 0.15",
    "20, 3, 5, 0.600877",
    "20, 3, 10, 0.894737",
    "20, 18, 5, 1"
  })
  void matchesTheGoldenVectors(int n, int c, int k, double expected) {
    assertThat(PassAtK.estimate(n, c, k)).isCloseTo(expected, within(1e-6));
  }

  @Test
  void isTheShareOfSubsetsWithAPass() {
    int n = 8;
    for (int c = 0; c <= n; c++) {
      for (int k = 1; k <= n; k++) {
        int size = k;
        int passing = (1 << c) - 1;
        long all = IntStream.range(0, 1 << n).filter(s -> Integer.bitCount(s) == size).count();
        long hit =
            IntStream.range(0, 1 << n)
                .filter(s -> Integer.bitCount(s) == size && (s & passing) != 0)
                .count();
        assertThat(PassAtK.estimate(n, c, k)).isCloseTo((double) hit / all, within(1e-12));
      }
    }
  }

  @Test
  void neverFallsWithMorePassesOrMoreTries() {
    for (int c = 0; c < 50; c++) {
      for (int k = 1; k < 50; k++) {
        double here = PassAtK.estimate(50, c, k);
        assertThat(PassAtK.estimate(50, c + 1, k)).isGreaterThanOrEqualTo(here);
        assertThat(PassAtK.estimate(50, c, k + 1)).isGreaterThanOrEqualTo(here);
      }
    }
  }

  @Test
  void refusesMoreTriesThanSamples() {
    assertThatThrownBy(() -> PassAtK.estimate(5, 1, 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("n=5, c=1, k=6");
  }
}
