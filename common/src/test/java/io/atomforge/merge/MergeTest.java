package io.atomforge.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergeTest {
  private static final JsonNode GOLDEN = golden();
  private static final ParameterLayout LAYOUT = layout();

  private static JsonNode golden() {
    try {
      return new ObjectMapper()
          .readTree(Path.of("src/test/resources/golden/merge/golden.json").toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ParameterLayout layout() {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    GOLDEN
        .path("shapes")
        .properties()
        .forEach(
            tensor -> {
              List<Integer> shape = new ArrayList<>();
              tensor.getValue().forEach(n -> shape.add(n.asInt()));
              shapes.put(tensor.getKey(), shape);
            });
    return ParameterLayout.of(shapes);
  }

  private static float[] floats(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values.get(i).asDouble();
    }
    return floats;
  }

  private static float[] model(int number) {
    return floats(GOLDEN.path("models").get(number));
  }

  private static float[] base() {
    return floats(GOLDEN.path("base"));
  }

  /**
   * @param vectors the base first, if the rule has one
   */
  private static float[] merged(Merge merge, float[]... vectors) {
    List<Parameters> all =
        Arrays.stream(vectors).map(v -> Parameters.of(LAYOUT, v, Device.cpu())).toList();
    try {
      merge.merge(all.subList(merge.base().isEmpty() ? 0 : 1, all.size()), all.get(0));
      return all.get(0).toFloats();
    } finally {
      all.forEach(Parameters::close);
    }
  }

  private static void equalsGolden(String name, float[] merged) {
    assertThat(merged).containsExactly(floats(GOLDEN.path(name)), within(1e-6f));
  }

  @Test
  void allRulesGiveWhatNumpyGives() {
    equalsGolden(
        "linear", merged(new Merge.Linear(List.of(0.5, 0.3, 0.2)), model(0), model(1), model(2)));
    equalsGolden("slerp", merged(new Merge.Slerp(0.3), model(0), model(1)));
    equalsGolden(
        "ties", merged(new Merge.Ties("b", 0.4, 0.8), base(), model(0), model(1), model(2)));
    equalsGolden(
        "ties_whole", merged(new Merge.Ties("b", 1, 1), base(), model(0), model(1), model(2)));
  }

  @Test
  void equalModelsStayAsTheyAre() {
    float[] same = model(1);
    assertThat(merged(new Merge.Linear(List.of(0.5, 0.3, 0.2)), same, same, same)).isEqualTo(same);
    assertThat(merged(new Merge.Slerp(0.3), same, same)).containsExactly(same, within(1e-6f));
    assertThat(merged(new Merge.Ties("b", 1, 1), base(), same, same, same))
        .containsExactly(same, within(1e-6f));
    assertThat(merged(new Merge.Ties("b", 0.2, 1), base(), base(), base())).isEqualTo(base());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void allWeightOnOneModelIsThatModel(int one) {
    List<Double> weights = new ArrayList<>(List.of(0.0, 0.0, 0.0));
    weights.set(one, 1.0);
    assertThat(merged(new Merge.Linear(weights), model(0), model(1), model(2)))
        .isEqualTo(model(one));
    if (one < 2) {
      assertThat(merged(new Merge.Slerp(one), model(0), model(1))).isEqualTo(model(one));
    }
  }

  @Test
  void parallelAndZeroTensorsAreInterpolatedLinearly() {
    float[] twice = scaled(2);
    assertThat(merged(new Merge.Slerp(0.5), model(0), twice))
        .containsExactly(scaled(1.5f), within(1e-6f));
    assertThat(merged(new Merge.Slerp(0.25), model(0), scaled(0)))
        .containsExactly(scaled(0.75f), within(1e-6f));
  }

  private static float[] scaled(float factor) {
    float[] vector = model(0);
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= factor;
    }
    return vector;
  }

  @Test
  void onAnArcBetweenVectorsOfEqualLengthTheLengthStays() {
    float[] one = model(0);
    float[] other = model(0);
    for (int i = 0; i + 1 < one.length; i += 2) {
      other[i] = one[i + 1];
      other[i + 1] = -one[i];
    }
    assertThat(length(merged(new Merge.Slerp(0.5), one, other)))
        .isCloseTo(length(one), within(1e-5));
    assertThat(length(merged(new Merge.Linear(List.of(0.5, 0.5)), one, other)))
        .isLessThan(0.8 * length(one));
  }

  private static double length(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 17, 18})
  void aRankIsThatOfTheSortedMagnitudes(int rank) {
    Random random = new Random(rank);
    float[] values = new float[18];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(7) - 3));
    }
    values[3] = values[4];
    float[] sorted = new float[18];
    for (int i = 0; i < 18; i++) {
      sorted[i] = -Math.abs(values[i]);
    }
    Arrays.sort(sorted);
    try (Parameters some = Parameters.of(LAYOUT, values, Device.cpu());
        Parameters zero = Parameters.zeros(LAYOUT, Device.cpu())) {
      assertThat(Magnitudes.ofDifference(some, zero).atRank(rank)).isEqualTo(-sorted[rank - 1]);
      assertThat(Magnitudes.ofDifference(some, zero).atRank(0)).isInfinite();
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> new Merge.Linear(List.of(0.5, 0.6))).hasMessageContaining("sum 1");
    assertThatThrownBy(() -> new Merge.Linear(List.of(Double.NaN))).hasMessageContaining("sum 1");
    assertThatThrownBy(() -> new Merge.Linear(List.of(1.0)).check(2))
        .hasMessageContaining("one per model");
    assertThatThrownBy(() -> new Merge.Slerp(1.1)).hasMessageContaining("t must be 0 to 1");
    assertThatThrownBy(() -> new Merge.Slerp(1).check(3)).hasMessageContaining("two models");
    assertThatThrownBy(() -> new Merge.Ties("", 1, 1)).hasMessageContaining("base must name");
    assertThatThrownBy(() -> new Merge.Ties("b", 0, 1)).hasMessageContaining("density must be");
    assertThatThrownBy(() -> new Merge.Ties("b", 1, -1)).hasMessageContaining("scale must be");
    assertThatThrownBy(() -> new Merge.Ties("b", 1, 1).check(0)).hasMessageContaining("one model");
  }
}
