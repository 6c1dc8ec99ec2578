package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KlEstimatorTest {
  private static final double[] P = {0.66524096, 0.24472847, 0.09003057};
  private static final double[] Q = {0.38365173, 0.38365173, 0.23269654};

  @ParameterizedTest
  @CsvSource({
    "K1, 0.550414, -0.449586, -0.949586, 0.1706398",
    "K2, 0.151478, 0.101064, 0.450857, 0.1660933",
    "K3, 0.127125, 0.118077, 0.635053, 0.1706398",
    "K3_PLUS, 0.127125, 0.118077, 0.635053, 0.1706398",
    "ABS, 0.550414, 0.449586, 0.949586, 0.5616762"
  })
  void estimatesAndTheirExpectation(
      KlEstimator estimator, double first, double second, double third, double mean) {
    double[] expected = {first, second, third};
    double sum = 0;
    for (int v = 0; v < 3; v++) {
      double value = estimator.estimate(Math.log(P[v]), Math.log(Q[v]));
      assertThat(value).isCloseTo(expected[v], within(1e-5));
      sum += P[v] * value;
    }
    assertThat(sum).isCloseTo(mean, within(1e-6));
  }

  @Test
  void farTokensAreClamped() {
    assertThat(KlEstimator.K1.estimate(-1, -100)).isEqualTo(20);
    assertThat(KlEstimator.K2.estimate(-100, -1)).isEqualTo(200);
    assertThat(KlEstimator.K3.estimate(-100, -1)).isEqualTo(10);
    assertThat(KlEstimator.K3.estimate(-1, -100)).isEqualTo(10);
  }
}
