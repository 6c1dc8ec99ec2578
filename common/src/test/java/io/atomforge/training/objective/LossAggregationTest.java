package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LossAggregationTest {
  @ParameterizedTest
  @CsvSource({
    "TOKEN_MEAN, 2.5",
    "SEQ_MEAN_TOKEN_MEAN, 3",
    "SEQ_MEAN_TOKEN_SUM, 5",
    "CONSTANT, 1.25"
  })
  void aggregates(LossAggregation aggregation, double expected) {
    assertThat(aggregate(aggregation, 4, new double[][] {{1, 2, 3}, {4}}))
        .isCloseTo(expected, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource(LossAggregation.class)
  void anEmptySequenceCountsInNeitherSum(LossAggregation aggregation) {
    assertThat(aggregate(aggregation, 4, new double[][] {{1, 2, 3}, {}, {4}}))
        .isEqualTo(aggregate(aggregation, 4, new double[][] {{1, 2, 3}, {4}}));
  }

  @Test
  void allAgreeUpToAConstantWhereLengthsAreEqual() {
    double[][] losses = {{1, 5}, {2, 4}, {3, 9}};
    assertThat(aggregate(LossAggregation.TOKEN_MEAN, 8, losses)).isEqualTo(4);
    assertThat(aggregate(LossAggregation.SEQ_MEAN_TOKEN_MEAN, 8, losses)).isEqualTo(4);
    assertThat(aggregate(LossAggregation.SEQ_MEAN_TOKEN_SUM, 8, losses)).isEqualTo(8);
    assertThat(aggregate(LossAggregation.CONSTANT, 8, losses)).isEqualTo(1);
  }

  private static double aggregate(LossAggregation aggregation, int longest, double[][] losses) {
    double sum = 0;
    double divisor = 0;
    for (double[] sequence : losses) {
      sum += aggregation.tokenWeight(sequence.length) * Arrays.stream(sequence).sum();
      divisor += aggregation.denominator(sequence.length, longest);
    }
    return sum / divisor;
  }
}
