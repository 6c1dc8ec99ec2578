package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverlongTest {
  @ParameterizedTest
  @CsvSource({"40, 0", "80, 0", "84, -0.25", "88, -0.5", "96, -1"})
  void thePenaltyFallsLinearlyOverTheBuffer(int length, double penalty) {
    assertThat(new Overlong.Penalty(16, 1).shaping(length, 96)).isEqualTo(penalty);
    assertThat(new Overlong.Penalty(16, 0.5).shaping(length, 96)).isEqualTo(penalty / 2);
  }

  @Test
  void onlyTheFilterLeavesOutWhatWasCut() {
    assertThat(new Overlong.Filter().learnsFromCut()).isFalse();
    assertThat(new Overlong.None().learnsFromCut()).isTrue();
    assertThat(new Overlong.Penalty(16, 1).learnsFromCut()).isTrue();
    assertThat(new Overlong.Filter().shaping(96, 96)).isZero();
  }

  @Test
  void aBufferWithoutTokensIsRefused() {
    assertThatThrownBy(() -> new Overlong.Penalty(0, 1)).hasMessageContaining("got 0 and 1.0");
  }
}
