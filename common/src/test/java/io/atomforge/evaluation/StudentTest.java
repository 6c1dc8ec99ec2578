package io.atomforge.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudentTest {
  /** Half widths of the values 1 to n, from quantiles of nine digits. */
  @ParameterizedTest
  @CsvSource({"2, 6.3531", "3, 2.4841", "5, 1.9632", "10, 2.1659"})
  void theHalfWidthIsTheQuantileTimesTheStandardError(int n, double half) {
    Interval interval = Student.mean(DoubleStream.iterate(1, v -> v + 1).limit(n).toArray());
    assertThat(interval.mean()).isCloseTo((n + 1) / 2.0, within(1e-12));
    assertThat(interval.high() - interval.mean()).isCloseTo(half, within(1e-3));
    assertThat(interval.mean() - interval.low()).isCloseTo(half, within(1e-3));
  }

  @Test
  void oneValueHasNoInterval() {
    assertThatThrownBy(() -> Student.mean(new double[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 values or more");
  }
}
