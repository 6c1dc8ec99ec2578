package io.atomforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdamWTest {
  private static final ParameterLayout LAYOUT =
      new ParameterLayout(ModelConfig.of(8, 2, 2, 1, 8, 16, 16));
  private static final AdamW SETTINGS = new AdamW(0.01, 0.9, 0.95, 1e-8, 0.1);

  @Test
  void stepsAsTheFormulaSays() {
    float[] start = initial(1);
    double[] expected = new double[start.length];
    double[] m = new double[start.length];
    double[] v = new double[start.length];
    for (int i = 0; i < start.length; i++) {
      expected[i] = start[i];
    }
    try (Parameters theta = Parameters.of(LAYOUT, start, Device.cpu());
        AdamW.State state = SETTINGS.start(LAYOUT, Device.cpu())) {
      for (int step = 1; step <= 3; step++) {
        float[] sum = gradient(step);
        double norm = 0;
        for (float g : sum) {
          norm += Math.pow(g / 4.0, 2);
        }
        norm = Math.sqrt(norm);
        assertThat(step(state, theta, sum, 4, 1.5, 0.02)).isCloseTo(norm, within(1e-5));
        double clip = Math.min(1, 1.5 / (norm + 1e-6));
        for (ParameterLayout.Tensor tensor : LAYOUT.tensors()) {
          for (int i = (int) tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
            double g = sum[i] / 4 * clip;
            expected[i] *= tensor.isDecayed() ? 1 - 0.02 * 0.1 : 1;
            m[i] = 0.9 * m[i] + 0.1 * g;
            v[i] = 0.95 * v[i] + 0.05 * g * g;
            double root = Math.sqrt(v[i] / (1 - Math.pow(0.95, step))) + 1e-8;
            expected[i] -= 0.02 * m[i] / (1 - Math.pow(0.9, step)) / root;
          }
        }
      }
      float[] actual = theta.toFloats();
      for (int i = 0; i < actual.length; i++) {
        assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-6));
      }
    }
  }

  @Test
  void continuesExactlyFromItsMeans() {
    try (Parameters straight = Parameters.initial(LAYOUT, 2, Device.cpu());
        AdamW.State one = SETTINGS.start(LAYOUT, Device.cpu());
        AdamW.State two = SETTINGS.start(LAYOUT, Device.cpu())) {
      step(one, straight, gradient(1), 1, 1, 0.01);
      try (Parameters resumed = straight.copy(Device.cpu())) {
        two.mean().copyFrom(one.mean().toFloats());
        two.square().copyFrom(one.square().toFloats());
        two.resume(one.step());
        step(one, straight, gradient(2), 1, 1, 0.01);
        step(two, resumed, gradient(2), 1, 1, 0.01);
        assertThat(resumed.toFloats()).isEqualTo(straight.toFloats());
        assertThat(two.mean().toFloats()).isEqualTo(one.mean().toFloats());
        assertThat(two.square().toFloats()).isEqualTo(one.square().toFloats());
        assertThat(two.step()).isEqualTo(2);
      }
    }
  }

  @Test
  void aGradientThatIsNotFiniteChangesNothing() {
    float[] bad = gradient(1);
    bad[3] = Float.NaN;
    try (Parameters theta = Parameters.initial(LAYOUT, 3, Device.cpu());
        AdamW.State state = SETTINGS.start(LAYOUT, Device.cpu())) {
      float[] before = theta.toFloats();
      assertThat(step(state, theta, bad, 1, 1, 0.01)).isNaN();
      assertThat(theta.toFloats()).isEqualTo(before);
      assertThat(state.step()).isZero();
    }
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> new AdamW(Double.NaN, 0.9, 0.95, 1e-8, 0))
        .hasMessage("learning_rate must be 0 or more, got NaN");
    assertThatThrownBy(() -> new AdamW(0.1, 1, 0.95, 1e-8, 0)).hasMessageStartingWith("beta1");
  }

  private static double step(
      AdamW.State state, Parameters theta, float[] sum, double divisor, double norm, double rate) {
    try (Parameters gradient = Parameters.of(LAYOUT, sum, Device.cpu())) {
      return state.step(theta, gradient, divisor, norm, rate);
    }
  }

  private static float[] initial(long seed) {
    try (Parameters values = Parameters.initial(LAYOUT, seed, Device.cpu())) {
      return values.toFloats();
    }
  }

  private static float[] gradient(long seed) {
    Random random = new Random(seed);
    float[] values = new float[LAYOUT.arraySize()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
