package io.atomforge.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.evaluation.Interval;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeedSpreadTest {
  @Test
  void onlySetsWithAKnownSpreadHaveWiderIntervals() {
    SeedSpread spread = new SeedSpread(3, Map.of("b_test", 3.0));
    Interval difference = new Interval(0.04, 0.01, 0.07);
    assertThat(spread.widened("a_test", difference)).isEqualTo(difference);
    assertThat(spread.widened("b_test", difference).low()).isNegative();
    assertThat(SeedSpread.NONE.widened("b_test", difference)).isEqualTo(difference);
  }

  @Test
  void oneRunShowsNoSpread() {
    assertThatThrownBy(() -> new SeedSpread(1, Map.of("b_test", 3.0)))
        .hasMessageContaining("runs must be 2 or more");
    assertThatThrownBy(() -> new SeedSpread(0, Map.of("b_test", 3.0)))
        .hasMessageContaining("runs must be 2 or more");
    assertThatThrownBy(() -> new SeedSpread(3, Map.of("b_test", 101.0)))
        .hasMessageContaining("points of b_test must be 0 to 100");
  }
}
