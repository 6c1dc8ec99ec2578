package io.atomforge.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RocCurveTest {
  /** Positives 4, 2, 2 against negatives 3, 2, 1: 3 + (1 + 1 / 2) + (1 + 1 / 2) of 9 are won. */
  @Test
  void aTieCountsHalf() {
    double[] scores = {3, 4, 2, 2, 2, 1};
    boolean[] positive = {false, true, true, false, true, false};
    assertThat(RocCurve.area(scores, positive)).isCloseTo(6 / 9.0, within(1e-12));
    assertThat(RocCurve.area(new double[] {1, 1}, new boolean[] {true, false})).isEqualTo(0.5);
    assertThat(RocCurve.area(new double[] {1, 2}, new boolean[] {true, true})).isNaN();
    assertThat(RocCurve.area(new double[] {1, Double.NaN}, new boolean[] {true, false})).isNaN();
    assertThat(RocCurve.area(new double[0], new boolean[0])).isNaN();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void itIsTheShareOfPairsThatArePutRight(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] scores = random.ints(40, 0, 12).asDoubleStream().toArray();
    boolean[] positive = new boolean[40];
    for (int i = 0; i < 40; i++) {
      positive[i] = i % 3 == 0;
    }
    double won = 0;
    int pairs = 0;
    for (int i = 0; i < 40; i++) {
      for (int j = 0; j < 40; j++) {
        if (positive[i] && !positive[j]) {
          won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
          pairs++;
        }
      }
    }
    assertThat(RocCurve.area(scores, positive)).isCloseTo(won / pairs, within(1e-12));
  }
}
