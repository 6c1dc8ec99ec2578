package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.model.CausalLM;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenLoss;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loss of ReMix on rollouts of an earlier policy. */
class CenteredClipTest {
  private static final ModelConfig TINY = ModelConfig.of(4, 1, 1, 1, 4, 4, 8);
  private static final PolicyLoss CENTERED = new PolicyLoss.CenteredClip(0.2);
  private static final float[] LOGITS = {1, 0, -1};

  /** The softmax of {@link #LOGITS}. */
  private static final double[] P = {0.665241, 0.244728, 0.090031};

  private static TokenLoss loss(PolicyLoss of, int[] targets, float[]... inputs) {
    PolicyObjective objective = new PolicyObjective(of, List.of(), Optional.empty(), false);
    float[] logits = new float[3 * targets.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = LOGITS[i % 3];
    }
    return CausalLM.shared(TINY, Precision.FP32, objective.lossScript(), Device.cpu())
        .tokenLoss(logits, targets, inputs);
  }

  private static float[] log(double value) {
    return new float[] {(float) Math.log(value)};
  }

  /** With range 0.2 about the center, by hand. */
  @ParameterizedTest
  @CsvSource({
    "1.5, 1.4, 1, -1.5, 0",
    "1.7, 1.4, 1, -1.6, 1",
    "1.1, 1.4, 1, -1.1, 0",
    "1.1, 1.4, -1, 1.2, 1",
    "1.7, 1.4, -1, 1.7, 0",
    "0.5, 0.6, -1, 0.5, 0",
    "0.9, 0.6, 1, -0.8, 1"
  })
  void theRangeLiesAboutTheCenter(
      double ratio, double center, double advantage, double loss, double stopped) {
    double old = P[1] / ratio;
    TokenLoss result =
        loss(CENTERED, new int[] {1}, new float[] {(float) advantage}, log(old), log(center * old));
    assertThat(result.losses()[0]).isCloseTo((float) loss, within(1e-5f));
    assertThat(result.statistics()[1][0]).isEqualTo((float) stopped);
    assertThat(result.gradient()[1] == 0).isEqualTo(stopped == 1);
  }

  @ParameterizedTest
  @CsvSource({"1.5, 1", "1.5, -1", "0.5, 1", "0.5, -1", "1.1, 1"})
  void onTheOwnRolloutsOfThePolicyItIsPpo(double ratio, double advantage) {
    float[] old = log(P[1] / ratio);
    float[] a = {(float) advantage};
    TokenLoss centered = loss(CENTERED, new int[] {1}, a, old, old);
    TokenLoss clipped = loss(new PolicyLoss.Clipped(0.2, 0.2, 0), new int[] {1}, a, old);
    assertThat(centered.losses()).containsExactly(clipped.losses());
    assertThat(centered.gradient()).containsExactly(clipped.gradient(), within(1e-6f));
  }

  /**
   * At the policy that begins the step a token's gradient is c A grad log p, and its mean over what
   * another policy q sampled is the gradient of the mean advantage under the policy itself.
   */
  @Test
  void theMeanGradientOverStaleRolloutsIsThatOfThePolicyItself() {
    double[] q = {0.3, 0.3, 0.4};
    double[] advantages = {0.5, -1, 2};
    float[][] inputs = new float[3][3];
    for (int v = 0; v < 3; v++) {
      inputs[0][v] = (float) advantages[v];
      inputs[1][v] = (float) Math.log(q[v]);
      inputs[2][v] = (float) Math.log(P[v]);
    }
    TokenLoss loss = loss(CENTERED, new int[] {0, 1, 2}, inputs);
    double baseline = 0;
    for (int v = 0; v < 3; v++) {
      baseline += P[v] * advantages[v];
    }
    for (int j = 0; j < 3; j++) {
      double mean = 0;
      for (int v = 0; v < 3; v++) {
        double c = P[v] / q[v];
        double own = -c * advantages[v] * ((v == j ? 1 : 0) - P[j]);
        assertThat(loss.gradient()[3 * v + j]).isCloseTo((float) own, within(1e-5f));
        mean += q[v] * loss.gradient()[3 * v + j];
      }
      assertThat(mean).isCloseTo(-P[j] * (advantages[j] - baseline), within(1e-5));
    }
  }

  @Test
  void bindsAndRefuses() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readValue(mapper.writeValueAsString(CENTERED), PolicyLoss.class))
        .isEqualTo(CENTERED);
    assertThatThrownBy(() -> new PolicyLoss.CenteredClip(-1))
        .hasMessage("epsilon must be 0 or more, got -1.0");
    assertThatThrownBy(() -> new PolicyObjective(CENTERED, List.of(), Optional.empty(), true))
        .hasMessageContaining("set importance_correction to bypass");
  }
}
