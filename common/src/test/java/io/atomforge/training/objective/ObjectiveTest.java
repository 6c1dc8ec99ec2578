package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.model.CausalLM;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenLoss;
import io.atomforge.training.objective.Objective.CrossEntropy;
import io.atomforge.training.objective.Objective.EntropyRegularized;
import org.junit.jupiter.api.Test;

class ObjectiveTest {
  private static final ModelConfig TINY = ModelConfig.of(4, 1, 1, 1, 4, 4, 8);

  @Test
  void crossEntropyIsTheNegativeLogLikelihood() {
    TokenLoss loss =
        CausalLM.shared(TINY, Precision.FP32, new CrossEntropy().lossScript(), Device.cpu())
            .tokenLoss(new float[] {1, 0, -1}, new int[] {1}, new float[0][]);
    assertThat(loss.losses()[0]).isCloseTo(1.407606f, within(1e-5f));
    assertThat(loss.gradient())
        .containsExactly(new float[] {0.665241f, -0.755272f, 0.090031f}, within(1e-5f));
  }

  /**
   * With p = (0.665241, 0.244728, 0.090031) the entropy H is 0.832395 nats, and the slope of -H is
   * p (ln p + H).
   */
  @Test
  void entropyIsSubtracted() {
    TokenLoss loss =
        CausalLM.shared(
                TINY, Precision.FP32, new EntropyRegularized(0.1).lossScript(), Device.cpu())
            .tokenLoss(new float[] {1, 0, -1}, new int[] {1}, new float[0][]);
    assertThat(loss.losses()[0]).isCloseTo(1.407606f - 0.0832395f, within(1e-5f));
    assertThat(loss.gradient())
        .containsExactly(new float[] {0.693500f, -0.769349f, 0.075849f}, within(1e-5f));
  }

  @Test
  void bindsByType() throws Exception {
    assertThat(new ObjectMapper().readValue("{\"type\": \"cross_entropy\"}", Objective.class))
        .isEqualTo(new CrossEntropy());
  }
}
