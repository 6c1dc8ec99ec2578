package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.training.objective.AdvantageEstimator.Episode;
import io.atomforge.training.objective.AdvantageEstimator.Gae;
import io.atomforge.training.objective.AdvantageEstimator.GreedyBaseline;
import io.atomforge.training.objective.AdvantageEstimator.GroupCentered;
import io.atomforge.training.objective.AdvantageEstimator.GroupNormalized;
import io.atomforge.training.objective.AdvantageEstimator.LeaveOneOut;
import io.atomforge.training.objective.AdvantageEstimator.PrefixBaseline;
import io.atomforge.training.objective.AdvantageEstimator.WhitenedGroup;
import io.atomforge.training.objective.AdvantageEstimator.WhitenedReturn;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdvantageEstimatorTest {
  private static final ValueHead HEAD = new ValueHead(1e-3, 0.1, 0.2);
  private static final double[] REWARDS = {1, 0, 0, 1, 0, 0, 0, 0};

  @Test
  void groupNormalizedDividesByTheSampleDeviation() {
    assertThat(new GroupNormalized().ofGroup(REWARDS))
        .containsExactly(expected(1.620182, -0.540061), within(1e-6));
    assertThat(new GroupNormalized().ofGroup(new double[] {1, 0}))
        .containsExactly(new double[] {0.7071058, -0.7071058}, within(1e-6));
  }

  @Test
  void groupCenteredSubtractsTheMean() {
    assertThat(new GroupCentered().ofGroup(REWARDS))
        .containsExactly(expected(0.75, -0.25), within(1e-12));
  }

  @Test
  void leaveOneOutComparesEachRolloutWithTheMeanOfTheOthers() {
    assertThat(new LeaveOneOut().ofGroup(REWARDS))
        .containsExactly(expected(0.857143, -0.285714), within(1e-6));
    assertThat(new LeaveOneOut().ofGroup(new double[] {3, 1}))
        .containsExactly(new double[] {2, -2}, within(1e-12));
  }

  /** A reward that all of a group earn, such as for a form that all have, changes nothing. */
  @Test
  void aConstantPartOfTheRewardHasNoAdvantage() {
    assertThat(new GroupCentered().ofGroup(new double[] {1, 0.5, 0.5, 0.5}))
        .containsExactly(0.375, -0.125, -0.125, -0.125)
        .containsExactly(new GroupCentered().ofGroup(new double[] {0.5, 0, 0, 0}));
  }

  /** Without values and discounts, each token has the return of the completion. */
  @Test
  void gaeWithoutValuesIsTheReturn() {
    Episode episode = new Episode(0, new double[] {0, 0, 1}, new double[3], 0);
    assertThat(new Gae(1, 1, HEAD).valueErrors(List.of(episode)).get(0)).containsExactly(1, 1, 1);
  }

  private static Episode after(int given, int length, double reward) {
    double[] rewards = new double[length];
    rewards[length - 1] = reward;
    return new Episode(0, rewards, new double[0], 0, given);
  }

  @Test
  void whatGoesOnFromABeginningIsComparedWithItsLikeAndTheBeginningWithTheRest() {
    List<Episode> group =
        List.of(
            after(0, 2, 1),
            after(0, 1, 0),
            after(2, 3, 1),
            after(2, 4, 0),
            after(1, 2, 1),
            new Episode(1, new double[] {5}, new double[0], 0));
    List<double[]> first = new PrefixBaseline(true).advantages(group);
    assertThat(first.get(0)).containsExactly(0.5, 0.5);
    assertThat(first.get(1)).containsExactly(-0.5);
    assertThat(first.get(2)).containsExactly(0.25, 0.25, 0.5);
    assertThat(first.get(3)).containsExactly(-0.25, -0.25, -0.5, -0.5);
    assertThat(first.get(4)).containsExactly(0.5, 1);
    assertThat(first.get(5)).containsExactly(0);
    List<double[]> second = new PrefixBaseline(false).advantages(group);
    assertThat(second.get(4)).containsExactly(0.5, 0);
    assertThat(second.subList(0, 4)).containsExactlyElementsOf(first.subList(0, 4));
  }

  @Test
  void withoutBeginningsTheirBaselineIsThatOfTheGroup() {
    List<Episode> group = List.of(after(0, 2, 1), after(0, 3, 0), after(0, 1, 0));
    assertThat(new PrefixBaseline(true).advantages(group))
        .containsExactlyElementsOf(new GroupCentered().advantages(group));
    List<Episode> begun = List.of(after(2, 3, 1), after(1, 3, 0));
    assertThat(new PrefixBaseline(false).advantages(begun).get(0)).containsExactly(0.5, 0.5, 0);
  }

  @Test
  void aGroupOfOneHasNoOthersToLeave() {
    assertThatThrownBy(() -> new LeaveOneOut().ofGroup(new double[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 rollouts or more, got 1");
    assertThat(new GroupCentered().ofGroup(new double[] {1})).containsExactly(1);
    assertThat(new GroupNormalized().ofGroup(new double[] {1})[0]).isCloseTo(1, within(2e-6));
  }

  @Test
  void equalRewardsGiveNoAdvantage() {
    for (AdvantageEstimator.OfGroup estimator : all()) {
      assertThat(estimator.ofGroup(new double[] {0.5, 0.5, 0.5})).containsOnly(0);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void advantagesSumToZeroAndIgnoreAShift(long seed) {
    double[] rewards = new SplittableRandom(seed).doubles(8).toArray();
    double[] shifted = Arrays.stream(rewards).map(r -> r + 3).toArray();
    for (AdvantageEstimator.OfGroup estimator : all()) {
      double[] advantages = estimator.ofGroup(rewards);
      assertThat(Arrays.stream(advantages).sum()).isCloseTo(0, within(1e-12));
      assertThat(estimator.ofGroup(shifted)).containsExactly(advantages, within(1e-12));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0.95, 0.76075, 0.485, 0.3",
    "1, 1, 0.8, 0.5, 0.3",
    "1, 0, 0.3, 0.2, 0.3",
    "0.9, 0.8, 0.49912, 0.346, 0.3"
  })
  void gaeSumsDiscountedErrors(double gamma, double lam, double a1, double a2, double a3) {
    Episode episode = new Episode(0, new double[] {0, 0, 1}, new double[] {0.2, 0.5, 0.7}, 0);
    assertThat(new Gae(gamma, lam, HEAD).valueErrors(List.of(episode)).get(0))
        .containsExactly(new double[] {a1, a2, a3}, within(1e-9));
  }

  @Test
  void gaeOfTwoErrors() {
    Episode episode = new Episode(0, new double[] {1, 2}, new double[] {0, 0}, 0);
    assertThat(new Gae(1, 0.5, HEAD).valueErrors(List.of(episode)).get(0)).containsExactly(2, 2);
  }

  @Test
  void whiteningUsesTheSampleDeviationOverAllTokens() {
    List<double[]> whitened = TokenRows.whitened(List.of(new double[] {1, 2}, new double[] {3, 6}));
    assertThat(whitened.get(0)).containsExactly(new double[] {-0.9258, -0.4629}, within(1e-4));
    assertThat(whitened.get(1)).containsExactly(new double[] {0, 1.3887}, within(1e-4));
    assertThat(TokenRows.whitened(List.of(new double[] {5})).get(0)).containsExactly(0);
  }

  @Test
  void gaeIsWhitened() {
    List<Episode> batch =
        List.of(
            new Episode(0, new double[] {0, 1}, new double[] {0.5, 0.5}, 0),
            new Episode(1, new double[] {0}, new double[] {0.25}, 0));
    Gae gae = new Gae(1, 1, HEAD);
    assertThat(gae.advantages(batch).get(0))
        .containsExactly(TokenRows.whitened(gae.valueErrors(batch)).get(0));
  }

  @Test
  void withoutDiscountAllTokensOfACompletionShareTheReturnAndAShiftChangesNothing() {
    List<double[]> advantages = new WhitenedReturn(1).advantages(three(0));
    assertThat(advantages.get(0)).containsOnly(advantages.get(0)[0]);
    List<double[]> shifted = new WhitenedReturn(1).advantages(three(7));
    for (int i = 0; i < 3; i++) {
      assertThat(shifted.get(i)).containsExactly(advantages.get(i), within(1e-9));
    }
    Episode late = new Episode(0, new double[] {1, 2}, new double[0], 0);
    Episode flat = new Episode(0, new double[] {0}, new double[0], 0);
    // the returns are 1 + 2 / 2 = 2, 2 and 0: two equal ones
    List<double[]> discounted = new WhitenedReturn(0.5).advantages(List.of(late, flat));
    assertThat(discounted.get(0)[0]).isEqualTo(discounted.get(0)[1]);
    assertThat(discounted.get(0)[0]).isCloseTo(1 / Math.sqrt(3), within(1e-6));
  }

  @Test
  void theWhitenedGroupIsTheCenteredGroupWhitened() {
    List<double[]> expected = TokenRows.whitened(new GroupCentered().advantages(three(0)));
    List<double[]> actual = new WhitenedGroup().advantages(three(0));
    for (int i = 0; i < 3; i++) {
      assertThat(actual.get(i)).containsExactly(expected.get(i));
    }
  }

  @Test
  void theGreedyBaselineIsSubtracted() {
    Episode episode = new Episode(0, new double[] {-0.25, 1}, new double[0], 0.5);
    assertThat(new GreedyBaseline().advantages(List.of(episode)).get(0))
        .containsExactly(0.25, 0.25);
  }

  @Test
  void groupsAreKeptApartWhateverTheirOrder() {
    List<Episode> batch =
        List.of(
            new Episode(4, new double[] {0, 1}, new double[0], 0),
            new Episode(2, new double[] {5}, new double[0], 0),
            new Episode(4, new double[] {0}, new double[0], 0),
            new Episode(2, new double[] {3}, new double[0], 0));
    List<double[]> advantages = new LeaveOneOut().advantages(batch);
    assertThat(advantages.get(0)).containsExactly(1, 1);
    assertThat(advantages.get(1)).containsExactly(2);
    assertThat(advantages.get(2)).containsExactly(-1);
    assertThat(advantages.get(3)).containsExactly(-2);
  }

  private static List<Episode> three(double shift) {
    return List.of(
        new Episode(0, new double[] {0, 0, 1 + shift}, new double[0], 0),
        new Episode(0, new double[] {0, shift}, new double[0], 0),
        new Episode(0, new double[] {0.5 + shift}, new double[0], 0));
  }

  @Test
  void bindsByType() throws Exception {
    assertThat(
            new ObjectMapper().readValue("{\"type\":\"leave_one_out\"}", AdvantageEstimator.class))
        .isEqualTo(new LeaveOneOut());
  }

  private static List<AdvantageEstimator.OfGroup> all() {
    return List.of(new GroupNormalized(), new GroupCentered(), new LeaveOneOut());
  }

  private static double[] expected(double success, double failure) {
    return Arrays.stream(REWARDS).map(r -> r > 0 ? success : failure).toArray();
  }
}
