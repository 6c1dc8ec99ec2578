package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParametersTest {
  @Test
  void theFirstOnesAreAModelInTheSameMemory() throws Exception {
    Golden golden = Golden.read("tied");
    CausalLM model = golden.model(Precision.FP32);
    ParameterLayout longer = ParameterLayout.withValueHead(golden.config());
    try (Parameters theta = Parameters.initial(longer, 1, Device.cpu());
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

  /** More values than pass at a time. */
  private static final ParameterLayout LONG =
      new ParameterLayout(ModelConfig.of(256, 2, 4, 2, 512, 500, 64));

  @ParameterizedTest
  @EnumSource(Precision.class)
  void valuesThatTravelInPiecesArriveInTheirPlaces(Precision type) {
    assertThat(LONG.size()).isGreaterThan(Parameters.WINDOW + 1);
    try (Parameters from = Parameters.initial(LONG, 1, Device.cpu());
        Parameters to = Parameters.initial(LONG, 2, Device.cpu());
        Parameters other = Parameters.initial(LONG, 2, Device.cpu())) {
      Pieces pieces = Pieces.of(from, type, 1_000_003);
      assertThat(pieces.bytes()).hasSize((int) (LONG.size() / 1_000_003) + 1);
      assertThat(pieces.size()).isEqualTo(type.bytes() * LONG.size());
      to.add(pieces);
      from.round(type);
      other.add(from);
      assertThat(to.toFloats()).isEqualTo(other.toFloats());
      to.copyFrom(pieces);
      assertThat(to.toFloats()).isEqualTo(from.toFloats());
    }
  }

  @Test
  void valuesChangeByThoseAtTheirPlace() {
    try (Parameters one = Parameters.initial(LONG, 1, Device.cpu());
        Parameters two = Parameters.initial(LONG, 2, Device.cpu())) {
      float[] before = one.toFloats();
      float[] other = two.toFloats();
      double squares = 0;
      for (float v : before) {
        squares += (double) v * v;
      }
      assertThat(one.norm()).isCloseTo(Math.sqrt(squares), within(1e-9));
      one.change(List.of(two), v -> v[0] - 3 * v[1]);
      float[] after = one.toFloats();
      for (int i = 0; i < after.length; i += 997) {
        assertThat(after[i]).isEqualTo(before[i] - 3 * other[i]);
      }
      one.change(List.of(), v -> Float.NaN);
      one.clear();
      assertThat(one.norm()).isZero();
    }
  }
}
