package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenLoss;
import io.atomforge.training.Example;
import io.atomforge.training.LocalGradients;
import io.atomforge.training.SequenceScores;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RewardObjectiveTest {
  private static final ModelConfig TINY = ModelConfig.of(8, 2, 2, 1, 8, 8, 32);
  private static final RewardObjective CLASSIFIER = new RewardObjective.Classifier();
  private static final RewardObjective PAIRWISE = new RewardObjective.Pairwise(3);
  private static final int[] PROMPT = {1, 2, 3};
  private static final int[] CHOSEN = {4, 5, 0};
  private static final int[] REJECTED = {6, 7, 2, 3, 0};

  static List<JsonNode> golden() throws IOException {
    Path file = Path.of("src/test/resources/golden/reward_objective.json");
    List<JsonNode> cases = new ArrayList<>();
    new ObjectMapper().readTree(Files.readString(file)).forEach(cases::add);
    return cases;
  }

  private static TokenLoss loss(RewardObjective of, double score, float... inputs) {
    float[][] rows = new float[inputs.length][];
    for (int i = 0; i < inputs.length; i++) {
      rows[i] = new float[] {inputs[i]};
    }
    return CausalLM.shared(TINY, Precision.FP32, of.lossScript(), Device.cpu())
        .tokenLoss(new float[TINY.vocabSize()], new int[] {0}, new float[] {(float) score}, rows);
  }

  @ParameterizedTest
  @MethodSource("golden")
  void lossAndSlopesAreThoseOfTheDefinition(JsonNode golden) {
    double first = golden.path("scores").path(0).asDouble();
    double expected = golden.path("loss").asDouble();
    double slope = golden.path("slopes").path(0).asDouble();
    if (golden.path("type").asText().equals("classifier")) {
      boolean passed = golden.path("passed").asBoolean();
      TokenLoss loss = loss(CLASSIFIER, first, passed ? 1 : -1);
      assertThat((double) loss.losses()[0]).isCloseTo(expected, within(1e-6 + 1e-6 * expected));
      assertThat((double) loss.valueGradient()[0]).isCloseTo(slope, within(1e-6));
      assertThat(loss.gradient()).containsOnly(0);
      assertThat(loss.statistics()[0][0]).isEqualTo(first != 0 && first > 0 == passed ? 1 : 0);
      assertThat(RewardObjective.loss(CLASSIFIER.margin(passed, first, Double.NaN)))
          .isCloseTo(expected, within(1e-12));
      return;
    }
    double second = golden.path("scores").path(1).asDouble();
    TokenLoss chosen = loss(PAIRWISE, first, 1, (float) second);
    TokenLoss rejected = loss(PAIRWISE, second, -1, (float) first);
    for (TokenLoss loss : List.of(chosen, rejected)) {
      assertThat((double) loss.losses()[0]).isCloseTo(expected, within(1e-6 + 1e-6 * expected));
      assertThat(loss.statistics()[0][0]).isEqualTo(first > second ? 1 : 0);
    }
    // The mean over both completions has the slope of the pair's loss.
    assertThat(chosen.valueGradient()[0] / 2.0).isCloseTo(slope, within(1e-6));
    assertThat(rejected.valueGradient()[0] / 2.0)
        .isCloseTo(golden.path("slopes").path(1).asDouble(), within(1e-6));
    assertThat(RewardObjective.loss(PAIRWISE.margin(true, first, second)))
        .isCloseTo(expected, within(1e-12));
    assertThat(PAIRWISE.margin(false, second, first))
        .isEqualTo(PAIRWISE.margin(true, first, second));
  }

  private static double[] scores(LocalGradients source, Parameters theta) {
    return SequenceScores.of(
        source,
        theta,
        List.of(
            SequenceScores.example(PROMPT, CHOSEN, 1), SequenceScores.example(PROMPT, REJECTED, 1)),
        2);
  }

  /** Through the whole model, cut into two shards, along a random direction. */
  @Test
  void theGradientOfAPairIsTheSlopeOfItsLossInAllParameters() {
    CausalLM model = CausalLM.shared(TINY, Precision.FP32, PAIRWISE.lossScript(), Device.cpu());
    LocalGradients source = new LocalGradients(model);
    ParameterLayout layout = model.layout();
    SplittableRandom random = new SplittableRandom(5);
    float[] start = new float[(int) layout.size()];
    float[] way = new float[start.length];
    for (int i = 0; i < start.length; i++) {
      start[i] = (float) random.nextDouble(-0.5, 0.5);
      way[i] = (float) random.nextDouble(-1, 1);
    }
    double slope = 0;
    try (Parameters theta = Parameters.of(layout, start, Device.cpu())) {
      double[] scores = scores(source, theta);
      assertThat(scores[0]).isNotCloseTo(scores[1], within(1e-3));
      List<Example> pair =
          List.of(
              SequenceScores.example(PROMPT, CHOSEN, 1, 1, (float) scores[1]),
              SequenceScores.example(PROMPT, REJECTED, 1, -1, (float) scores[0]));
      List<Shard> shards = Sharding.cut(pair, PAIRWISE.lossScript(), 2);
      double denominator = shards.stream().mapToDouble(Shard::denominator).sum();
      assertThat(denominator).isEqualTo(2);
      try (Gradient sum = source.gradients(theta, shards, 1).sum()) {
        assertThat(sum.loss() / denominator)
            .isCloseTo(RewardObjective.loss(scores[0] - scores[1]), within(1e-6));
        float[] gradient = sum.values().toFloats();
        for (int i = 0; i < gradient.length; i++) {
          slope += gradient[i] / denominator * way[i];
        }
      }
    }
    double step = 1e-3;
    double difference =
        (pairLoss(source, layout, start, way, step) - pairLoss(source, layout, start, way, -step))
            / (2 * step);
    assertThat(slope).isCloseTo(difference, within(0.02 * Math.abs(difference)));
    assertThat(Math.abs(difference)).isGreaterThan(0.02);
  }

  private static double pairLoss(
      LocalGradients source, ParameterLayout layout, float[] start, float[] way, double by) {
    float[] moved = start.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (by * way[i]);
    }
    try (Parameters theta = Parameters.of(layout, moved, Device.cpu())) {
      double[] scores = scores(source, theta);
      return RewardObjective.loss(scores[0] - scores[1]);
    }
  }

  /** The score comes from the state at the last token itself. */
  @Test
  void aScoreSeesTheLastTokenAndEqualSequencesHaveEqualScores() {
    CausalLM model = CausalLM.shared(TINY, Precision.FP32, CLASSIFIER.lossScript(), Device.cpu());
    try (Parameters theta = Parameters.zeros(model.layout(), Device.cpu())) {
      SplittableRandom random = new SplittableRandom(6);
      float[] values = new float[(int) model.layout().size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-0.5, 0.5);
      }
      try (Parameters filled = Parameters.of(model.layout(), values, Device.cpu())) {
        LocalGradients source = new LocalGradients(model);
        List<Example> examples =
            List.of(
                SequenceScores.example(PROMPT, new int[] {4, 5}, 1),
                SequenceScores.example(PROMPT, new int[] {4, 6}, 1),
                SequenceScores.example(PROMPT, new int[] {4, 5}, 1));
        double[] scores = SequenceScores.of(source, filled, examples, 3);
        assertThat(scores[0]).isEqualTo(scores[2]).isNotEqualTo(scores[1]);
        assertThat(SequenceScores.of(source, theta, examples, 1)).containsOnly(0);
      }
    }
  }

  @Test
  void pairsAreOfOneThatPassedAndOneThatDidNotAndTheSeedDrawsThem() {
    List<Boolean> passed = List.of(true, false, false, true, false);
    assertThat(CLASSIFIER.units(passed, new SplittableRandom(1)))
        .extracting(unit -> unit[0])
        .containsExactly(0, 1, 2, 3, 4);
    Set<String> drawn = new TreeSet<>();
    for (long seed = 0; seed < 20; seed++) {
      List<int[]> pairs = PAIRWISE.units(passed, new SplittableRandom(seed));
      assertThat(pairs).hasSize(3).allMatch(p -> passed.get(p[0]) && !passed.get(p[1]));
      List<String> names = pairs.stream().map(p -> p[0] + ">" + p[1]).toList();
      assertThat(names).doesNotHaveDuplicates();
      assertThat(
              PAIRWISE.units(passed, new SplittableRandom(seed)).stream().map(p -> p[0]).toList())
          .isEqualTo(pairs.stream().map(p -> p[0]).toList());
      drawn.addAll(names);
    }
    assertThat(drawn).as("all pairs").hasSize(6);
    assertThat(PAIRWISE.units(List.of(true, true), new SplittableRandom(1))).isEmpty();
  }

  @Test
  void bindsByTypeAndRefuses() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    for (RewardObjective each : List.of(CLASSIFIER, PAIRWISE)) {
      assertThat(mapper.readValue(mapper.writeValueAsString(each), RewardObjective.class))
          .isEqualTo(each);
    }
    assertThatThrownBy(() -> new RewardObjective.Pairwise(0))
        .hasMessage("pairs_per_prompt must be 1 or more, got 0");
  }
}
