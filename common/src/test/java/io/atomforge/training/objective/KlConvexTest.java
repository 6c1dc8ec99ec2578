package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.atomforge.model.CausalLM;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenLoss;
import io.atomforge.training.objective.Regularizer.BaseShare;
import io.atomforge.training.objective.Regularizer.KlConvex;
import io.atomforge.training.objective.Regularizer.KlLoss;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The anchor of ReMix: a mean of the KLs to the base and to the policy of the step before. */
class KlConvexTest {
  private static final ModelConfig TINY = ModelConfig.of(4, 1, 1, 1, 4, 4, 8);
  private static final BaseShare PAPER = new BaseShare(50, 10, 0.1, 0.5);
  private static final PolicyLoss CENTERED = new PolicyLoss.CenteredClip(0.2);
  private static final PolicyLoss CLIPPED = new PolicyLoss.Clipped(0.2, 0.2, 0);
  private static final float[] LOGITS = {1, 0, -1};

  /** The softmax of {@link #LOGITS}, and two policies to compare it with. */
  private static final double[] P = {0.66524096, 0.24472847, 0.09003057};

  private static final double[] BASE = {0.3, 0.3, 0.4};
  private static final double[] PREVIOUS = {0.6, 0.1, 0.3};

  private static TokenLoss loss(
      PolicyLoss of, Regularizer regularizer, float[] logits, int[] targets, float[]... inputs) {
    PolicyObjective objective =
        new PolicyObjective(of, List.of(regularizer), Optional.empty(), false);
    return CausalLM.shared(TINY, Precision.FP32, objective.lossScript(), Device.cpu())
        .tokenLoss(logits, targets, inputs);
  }

  /** One token after {@link #LOGITS} for each of the vocabulary. */
  private static TokenLoss each(Regularizer regularizer, float[]... anchors) {
    float[][] inputs = new float[2 + anchors.length][3];
    inputs[0] = new float[] {0.5f, -1, 2};
    inputs[1] = log(P);
    System.arraycopy(anchors, 0, inputs, 2, anchors.length);
    float[] logits = {1, 0, -1, 1, 0, -1, 1, 0, -1};
    return loss(CLIPPED, regularizer, logits, new int[] {0, 1, 2}, inputs);
  }

  private static float[] log(double[] probabilities) {
    float[] logs = new float[probabilities.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = (float) Math.log(probabilities[i]);
    }
    return logs;
  }

  private static float[] shares(double share) {
    return new float[] {(float) share, (float) share, (float) share};
  }

  private static KlConvex convex(double beta, KlEstimator estimator) {
    return new KlConvex(beta, estimator, PAPER);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "50, 1",
    "51, 0.9",
    "60, 0.9",
    "61, 0.8",
    "70, 0.8",
    "71, 0.7",
    "81, 0.6",
    "90, 0.6",
    "91, 0.5",
    "101, 0.5",
    "100000, 0.5"
  })
  void theBaseLosesItsShareByStairs(long step, double share) {
    assertThat(PAPER.at(step)).isCloseTo(share, within(1e-12));
  }

  @Test
  void theStairsOfSmallModelsEndBeforeTheReincarnation() {
    BaseShare small = new BaseShare(15, 3, 0.1, 0.5);
    assertThat(List.of(small.at(15), small.at(16), small.at(18), small.at(27), small.at(28)))
        .containsExactly(1.0, 0.9, 0.9, 0.6, 0.5);
  }

  /** Losses and slopes of golden/kl_convex.py. */
  @Test
  void lossAndGradientAreThoseOfTheScript() throws Exception {
    Path golden = Path.of("src/test/resources/golden/kl_convex.json");
    JsonNode cases = new ObjectMapper().readTree(golden.toFile());
    assertThat(cases).hasSize(16);
    for (JsonNode one : cases) {
      String estimator = one.get("kl_estimator").asText().toUpperCase(Locale.ROOT);
      double share = PAPER.at(one.get("step").asLong());
      assertThat(share).isCloseTo(one.get("share").asDouble(), within(1e-12));
      TokenLoss loss =
          loss(
              CENTERED,
              convex(0.3, KlEstimator.valueOf(estimator)),
              floats(one.get("logits")),
              new int[] {one.get("target").asInt()},
              input(one, "advantage"),
              input(one, "old"),
              input(one, "center"),
              input(one, "base"),
              input(one, "previous"),
              new float[] {(float) share});
      assertThat(loss.losses()[0]).isCloseTo(one.get("loss").floatValue(), within(2e-6f));
      assertThat(loss.gradient()).containsExactly(floats(one.get("gradient")), within(2e-6f));
    }
  }

  private static float[] input(JsonNode one, String name) {
    return new float[] {one.get(name).floatValue()};
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).floatValue();
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(
      value = KlEstimator.class,
      names = {"ABS", "K2", "K3", "K3_PLUS"})
  void withTheWholeShareItIsTheKlToTheBase(KlEstimator estimator) {
    TokenLoss one = each(new KlLoss(0.3, estimator), log(BASE));
    TokenLoss both = each(convex(0.3, estimator), log(BASE), log(PREVIOUS), shares(1));
    assertThat(both.losses()).isEqualTo(one.losses());
    assertThat(both.gradient()).containsExactly(one.gradient(), within(1e-7f));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.9, 1})
  void amongEqualPoliciesItIsNothing(double share) {
    TokenLoss loss = each(convex(1, KlEstimator.K3), log(P), log(P), shares(share));
    TokenLoss none = each(convex(0, KlEstimator.K3));
    assertThat(loss.statistics()[3]).containsExactly(new float[3], within(1e-6f));
    assertThat(loss.losses()).containsExactly(none.losses(), within(1e-6f));
    assertThat(loss.gradient()).containsExactly(none.gradient(), within(1e-6f));
  }

  /** With p_j (ln p_j / q_j - KL) as the slope of KL(p || q) in logit j. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.8, 1})
  void itsMeanGradientIsThatOfTheTwoKls(double share) {
    KlEstimator estimator = KlEstimator.K3_PLUS;
    TokenLoss with = each(convex(1, estimator), log(BASE), log(PREVIOUS), shares(share));
    TokenLoss without = each(convex(0, estimator));
    for (int j = 0; j < 3; j++) {
      double mean = 0;
      for (int token = 0; token < 3; token++) {
        mean += P[token] * (with.gradient()[3 * token + j] - without.gradient()[3 * token + j]);
      }
      double expected = share * slope(BASE, j) + (1 - share) * slope(PREVIOUS, j);
      assertThat(mean).isCloseTo(expected, within(1e-5));
    }
  }

  private static double slope(double[] q, int j) {
    double kl = 0;
    for (int v = 0; v < P.length; v++) {
      kl += P[v] * Math.log(P[v] / q[v]);
    }
    return P[j] * (Math.log(P[j] / q[j]) - kl);
  }

  @Test
  void bindsAndRefuses() throws Exception {
    ObjectMapper mapper =
        new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
    KlConvex convex = convex(0.01, KlEstimator.K3);
    assertThat(mapper.readValue(mapper.writeValueAsString(convex), Regularizer.class))
        .isEqualTo(convex);
    assertThatThrownBy(() -> convex(0.1, KlEstimator.K1))
        .hasMessageStartingWith("kl_estimator k1 has no gradient in the loss");
    assertThatThrownBy(() -> convex(-1, KlEstimator.K3)).hasMessageStartingWith("beta must be");
    assertThatThrownBy(() -> new BaseShare(-1, 1, 0, 0)).hasMessageStartingWith("begin must be");
    assertThatThrownBy(() -> new BaseShare(0, 0, 0, 0)).hasMessageStartingWith("every must be");
    assertThatThrownBy(() -> new BaseShare(0, 1, Double.NaN, 0))
        .hasMessage("decrement must be 0 to 1, got NaN");
    assertThatThrownBy(() -> new BaseShare(0, 1, 0, 2)).hasMessage("floor must be 0 to 1, got 2.0");
    List<Regularizer> two = List.of(convex, new KlLoss(0.1, KlEstimator.K3));
    assertThatThrownBy(() -> new PolicyObjective(CLIPPED, two, Optional.empty(), false))
        .hasMessageContaining("use one of kl_reward, kl_loss and kl_convex");
  }
}
