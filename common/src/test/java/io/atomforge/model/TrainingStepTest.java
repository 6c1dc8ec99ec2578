package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.training.AdamW;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingStepTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tied",
        "untied",
        "llama3",
        "qwen2_tied",
        "qwen2_untied",
        "qwen3_tied",
        "qwen3_untied",
        "mistral_untied"
      })
  void twoAdamWStepsEndWherePyTorchEnds(String name) throws Exception {
    Golden golden = Golden.read(name);
    AdamW settings = new AdamW(0.01, 0.9, 0.95, 1e-8, 0.1);
    try (Parameters theta = golden.parameters();
        Parameters sum = Parameters.zeros(theta.layout(), Device.cpu());
        AdamW.State state = settings.start(theta.layout(), Device.cpu())) {
      for (int step = 1; step <= 2; step++) {
        float[] gradient = golden.gradient();
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] *= step;
        }
        sum.copyFrom(gradient);
        double norm = state.step(theta, sum, 7, 0.5, 0.01);
        double expected = golden.json().get("grad_norms").get(step - 1).asDouble();
        assertThat(norm).isCloseTo(expected, within(1e-5 * expected));
      }
      assertThat(theta.toFloats()).containsExactly(golden.stepped(), within(1e-6f));
    }
  }

  @Test
  void bfloat16LearnsAsFp32Does() {
    double exact = lossAfterTraining(Precision.FP32);
    assertThat(exact).isLessThan(1.5);
    assertThat(lossAfterTraining(Precision.BF16)).isCloseTo(exact, within(0.03 * exact));
  }

  /** Each next token is a fixed function of the last, but for one in ten that is random. */
  private static double lossAfterTraining(Precision precision) {
    ModelConfig config = ModelConfig.of(32, 2, 4, 2, 64, 32, 32);
    CausalLM model =
        CausalLM.shared(config, precision, LossScript.NEGATIVE_LOG_LIKELIHOOD, Device.cpu());
    Random random = new Random(3);
    double last = 0;
    try (Parameters theta = Parameters.initial(model.layout(), 7, Device.cpu());
        AdamW.State state =
            new AdamW(0.003, 0.9, 0.95, 1e-8, 0.01).start(model.layout(), Device.cpu())) {
      for (int step = 0; step < 200; step++) {
        int[] tokens = new int[16 * 24];
        for (int i = 0; i < tokens.length; i++) {
          boolean free = i % 24 == 0 || random.nextInt(10) == 0;
          tokens[i] = free ? random.nextInt(32) : (5 * tokens[i - 1] + 7) % 32;
        }
        int[] positions = IntStream.range(0, tokens.length).filter(i -> i % 24 < 23).toArray();
        int[] targets = Arrays.stream(positions).map(i -> tokens[i + 1]).toArray();
        float[] weights = new float[targets.length];
        Arrays.fill(weights, 1);
        TokenBatch batch = new TokenBatch(16, 24, tokens, positions, targets, weights);
        try (Gradient gradient = model.gradient(theta, batch, new float[0][], 1)) {
          state.step(theta, gradient.values(), targets.length, 1, 0.003);
          last = step < 180 ? 0 : last + gradient.loss() / targets.length / 20;
        }
      }
    }
    return last;
  }
}
