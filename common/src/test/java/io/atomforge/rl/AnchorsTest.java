package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.training.objective.KlEstimator;
import io.atomforge.training.objective.PolicyLoss;
import io.atomforge.training.objective.PolicyObjective;
import io.atomforge.training.objective.Regularizer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnchorsTest {
  private static final Regularizer ONE = new Regularizer.KlLoss(0.1, KlEstimator.K3);
  private static final Regularizer TWO =
      new Regularizer.KlConvex(0.1, KlEstimator.K3, new Regularizer.BaseShare(1, 1, 0.25, 0.5));
  private static final ParameterLayout LAYOUT =
      new ParameterLayout(ModelConfig.of(4, 1, 1, 1, 4, 4, 8));

  private static PolicyObjective objective(Regularizer regularizer) {
    PolicyLoss loss = new PolicyLoss.Clipped(0.2, 0.2, 0);
    return new PolicyObjective(loss, List.of(regularizer), Optional.empty(), false);
  }

  private static Parameters policy(int number) {
    return Parameters.initial(LAYOUT, number, Device.cpu());
  }

  private static float[] values(int number) {
    try (Parameters policy = policy(number)) {
      return policy.toFloats();
    }
  }

  /** What a step does with the policy: becomes another one, after the anchors have been used. */
  private static void step(Anchors anchors, Parameters theta, int step) {
    anchors.passed(theta);
    theta.copyFrom(values(step));
  }

  /** Policy k is the one after step k; the first is that of the start. */
  @Test
  void thePreviousPolicyBeganTheStepBefore() {
    try (Parameters theta = policy(0);
        Anchors anchors = Anchors.of(theta, objective(TWO), Long.MAX_VALUE)) {
      int[] previous = {0, 0, 1, 2};
      double[] shares = {1, 0.75, 0.5, 0.5};
      for (int step = 1; step <= 4; step++) {
        anchors.begin(step, theta);
        assertThat(anchors.base().toFloats()).isEqualTo(values(0));
        assertThat(anchors.previous().orElseThrow().toFloats())
            .isEqualTo(values(previous[step - 1]));
        assertThat(anchors.baseShare()).isEqualTo(shares[step - 1]);
        assertThat(anchors.metrics()).containsEntry("actor/kl_base_share", shares[step - 1]);
        step(anchors, theta, step);
      }
      assertThat(anchors.kept()).containsOnlyKeys("previous");
    }
  }

  @Test
  void aLossThatComparesWithOneKeepsNoOther() {
    try (Parameters theta = policy(0);
        Anchors anchors = Anchors.of(theta, objective(ONE), Long.MAX_VALUE)) {
      anchors.begin(1, theta);
      step(anchors, theta, 1);
      assertThat(anchors.base().toFloats()).isEqualTo(values(0));
      assertThat(anchors.previous()).isEmpty();
      assertThat(anchors.kept()).isEmpty();
      assertThat(anchors.metrics()).isEmpty();
    }
  }

  @Test
  void afterItsStepThePolicyOfThatTimeIsTheBase() {
    try (Parameters theta = policy(0);
        Anchors anchors = Anchors.of(theta, objective(ONE), 2)) {
      int[] bases = {0, 0, 2, 2};
      for (int step = 1; step <= 4; step++) {
        anchors.begin(step, theta);
        assertThat(anchors.base().toFloats()).isEqualTo(values(bases[step - 1]));
        step(anchors, theta, step);
      }
      assertThat(anchors.kept()).containsOnlyKeys("base");
    }
  }
}
