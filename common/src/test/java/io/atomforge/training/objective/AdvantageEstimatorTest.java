package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.training.objective.AdvantageEstimator.GroupCentered;
import io.atomforge.training.objective.AdvantageEstimator.GroupNormalized;
import io.atomforge.training.objective.AdvantageEstimator.LeaveOneOut;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdvantageEstimatorTest {
  private static final double[] REWARDS = {1, 0, 0, 1, 0, 0, 0, 0};

  @Test
  void groupNormalizedDividesByTheSampleDeviation() {
    assertThat(new GroupNormalized().advantages(REWARDS))
        .containsExactly(expected(1.620182, -0.540061), within(1e-6));
    assertThat(new GroupNormalized().advantages(new double[] {1, 0}))
        .containsExactly(new double[] {0.7071058, -0.7071058}, within(1e-6));
  }

  @Test
  void groupCenteredSubtractsTheMean() {
    assertThat(new GroupCentered().advantages(REWARDS))
        .containsExactly(expected(0.75, -0.25), within(1e-12));
  }

  @Test
  void leaveOneOutComparesEachRolloutWithTheMeanOfTheOthers() {
    assertThat(new LeaveOneOut().advantages(REWARDS))
        .containsExactly(expected(0.857143, -0.285714), within(1e-6));
    assertThat(new LeaveOneOut().advantages(new double[] {3, 1}))
        .containsExactly(new double[] {2, -2}, within(1e-12));
  }

  @Test
  void aGroupOfOneHasNoOthersToLeave() {
    assertThatThrownBy(() -> new LeaveOneOut().advantages(new double[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 rollouts or more, got 1");
    assertThat(new GroupCentered().advantages(new double[] {1})).containsExactly(1);
    assertThat(new GroupNormalized().advantages(new double[] {1})[0]).isCloseTo(1, within(2e-6));
  }

  @Test
  void equalRewardsGiveNoAdvantage() {
    for (AdvantageEstimator estimator : all()) {
      assertThat(estimator.advantages(new double[] {0.5, 0.5, 0.5})).containsOnly(0);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void advantagesSumToZeroAndIgnoreAShift(long seed) {
    double[] rewards = new SplittableRandom(seed).doubles(8).toArray();
    double[] shifted = Arrays.stream(rewards).map(r -> r + 3).toArray();
    for (AdvantageEstimator estimator : all()) {
      double[] advantages = estimator.advantages(rewards);
      assertThat(Arrays.stream(advantages).sum()).isCloseTo(0, within(1e-12));
      assertThat(estimator.advantages(shifted)).containsExactly(advantages, within(1e-12));
    }
  }

  @Test
  void bindsByType() throws Exception {
    assertThat(
            new ObjectMapper().readValue("{\"type\":\"leave_one_out\"}", AdvantageEstimator.class))
        .isEqualTo(new LeaveOneOut());
  }

  private static List<AdvantageEstimator> all() {
    return List.of(new GroupNormalized(), new GroupCentered(), new LeaveOneOut());
  }

  private static double[] expected(double success, double failure) {
    return Arrays.stream(REWARDS).map(r -> r > 0 ? success : failure).toArray();
  }
}
