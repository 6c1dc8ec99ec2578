package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.atomforge.model.CausalLM;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenLoss;
import io.atomforge.training.objective.PolicyLoss.Clipped;
import io.atomforge.training.objective.PolicyLoss.ScoreFunction;
import io.atomforge.training.objective.Regularizer.Entropy;
import io.atomforge.training.objective.Regularizer.KlLoss;
import io.atomforge.training.objective.Regularizer.KlReward;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyObjectiveTest {
  private static final ModelConfig TINY = ModelConfig.of(4, 1, 1, 1, 4, 4, 8);
  private static final PolicyLoss PPO = new Clipped(0.2, 0.2, 0);
  private static final ValueHead HEAD = new ValueHead(1e-3, 0.5, 0.2);

  @ParameterizedTest
  @CsvSource({
    "1.5, 1, -1.2, 1",
    "1.5, -1, 1.5, 0",
    "0.5, 1, -0.5, 0",
    "0.5, -1, 0.8, 1",
    "1.1, 1, -1.1, 0"
  })
  void clipsTheRatio(double ratio, double advantage, double loss, double clipped) {
    TokenLoss result = withRatio(PPO, ratio, advantage);
    assertThat(result.losses()[0]).isCloseTo((float) loss, within(1e-5f));
    assertThat(result.statistics()[1][0]).isEqualTo((float) clipped);
    assertThat(result.statistics()[2][0]).isCloseTo((float) -Math.log(ratio), within(1e-5f));
    float slope = result.gradient()[1];
    assertThat(slope == 0).isEqualTo(clipped == 1);
  }

  @ParameterizedTest
  @CsvSource({"1.25, 1, -1.25", "1.5, 1, -1.28", "0.5, -1, 0.8"})
  void clipsHigherAbove(double ratio, double advantage, double loss) {
    PolicyLoss dapo = new Clipped(0.2, 0.28, 0);
    assertThat(withRatio(dapo, ratio, advantage).losses()[0])
        .isCloseTo((float) loss, within(1e-5f));
  }

  @Test
  void dualClipBoundsTheLossOfABadToken() {
    PolicyLoss dual = new Clipped(0.2, 0.2, 3);
    TokenLoss bounded = withRatio(dual, 4, -1);
    assertThat(bounded.losses()[0]).isCloseTo(3, within(1e-5f));
    assertThat(bounded.gradient()).containsOnly(0);
    assertThat(withRatio(PPO, 4, -1).losses()[0]).isCloseTo(4, within(1e-5f));
    assertThat(withRatio(dual, 2, -1).losses()[0]).isCloseTo(2, within(1e-5f));
  }

  @Test
  void atTheOldPolicyTheGradientIsThatOfAdvantageTimesLogProbability() {
    float[] logits = {1, 0, -1};
    double[] p = {0.665241, 0.244728, 0.090031};
    TokenLoss loss =
        loss(
            offPolicy(PPO),
            logits,
            new int[] {2},
            new float[][] {{0.7f}, {(float) Math.log(p[2])}});
    for (int v = 0; v < 3; v++) {
      double expected = -0.7 * ((v == 2 ? 1 : 0) - p[v]);
      assertThat(loss.gradient()[v]).isCloseTo((float) expected, within(1e-5f));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "K2, 0.151478, 0.101064, 0.450857, 0.252641, -0.151787, -0.100855",
    "K3_PLUS, 0.127125, 0.118077, 0.635053, 0.252641, -0.151787, -0.100855",
    "K3, 0.127125, 0.118077, 0.635053, 0.281589, -0.138923, -0.142666"
  })
  void klInTheLossHasTheExpectedGradient(
      KlEstimator estimator,
      float first,
      float second,
      float third,
      float slope0,
      float slope1,
      float slope2) {
    double[] p = {0.665241, 0.244728, 0.090031};
    double[] q = {0.383652, 0.383652, 0.232697};
    PolicyObjective kl = offPolicy(PPO, new KlLoss(1, estimator));
    float[][] inputs = new float[3][3];
    for (int v = 0; v < 3; v++) {
      inputs[1][v] = (float) Math.log(p[v]);
      inputs[2][v] = (float) Math.log(q[v]);
    }
    TokenLoss loss =
        loss(kl, new float[] {1, 0, -1, 1, 0, -1, 1, 0, -1}, new int[] {0, 1, 2}, inputs);
    assertThat(loss.losses()).containsExactly(new float[] {first, second, third}, within(2e-5f));
    float[] expected = new float[3];
    for (int token = 0; token < 3; token++) {
      for (int v = 0; v < 3; v++) {
        expected[v] += (float) p[token] * loss.gradient()[3 * token + v];
      }
    }
    assertThat(expected).containsExactly(new float[] {slope0, slope1, slope2}, within(1e-5f));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void gradientIsTheSlope(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    PolicyObjective full =
        offPolicy(new Clipped(0.2, 0.28, 3), new KlLoss(0.1, KlEstimator.K3), new Entropy(0.01));
    float[] logits = new float[5 * 4];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    int[] targets = random.ints(5, 0, 4).toArray();
    float[][] inputs = new float[3][5];
    for (int i = 0; i < 5; i++) {
      inputs[0][i] = (float) random.nextGaussian();
      inputs[1][i] = -1 - (float) random.nextDouble();
      inputs[2][i] = -1 - (float) random.nextDouble();
    }
    float[] gradient = loss(full, logits, targets, inputs).gradient();
    float h = 2e-3f;
    for (int i = 0; i < logits.length; i++) {
      float[] above = logits.clone();
      float[] below = logits.clone();
      above[i] += h;
      below[i] -= h;
      double slope =
          (sum(loss(full, above, targets, inputs).losses())
                  - sum(loss(full, below, targets, inputs).losses()))
              / (2 * h);
      assertThat(slope).isCloseTo(gradient[i], within(2e-3));
    }
  }

  @Test
  void onPolicyTheRatioIsOneAndNeedsNoInput() {
    PolicyObjective objective = new PolicyObjective(PPO, List.of(), Optional.empty(), true);
    assertThat(objective.lossScript().inputs()).containsExactly("advantage");
    float[] logits = {1, 0, -1};
    TokenLoss once = loss(objective, logits, new int[] {2}, new float[][] {{0.7f}});
    float[][] inputs = {{0.7f}, {(float) Math.log(0.09003057)}};
    TokenLoss old = loss(offPolicy(PPO), logits, new int[] {2}, inputs);
    assertThat(once.losses()[0]).isEqualTo(-0.7f);
    assertThat(once.gradient()).containsExactly(old.gradient(), within(1e-6f));
  }

  @Test
  void theScoreFunctionLearnsOnceOnly() {
    PolicyObjective objective =
        new PolicyObjective(new ScoreFunction(), List.of(), Optional.empty(), true);
    TokenLoss loss = loss(objective, new float[] {1, 0, -1}, new int[] {1}, new float[][] {{2}});
    assertThat(loss.losses()[0]).isCloseTo(2 * 1.407606f, within(1e-5f));
    assertThat(loss.gradient())
        .containsExactly(new float[] {2 * 0.665241f, -2 * 0.755272f, 2 * 0.090031f}, within(1e-5f));
    assertThatThrownBy(() -> offPolicy(new ScoreFunction())).hasMessageContaining("num_iterations");
  }

  @Test
  void entropyIsSubtracted() {
    PolicyObjective objective =
        new PolicyObjective(PPO, List.of(new Entropy(0.5)), Optional.empty(), true);
    TokenLoss loss = loss(objective, new float[] {2, 1, 0, 0}, new int[] {0}, new float[][] {{0}});
    assertThat(loss.losses()[0]).isCloseTo(-0.5f * 1.048705f, within(1e-5f));
  }

  @ParameterizedTest
  @CsvSource({"0.9, 0.5, 1, 0.045, 0", "1, 0.9, 1, 0, 0", "0.5, 0.5, 1, 0.125, -0.5"})
  void theValueLossIsTheGreaterOfFreeAndClipped(
      float value, float old, float outcome, float loss, float slope) {
    PolicyObjective objective = new PolicyObjective(PPO, List.of(), Optional.of(HEAD), true);
    assertThat(objective.lossScript().inputs())
        .containsExactly("advantage", "outcome", "old_value");
    TokenLoss result =
        model(objective)
            .tokenLoss(
                new float[] {1, 0, -1},
                new int[] {0},
                new float[] {value},
                new float[][] {{0}, {outcome}, {old}});
    assertThat(result.statistics()[4][0]).isCloseTo(loss, within(1e-6f));
    assertThat(result.losses()[0]).isCloseTo(0.5f * loss, within(1e-6f));
    assertThat(result.valueGradient()[0]).isCloseTo(0.5f * slope, within(1e-6f));
  }

  @Test
  void adaptiveKlSteersTowardsItsTarget() {
    KlReward kl = new KlReward(0.1, KlEstimator.K1, 2, 1000);
    assertThat(kl.next(0.1, 4, 100)).isCloseTo(0.1 * (1 + 0.2 * 0.1), within(1e-12));
    assertThat(kl.next(0.1, 1.8, 100)).isCloseTo(0.1 * (1 - 0.1 * 0.1), within(1e-12));
    assertThat(kl.next(0.1, 2, 100)).isCloseTo(0.1, within(1e-12));
    assertThat(new KlReward(0.1, KlEstimator.K1, 0, 1000).next(0.1, 9, 100)).isEqualTo(0.1);
  }

  @Test
  void bindsByType() throws Exception {
    ObjectMapper mapper =
        new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
    for (Regularizer each :
        List.of(
            new KlLoss(0.04, KlEstimator.K3_PLUS),
            new KlReward(0.1, KlEstimator.ABS, 6, 1000),
            new Entropy(0.01))) {
      assertThat(mapper.readValue(mapper.writeValueAsString(each), Regularizer.class))
          .isEqualTo(each);
    }
    for (PolicyLoss each : List.of(new Clipped(0.2, 0.28, 3), new ScoreFunction())) {
      assertThat(mapper.readValue(mapper.writeValueAsString(each), PolicyLoss.class))
          .isEqualTo(each);
    }
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    assertThatThrownBy(() -> new KlLoss(0.1, KlEstimator.K1))
        .hasMessageStartingWith("kl_estimator k1 has no gradient in the loss");
    assertThatThrownBy(() -> new Clipped(Double.NaN, 0.2, 0))
        .hasMessage("epsilon must be 0 to 1, got NaN");
    assertThatThrownBy(
            () ->
                offPolicy(
                    PPO,
                    new KlLoss(0.1, KlEstimator.K3),
                    new KlReward(0.1, KlEstimator.K1, 0, 1000)))
        .hasMessageContaining("not in both");
    assertThatThrownBy(() -> offPolicy(PPO, new Entropy(0.1), new Entropy(0.2)))
        .hasMessageContaining("at most once");
  }

  private static PolicyObjective offPolicy(PolicyLoss loss, Regularizer... regularizers) {
    return new PolicyObjective(loss, List.of(regularizers), Optional.empty(), false);
  }

  private static TokenLoss withRatio(PolicyLoss loss, double ratio, double advantage) {
    float old = (float) (Math.log(0.244728471) - Math.log(ratio));
    float[][] inputs = {{(float) advantage}, {old}};
    return loss(offPolicy(loss), new float[] {1, 0, -1}, new int[] {1}, inputs);
  }

  private static TokenLoss loss(
      PolicyObjective objective, float[] logits, int[] targets, float[][] inputs) {
    return model(objective).tokenLoss(logits, targets, inputs);
  }

  private static CausalLM model(PolicyObjective objective) {
    return CausalLM.shared(TINY, Precision.FP32, objective.lossScript(), Device.cpu());
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
