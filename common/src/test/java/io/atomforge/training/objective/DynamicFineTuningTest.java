package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenBatch;
import io.atomforge.model.TokenLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DynamicFineTuningTest {
  private static final ModelConfig TINY = ModelConfig.of(4, 1, 1, 1, 4, 4, 8);
  private static final float[] LOGITS = {1, 0, -1};
  private static final float[] START = {0.5f, 0.5f, 0};

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1.407606, 0.665241, -0.755272, 0.090031",
    "1, 0, 0.344481, 0.162803, -0.184836, 0.022033",
    "1, 0.05, 0.353595, 0.176883, -0.191783, 0.014900",
    "0, 0.05, 1.416720, 0.679321, -0.762219, 0.082898"
  })
  void lossAndGradientOfOneToken(
      double exponent, double klCoef, float loss, float first, float second, float third) {
    TokenLoss result = loss(new DynamicFineTuning(exponent, klCoef), LOGITS, START);
    assertThat(result.losses()[0]).isCloseTo(loss, within(2e-6f));
    assertThat(result.gradient())
        .containsExactly(new float[] {first, second, third}, within(2e-6f));
    assertThat(result.statistics()[0][0]).isCloseTo(1.407606f, within(2e-6f));
  }

  @Test
  void atTheStartTheKlIsZeroAndSoIsItsGradient() {
    TokenLoss anchored = loss(new DynamicFineTuning(1, 7), LOGITS, LOGITS);
    TokenLoss free = loss(new DynamicFineTuning(1, 0), LOGITS, LOGITS);
    assertThat(anchored.statistics()[1][0]).isCloseTo(0, within(1e-6f));
    assertThat(anchored.gradient()).containsExactly(free.gradient(), within(2e-6f));
  }

  @Test
  void theReferenceIsTheModelThatTheGradientIsGiven() {
    CausalLM model =
        CausalLM.shared(
            TINY, Precision.FP32, new DynamicFineTuning(0, 1).lossScript(), Device.cpu());
    int[] tokens = {1, 2, 3, 0};
    TokenBatch batch =
        new TokenBatch(1, 4, tokens, new int[] {0, 1}, new int[] {2, 3}, new float[] {1, 1});
    try (Parameters theta = Parameters.initial(model.layout(), 1, Device.cpu());
        Parameters other = Parameters.initial(model.layout(), 2, Device.cpu())) {
      float[][] none = {};
      Gradient same = Gradient.zero(model.layout(), Device.cpu());
      model.gradient(theta, theta, batch, none, 1, same);
      assertThat(same.statistics()[1]).isCloseTo(0, within(1e-7));
      Gradient away = Gradient.zero(model.layout(), Device.cpu());
      model.gradient(theta, other, batch, none, 1, away);
      assertThat(away.statistics()[1]).isPositive();
      assertThatThrownBy(() -> model.gradient(theta, batch, none, 1))
          .hasMessage("Loss dft needs a reference");
    }
  }

  /** The weight is the probability itself: a third of the loss and of the gradient of SFT. */
  @Test
  void equalLogitsAndACertainToken() {
    float[] equal = {0, 0, 0};
    TokenLoss third = loss(new DynamicFineTuning(1, 0), equal, START);
    assertThat(third.losses()[0]).isCloseTo(0.366204f, within(2e-6f));
    assertThat(third.gradient())
        .containsExactly(new float[] {0.111111f, -0.222222f, 0.111111f}, within(2e-6f));
    TokenLoss certain = loss(new DynamicFineTuning(1, 0), new float[] {0, 30, 0}, START);
    assertThat(certain.losses()[0]).isCloseTo(0, within(1e-6f));
    assertThat(certain.gradient()).containsExactly(new float[3], within(1e-6f));
  }

  /** With a great weight of the KL, what is left is its gradient p (log p/q - KL). */
  @Test
  void aGreatWeightLeavesTheGradientOfTheKl() {
    float[] gradient = loss(new DynamicFineTuning(1, 1000), LOGITS, START).gradient();
    float[] scaled = {gradient[0] / 1000, gradient[1] / 1000, gradient[2] / 1000};
    assertThat(scaled)
        .containsExactly(new float[] {0.281752f, -0.139108f, -0.142644f}, within(2e-4f));
  }

  /**
   * Without the weight, which the gradient does not see, the gradient is the slope of the loss;
   * with exponent 1 it is the slope of minus the probability.
   */
  @ParameterizedTest
  @CsvSource({"0, 0", "0, 0.7", "1, 0"})
  void theGradientIsASlope(double exponent, double klCoef) {
    DynamicFineTuning objective = new DynamicFineTuning(exponent, klCoef);
    float[] gradient = loss(objective, LOGITS, START).gradient();
    for (int i = 0; i < 3; i++) {
      double h = 0.01;
      double slope = (descended(objective, i, h) - descended(objective, i, -h)) / (2 * h);
      assertThat((double) gradient[i]).isCloseTo(slope, within(5e-4));
    }
  }

  private static double descended(DynamicFineTuning objective, int moved, double by) {
    float[] logits = LOGITS.clone();
    logits[moved] += (float) by;
    TokenLoss there = loss(objective, logits, START);
    return objective.exponent() == 1 ? -Math.exp(-there.statistics()[0][0]) : there.losses()[0];
  }

  @Test
  void bindsByType() throws Exception {
    String json = "{\"type\": \"dft\", \"exponent\": 1.0, \"kl_coef\": 0.05}";
    assertThat(new ObjectMapper().readValue(json, Objective.class))
        .isEqualTo(new DynamicFineTuning(1, 0.05));
    assertThatThrownBy(() -> new DynamicFineTuning(-1, 0))
        .hasMessage("exponent must be 0 or more, got -1.0");
  }

  private static TokenLoss loss(Objective objective, float[] logits, float[] reference) {
    boolean compared = objective.lossScript().hasReference();
    return CausalLM.shared(TINY, Precision.FP32, objective.lossScript(), Device.cpu())
        .tokenLoss(
            logits,
            compared ? reference : new float[0],
            new int[] {1},
            new float[0],
            new float[0][]);
  }
}
