package io.atomforge.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(10_000, 0.95);

  @Test
  void agreesWithTheNormalIntervalOfManyProblems() {
    double[] passed = new double[400];
    Arrays.fill(passed, 0, 120, 1);
    Interval interval = BOOTSTRAP.mean(passed, 1);
    double error = 1.96 * Math.sqrt(0.3 * 0.7 / 400);
    assertThat(interval.mean()).isCloseTo(0.3, within(1e-12));
    assertThat(interval.low()).isCloseTo(0.3 - error, within(0.004));
    assertThat(interval.high()).isCloseTo(0.3 + error, within(0.004));
  }

  @Test
  void dependsOnValuesAndSeedButNotOnTheirOrder() {
    double[] values = new SplittableRandom(7).doubles(50).toArray();
    double[] reversed = new double[50];
    Arrays.setAll(reversed, i -> values[49 - i]);
    assertThat(BOOTSTRAP.mean(values, 3)).isEqualTo(BOOTSTRAP.mean(reversed, 3));
    assertThat(BOOTSTRAP.mean(values, 3)).isNotEqualTo(BOOTSTRAP.mean(values, 4));
  }

  @Test
  void seesAPairedDifferenceThatHidesInTheSpreadOfTheProblems() {
    double[] control = new SplittableRandom(5).doubles(200).toArray();
    double[] treated = Arrays.stream(control).map(v -> v + 0.01).toArray();
    Interval difference = BOOTSTRAP.difference(treated, control, 1);
    assertThat(difference.mean()).isCloseTo(0.01, within(1e-12));
    assertThat(difference.low()).isCloseTo(0.01, within(1e-12));
    Interval alone = BOOTSTRAP.mean(control, 1);
    assertThat(alone.high() - alone.low()).isGreaterThan(0.05);
  }

  @Test
  void coversTheTruthAboutAsOftenAsItSays() {
    Bootstrap small = new Bootstrap(500, 0.9);
    SplittableRandom random = new SplittableRandom(11);
    int covered = 0;
    for (int trial = 0; trial < 400; trial++) {
      double[] sample = random.doubles(60).toArray();
      Interval interval = small.mean(sample, trial);
      covered += interval.low() <= 0.5 && 0.5 <= interval.high() ? 1 : 0;
    }
    assertThat(covered / 400.0).isBetween(0.84, 0.95);
  }

  @Test
  void isAPointForOneProblem() {
    assertThat(BOOTSTRAP.mean(new double[] {0.25}, 1)).isEqualTo(new Interval(0.25, 0.25, 0.25));
  }

  @Test
  void refusesWhatHasNoMean() {
    assertThatThrownBy(() -> BOOTSTRAP.mean(new double[0], 1)).hasMessageContaining("0 values");
    assertThatThrownBy(() -> BOOTSTRAP.mean(new double[] {1, Double.NaN}, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BOOTSTRAP.difference(new double[2], new double[3], 1))
        .hasMessageContaining("2 and 3");
    assertThatThrownBy(() -> new Bootstrap(0, 0.95)).hasMessageContaining("resamples");
    assertThatThrownBy(() -> new Bootstrap(10, Double.NaN)).hasMessageContaining("level");
  }
}
