package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.model.CausalLM;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenLoss;
import io.atomforge.training.objective.AdvantageEstimator.Episode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Expected gradients of the losses, by enumeration of all completions, against slopes of what they
 * are meant to descend. The policy is a table of logits: three tokens, two steps, so one state at
 * first and three after it.
 */
class TabularPolicyTest {
  private static final int V = 3;
  private static final double TOLERANCE = 1e-6;
  private static final double[][] LOGITS = {
    {0.5, -0.25, 0.125}, {0.25, 0.75, -0.5}, {-0.125, 0.5, 0}, {1, -0.75, 0.25}
  };
  private static final double[][] REFERENCE = {
    {0, 0.25, 0.5}, {0.5, 0, 0.25}, {0.25, -0.25, 0.5}, {0.125, 0.25, 0}
  };
  private static final double[][] REWARD = {{1, 0, 0}, {0, 1, 1}, {0, 0, 1}};
  private static final double[] VALUES = {0.25, 0.5, -0.125, 0.75};
  private static final PolicyLoss CLIPPED = new PolicyLoss.Clipped(0.2, 0.2, 0);
  private static final PolicyLoss SCORE = new PolicyLoss.ScoreFunction();

  /** A completion with the advantages of its two tokens and its weight in the expectation. */
  private record Drawn(int first, int second, double[] advantages, double weight) {
    int[] states() {
      return new int[] {0, 1 + first};
    }

    int[] tokens() {
      return new int[] {first, second};
    }
  }

  private static double[] probabilities(double[] logits) {
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(z -> Math.exp(z) / sum).toArray();
  }

  private static double probability(double[][] logits, int a, int b) {
    return probabilities(logits[0])[a] * probabilities(logits[1 + a])[b];
  }

  /** Sum over all completions of probability times {@code f}. */
  private static double expected(double[][] logits, ToDoubleFunction<int[]> f) {
    double sum = 0;
    for (int a = 0; a < V; a++) {
      for (int b = 0; b < V; b++) {
        sum += probability(logits, a, b) * f.applyAsDouble(new int[] {a, b});
      }
    }
    return sum;
  }

  private static double expectedReward(double[][] logits) {
    return expected(logits, y -> REWARD[y[0]][y[1]]);
  }

  private static double kl(double[] p, double[] q) {
    double sum = 0;
    for (int v = 0; v < p.length; v++) {
      sum += p[v] * Math.log(p[v] / q[v]);
    }
    return sum;
  }

  /** Central differences with respect to every logit. */
  private static double[] slope(ToDoubleFunction<double[][]> f) {
    double h = 1e-5;
    double[] slope = new double[4 * V];
    for (int i = 0; i < slope.length; i++) {
      double[][] above = Arrays.stream(LOGITS).map(double[]::clone).toArray(double[][]::new);
      double[][] below = Arrays.stream(LOGITS).map(double[]::clone).toArray(double[][]::new);
      above[i / V][i % V] += h;
      below[i / V][i % V] -= h;
      slope[i] = (f.applyAsDouble(above) - f.applyAsDouble(below)) / (2 * h);
    }
    return slope;
  }

  private static double[] scaled(double[] values, double factor) {
    return Arrays.stream(values).map(v -> v * factor).toArray();
  }

  /** The expectation of the loss script's gradient. */
  private static double[] gradient(
      PolicyLoss loss, boolean onPolicy, List<Regularizer> regularizers, List<Drawn> all) {
    PolicyObjective objective = new PolicyObjective(loss, regularizers, Optional.empty(), onPolicy);
    List<String> names = objective.lossScript().inputs();
    int n = 2 * all.size();
    float[] logits = new float[n * V];
    int[] targets = new int[n];
    float[][] inputs = new float[names.size()][n];
    for (int i = 0; i < n; i++) {
      Drawn drawn = all.get(i / 2);
      int state = drawn.states()[i % 2];
      targets[i] = drawn.tokens()[i % 2];
      for (int v = 0; v < V; v++) {
        logits[i * V + v] = (float) LOGITS[state][v];
      }
      for (int k = 0; k < inputs.length; k++) {
        inputs[k][i] =
            switch (names.get(k)) {
              case PolicyObjective.ADVANTAGE -> (float) drawn.advantages[i % 2];
              case PolicyObjective.OLD_LOG_PROB ->
                  (float) Math.log(probabilities(LOGITS[state])[targets[i]]);
              default -> (float) Math.log(probabilities(REFERENCE[state])[targets[i]]);
            };
      }
    }
    TokenLoss result =
        CausalLM.shared(
                ModelConfig.of(4, 1, 1, 1, 4, 4, 8),
                Precision.FP32,
                objective.lossScript(),
                Device.cpu())
            .tokenLoss(logits, targets, inputs);
    double[] sum = new double[4 * V];
    for (int i = 0; i < n; i++) {
      for (int v = 0; v < V; v++) {
        sum[all.get(i / 2).states()[i % 2] * V + v] +=
            all.get(i / 2).weight * result.gradient()[i * V + v];
      }
    }
    return sum;
  }

  private static List<Drawn> each(Function<int[], double[]> advantages) {
    List<Drawn> all = new ArrayList<>();
    for (int a = 0; a < V; a++) {
      for (int b = 0; b < V; b++) {
        double[] ofTokens = advantages.apply(new int[] {a, b});
        all.add(new Drawn(a, b, ofTokens, probability(LOGITS, a, b)));
      }
    }
    return all;
  }

  private static double[] both(double advantage) {
    return new double[] {advantage, advantage};
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, -2})
  void atTheOldPolicyEveryLossDescendsMinusTheExpectedRewardWhateverTheBaseline(double baseline) {
    List<Drawn> all = each(y -> both(REWARD[y[0]][y[1]] - baseline));
    double[] expected = scaled(slope(TabularPolicyTest::expectedReward), -1);
    for (PolicyLoss loss :
        List.of(
            CLIPPED,
            SCORE,
            new PolicyLoss.Clipped(0.2, 0.28, 3),
            new PolicyLoss.Clipped(1, 9, 0))) {
      assertThat(gradient(loss, true, List.of(), all)).containsExactly(expected, within(TOLERANCE));
    }
    assertThat(gradient(CLIPPED, false, List.of(), all))
        .containsExactly(expected, within(TOLERANCE));
  }

  /**
   * The squared length of the gradient is at most the variance of the reward times the trace of the
   * Fisher information (Lai et al. 2025, arXiv:2507.05386): where rewards hardly vary, the policy
   * hardly moves.
   */
  @Test
  void theGradientIsBoundedByTheVarianceOfTheReward() {
    double mean = expectedReward(LOGITS);
    double variance = expected(LOGITS, y -> Math.pow(REWARD[y[0]][y[1]] - mean, 2));
    double information = 0;
    double[] visits = {1, 0, 0, 0};
    System.arraycopy(probabilities(LOGITS[0]), 0, visits, 1, V);
    for (int s = 0; s < 4; s++) {
      for (double p : probabilities(LOGITS[s])) {
        information += visits[s] * p * (1 - p);
      }
    }
    List<Drawn> all = each(y -> both(REWARD[y[0]][y[1]]));
    double length =
        Math.sqrt(Arrays.stream(gradient(SCORE, true, List.of(), all)).map(g -> g * g).sum());
    assertThat(mean).isCloseTo(0.403739, within(1e-6));
    assertThat(information).isCloseTo(1.223055, within(1e-6));
    assertThat(length).isCloseTo(0.188157, within(1e-6));
    assertThat(length).isLessThan(Math.sqrt(variance * information));
  }

  /** Pairs of completions; centering by the mean of two shortens the gradient by a half. */
  @Test
  void leaveOneOutIsUnbiasedAndCenteringIsShorter() {
    double[] expected = scaled(slope(TabularPolicyTest::expectedReward), -1);
    assertThat(gradient(SCORE, true, List.of(), pairs(new AdvantageEstimator.LeaveOneOut())))
        .containsExactly(expected, within(TOLERANCE));
    assertThat(gradient(CLIPPED, true, List.of(), pairs(new AdvantageEstimator.GroupCentered())))
        .containsExactly(scaled(expected, 0.5), within(TOLERANCE));
  }

  /** The mean over the two completions of every pair, weighted by the pair's probability. */
  private static List<Drawn> pairs(AdvantageEstimator.OfGroup estimator) {
    List<Drawn> all = new ArrayList<>();
    for (int i = 0; i < V * V; i++) {
      for (int j = 0; j < V * V; j++) {
        double weight = probability(LOGITS, i / V, i % V) * probability(LOGITS, j / V, j % V) / 2;
        double[] advantages =
            estimator.ofGroup(new double[] {REWARD[i / V][i % V], REWARD[j / V][j % V]});
        all.add(new Drawn(i / V, i % V, both(advantages[0]), weight));
        all.add(new Drawn(j / V, j % V, both(advantages[1]), weight));
      }
    }
    return all;
  }

  /** With the KL of every token in the reward, what is ascended is reward minus beta times KL. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void klInTheRewardIsTheKlOfTheCompletionWithAndWithoutValues(boolean values) {
    double beta = 0.25;
    AdvantageEstimator.Gae gae = new AdvantageEstimator.Gae(1, 1, new ValueHead(1e-3, 0.1, 0.2));
    List<Drawn> all =
        each(
            y -> {
              double[] rewards = new double[2];
              double[] v = new double[2];
              int[] states = {0, 1 + y[0]};
              for (int t = 0; t < 2; t++) {
                double p = probabilities(LOGITS[states[t]])[y[t]];
                double q = probabilities(REFERENCE[states[t]])[y[t]];
                rewards[t] = -beta * KlEstimator.K1.estimate(Math.log(p), Math.log(q));
                v[t] = values ? VALUES[states[t]] : 0;
              }
              rewards[1] += REWARD[y[0]][y[1]];
              return gae.valueErrors(List.of(new Episode(0, rewards, v, 0))).get(0);
            });
    double[] expected =
        slope(
            logits ->
                beta
                        * expected(
                            logits,
                            y ->
                                Math.log(
                                    probability(logits, y[0], y[1])
                                        / probability(REFERENCE, y[0], y[1])))
                    - expectedReward(logits));
    assertThat(gradient(SCORE, true, List.of(), all)).containsExactly(expected, within(TOLERANCE));
    assertThat(gradient(CLIPPED, true, List.of(), all))
        .containsExactly(expected, within(TOLERANCE));
  }

  /** In the loss the states are given: k2 descends KL(policy || reference), k3 the reverse. */
  @ParameterizedTest
  @EnumSource(
      value = KlEstimator.class,
      names = {"K2", "K3", "K3_PLUS"})
  void klInTheLossIsThatOfEachState(KlEstimator estimator) {
    double[] visits = {1, 0, 0, 0};
    System.arraycopy(probabilities(LOGITS[0]), 0, visits, 1, V);
    double[] expected =
        slope(
            logits -> {
              double sum = 0;
              for (int s = 0; s < 4; s++) {
                double[] p = probabilities(logits[s]);
                double[] q = probabilities(REFERENCE[s]);
                sum += visits[s] * (estimator == KlEstimator.K3 ? kl(q, p) : kl(p, q));
              }
              return sum;
            });
    List<Regularizer> kl = List.of(new Regularizer.KlLoss(1, estimator));
    assertThat(gradient(CLIPPED, true, kl, each(y -> both(0))))
        .containsExactly(expected, within(TOLERANCE));
  }

  @Test
  void theEntropyOfEachStateIsAscended() {
    double[] visits = {1, 0, 0, 0};
    System.arraycopy(probabilities(LOGITS[0]), 0, visits, 1, V);
    double[] uniform = {1.0 / 3, 1.0 / 3, 1.0 / 3};
    double[] expected =
        slope(
            logits -> {
              double sum = 0;
              for (int s = 0; s < 4; s++) {
                sum += visits[s] * kl(probabilities(logits[s]), uniform);
              }
              return sum;
            });
    assertThat(gradient(CLIPPED, true, List.of(new Regularizer.Entropy(1)), each(y -> both(0))))
        .containsExactly(expected, within(TOLERANCE));
  }

  /** Completions drawn from the reference, corrected to the policy. */
  @Test
  void importanceWeightsMakeOffPolicySamplesUnbiased() {
    ImportanceCorrection correction = new ImportanceCorrection.SequenceTruncated(1e6);
    List<Drawn> all = new ArrayList<>();
    for (Drawn drawn : each(y -> both(REWARD[y[0]][y[1]]))) {
      double[] logRatios = new double[2];
      for (int t = 0; t < 2; t++) {
        int state = drawn.states()[t];
        logRatios[t] =
            Math.log(probabilities(LOGITS[state])[drawn.tokens()[t]])
                - Math.log(probabilities(REFERENCE[state])[drawn.tokens()[t]]);
      }
      double weight = correction.weights(logRatios).orElseThrow()[0];
      double drawnWith = probability(REFERENCE, drawn.first, drawn.second);
      all.add(new Drawn(drawn.first, drawn.second, scaled(drawn.advantages, weight), drawnWith));
    }
    assertThat(gradient(CLIPPED, true, List.of(), all))
        .containsExactly(scaled(slope(TabularPolicyTest::expectedReward), -1), within(TOLERANCE));
  }

  /** One step on accepted completions is REINFORCE without a baseline, by the acceptance rate. */
  @Test
  void rejectionSamplingAscendsTheLogOfTheAcceptanceRate() {
    double accepted = expectedReward(LOGITS);
    List<Drawn> kept =
        each(y -> both(1)).stream()
            .filter(d -> REWARD[d.first][d.second] == 1)
            .map(d -> new Drawn(d.first, d.second, d.advantages, d.weight / accepted))
            .toList();
    assertThat(gradient(SCORE, true, List.of(), kept))
        .containsExactly(slope(logits -> -Math.log(expectedReward(logits))), within(TOLERANCE));
  }
}
