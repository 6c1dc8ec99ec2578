package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class ParametersTest {
  @Test
  void theFirstOnesAreAModelInTheSameMemory() throws Exception {
    Golden golden = Golden.read("tied");
    CausalLM model = golden.model(Precision.FP32);
    ParameterLayout longer = ParameterLayout.withValueHead(golden.config());
    try (Parameters theta = Parameters.of(longer, longer.initial(1), Device.cpu());
        Parameters expected = golden.parameters()) {
      try (Parameters first = theta.first(expected.layout())) {
        theta.write(0, FloatBuffer.wrap(golden.theta()));
        assertThat(first.toFloats()).isEqualTo(golden.theta());
        assertThat(model.logProbs(first, golden.batch(), 1).logProbs())
            .isEqualTo(model.logProbs(expected, golden.batch(), 1).logProbs());
      }
      assertThat(theta.toFloats()).startsWith(golden.theta()).hasSize(longer.arraySize());
    }
  }
}
