package io.atomforge.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleTest {
  @Test
  void percentagesGoByTwenty() {
    assertThat(Scale.PERCENT.ticks()).containsExactly(0.0, 20.0, 40.0, 60.0, 80.0, 100.0);
    assertThat(Scale.PERCENT.share(20)).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void equalRatiosTakeEqualRoom() {
    Scale scale = Scale.ratios(0.1, 10);
    assertThat(scale.ticks().stream().map(scale::text))
        .containsExactly("0.1", "0.2", "0.5", "1", "2", "5", "10");
    assertThat(scale.share(1) - scale.share(0.1))
        .isCloseTo(scale.share(10) - scale.share(1), within(1e-12));
  }

  @Test
  void valuesFarFromZeroDoNotBeginThere() {
    assertThat(Scale.around(30, 33).low()).isGreaterThan(29);
    assertThat(Scale.around(1, 33).low()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void ticksAreFewDistinctAndInsideWhateverTheValues(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double low = random.nextDouble(-1, 1) * Math.pow(10, random.nextInt(-6, 7));
    double high = low + random.nextDouble() * Math.pow(10, random.nextInt(-6, 7));
    for (Scale scale : List.of(Scale.around(low, high), Scale.ratios(low, high))) {
      assertThat(scale.ticks()).isSorted().hasSizeBetween(1, 12);
      assertThat(scale.ticks())
          .allSatisfy(t -> assertThat(scale.share(t)).isBetween(-1e-6, 1 + 1e-6));
    }
  }

  @Test
  void oneValueAloneHasAScaleToo() {
    assertThat(Scale.around(0, 0)).isEqualTo(new Scale(0, 1, false));
    assertThat(Scale.around(16, 16).low()).isZero();
    assertThat(Scale.around(-3, -3).high()).isZero();
    assertThat(Scale.ratios(6.4, 6.4).ticks()).isNotEmpty();
  }
}
