package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CausalLMTest {
  private static final float[][] NO_INPUTS = {};

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
  void scoresLikeTransformers(String name) throws Exception {
    Golden golden = Golden.read(name);
    try (Parameters theta = golden.parameters()) {
      LogProbs scores =
          golden.model(Precision.FP32).logProbs(theta, golden.batch(), golden.temperature());
      assertThat(scores.logProbs()).containsExactly(golden.floats("log_probs"), within(2e-5f));
      assertThat(scores.entropies()).containsExactly(golden.floats("entropies"), within(2e-5f));
    }
  }

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
  void gradientOfEveryParameterIsThatOfTransformers(String name) throws Exception {
    Golden golden = Golden.read(name);
    try (Parameters theta = golden.parameters()) {
      Gradient gradient =
          golden
              .model(Precision.FP32)
              .gradient(theta, golden.batch(), NO_INPUTS, golden.temperature());
      assertThat(gradient.loss()).isCloseTo(golden.json().get("loss").asDouble(), within(1e-4));
      assertThat(gradient.values().toFloats()).containsExactly(golden.gradient(), within(1e-4f));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tied", "qwen2_untied", "qwen3_untied", "mistral_untied"})
  void recomputedActivationsGiveTheSameGradient(String name) throws Exception {
    Golden golden = Golden.read(name);
    CausalLM model = golden.model(Precision.FP32);
    try (Parameters theta = golden.parameters()) {
      Gradient kept = gradient(model, theta, golden.batch());
      Gradient recomputed = gradient(model.recomputing(), theta, golden.batch());
      assertThat(recomputed.loss()).isEqualTo(kept.loss());
      assertThat(recomputed.values().toFloats())
          .containsExactly(kept.values().toFloats(), within(1e-6f));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 300, 1000, 2500, 3999})
  void gradientIsTheSlopeOfTheLoss(int index) throws Exception {
    Golden golden = Golden.read("tied");
    CausalLM model = golden.model(Precision.FP32);
    float[] values = golden.theta().clone();
    double h = 1e-2;
    try (Parameters theta = golden.parameters()) {
      float slope = model.gradient(theta, golden.batch(), NO_INPUTS, 1).values().toFloats()[index];
      values[index] = (float) (golden.theta()[index] + h);
      theta.copyFrom(values);
      double above = model.gradient(theta, golden.batch(), NO_INPUTS, 1).loss();
      values[index] = (float) (golden.theta()[index] - h);
      theta.copyFrom(values);
      double below = model.gradient(theta, golden.batch(), NO_INPUTS, 1).loss();
      assertThat((above - below) / (2 * h)).isCloseTo(slope, within(5e-3 + 0.01 * Math.abs(slope)));
    }
  }

  /** Rows that begin alike, which have the beginning in common or each for itself. */
  @ParameterizedTest
  @ValueSource(strings = {"untied", "qwen3_untied", "mistral_untied"})
  void aSharedBeginningChangesNothing(String name) throws Exception {
    Golden golden = Golden.read(name);
    CausalLM model = golden.model(Precision.FP32);
    int[] tokens = golden.ints("tokens");
    int begin = 6;
    int rest = 5;
    int[] apart = new int[2 * (begin + rest)];
    int[] shared = new int[begin + 2 * rest];
    System.arraycopy(tokens, 0, shared, 0, begin + 2 * rest);
    for (int row = 0; row < 2; row++) {
      System.arraycopy(tokens, 0, apart, row * (begin + rest), begin);
      System.arraycopy(tokens, begin + row * rest, apart, row * (begin + rest) + begin, rest);
    }
    int[] apartAt = IntStream.range(0, 2 * rest).map(i -> begin + i + i / rest * begin).toArray();
    int[] sharedAt = IntStream.range(0, 2 * rest).map(i -> begin + i).toArray();
    int[] targets = Arrays.copyOf(tokens, 2 * rest);
    float[] weights = new float[2 * rest];
    Arrays.fill(weights, 0.5f);
    TokenBatch one = new TokenBatch(2, begin + rest, apart, apartAt, targets, weights);
    TokenBatch other =
        new TokenBatch(
            List.of(new TokenBatch.Block(1, begin), new TokenBatch.Block(2, rest, List.of(0, 0))),
            shared,
            sharedAt,
            targets,
            weights);
    try (Parameters theta = golden.parameters()) {
      assertThat(model.logProbs(theta, other, 1).logProbs())
          .containsExactly(model.logProbs(theta, one, 1).logProbs(), within(2e-5f));
      assertThat(gradient(model, theta, other).values().toFloats())
          .containsExactly(gradient(model, theta, one).values().toFloats(), within(1e-4f));
    }
  }

  @Test
  void shardsAddUpToTheWholeBatch() throws Exception {
    Golden golden = Golden.read("untied");
    CausalLM model = golden.model(Precision.FP32);
    try (Parameters theta = golden.parameters()) {
      float[] whole = gradient(model, theta, golden.batch()).values().toFloats();
      float[] sum = new float[whole.length];
      for (int row = 0; row < golden.batch().blocks().get(0).rows(); row++) {
        float[] part = gradient(model, theta, row(golden.batch(), row)).values().toFloats();
        for (int i = 0; i < sum.length; i++) {
          sum[i] += part[i];
        }
      }
      assertThat(sum).containsExactly(whole, within(2e-5f));
    }
  }

  @Test
  void maskedTokensLeaveNoTrace() throws Exception {
    Golden golden = Golden.read("tied");
    CausalLM model = golden.model(Precision.FP32);
    TokenBatch batch = row(golden.batch(), 1);
    int[] padded = batch.tokens().clone();
    for (int t = golden.ints("lengths")[1]; t < padded.length; t++) {
      padded[t] = 5;
    }
    TokenBatch other =
        new TokenBatch(
            1,
            batch.blocks().get(0).length(),
            padded,
            batch.positions(),
            batch.targets(),
            batch.weights());
    try (Parameters theta = golden.parameters()) {
      assertThat(gradient(model, theta, other).values().toFloats())
          .isEqualTo(gradient(model, theta, batch).values().toFloats());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"untied", "qwen3_untied", "mistral_untied"})
  void bfloat16ComesCloseToFp32(String name) throws Exception {
    Golden golden = Golden.read(name);
    try (Parameters theta = golden.parameters()) {
      double exact = gradient(golden.model(Precision.FP32), theta, golden.batch()).loss();
      double rough = gradient(golden.model(Precision.BF16), theta, golden.batch()).loss();
      assertThat(rough).isCloseTo(exact, within(0.02 * exact));
    }
  }

  @Test
  void threadsShareOneModelAndGetTheSame() throws Exception {
    Golden golden = Golden.read("tied");
    CausalLM model = golden.model(Precision.BF16);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try (Parameters theta = golden.parameters()) {
      float[] expected = gradient(model, theta, golden.batch()).values().toFloats();
      Callable<float[]> task =
          () -> {
            float[] last = null;
            for (int i = 0; i < 20; i++) {
              last = gradient(model, theta, golden.batch()).values().toFloats();
            }
            return last;
          };
      for (var result : pool.invokeAll(List.of(task, task))) {
        assertThat(result.get()).isEqualTo(expected);
      }
    } finally {
      pool.shutdown();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradModeIsWhatItWasAlsoAfterAnError(boolean before) throws Exception {
    Golden golden = Golden.read("tied");
    LossScript failing =
        new LossScript("failing", "loss = torch.view(logp, [7, 7, 7])", List.of(), List.of());
    CausalLM broken = CausalLM.shared(golden.config(), Precision.FP32, failing, Device.cpu());
    boolean outside = JniUtils.isGradMode();
    try (Parameters theta = golden.parameters()) {
      JniUtils.setGradMode(before);
      assertThatThrownBy(() -> gradient(broken, theta, golden.batch()))
          .hasMessageContaining("shape '[7, 7, 7]' is invalid");
      assertThat(JniUtils.isGradMode()).isEqualTo(before);
      gradient(golden.model(Precision.FP32), theta, golden.batch());
      assertThat(JniUtils.isGradMode()).isEqualTo(before);
    } finally {
      JniUtils.setGradMode(outside);
    }
  }

  @Test
  void manyGradientsTakeNoMoreMemoryThanSome() throws Exception {
    long gradient = 4L * new ParameterLayout(MeasuredCall.MODEL).size();
    assertThat(MeasuredCall.of("gradients", Precision.FP32, false)).isLessThan(gradient);
  }

  @Test
  void lossScriptsSeeTheirInputsAndReportStatistics() throws Exception {
    Golden golden = Golden.read("tied");
    LossScript weighted =
        new LossScript(
            "weighted",
            "loss = torch.neg(torch.mul(logp, scale))\ndoubled = torch.mul(scale, 2.)",
            List.of("scale"),
            List.of("doubled"));
    CausalLM model = CausalLM.shared(golden.config(), Precision.FP32, weighted, Device.cpu());
    TokenBatch batch = golden.batch();
    float[] three = new float[batch.targets().length];
    Arrays.fill(three, 3);
    double weights = 0;
    for (float weight : batch.weights()) {
      weights += weight;
    }
    try (Parameters theta = golden.parameters()) {
      Gradient gradient = model.gradient(theta, batch, new float[][] {three}, golden.temperature());
      assertThat(gradient.loss()).isCloseTo(3 * golden.json().get("loss").asDouble(), within(3e-4));
      assertThat(gradient.statistics()[0]).isCloseTo(6 * weights, within(1e-6));
    }
  }

  @Test
  void aLossAloneHasTheGradientOfSoftmax() throws Exception {
    CausalLM model = Golden.read("tied").model(Precision.FP32);
    TokenLoss loss = model.tokenLoss(new float[] {1, 0, -1}, new int[] {2}, NO_INPUTS);
    assertThat(loss.losses()).containsExactly(new float[] {2.407606f}, within(1e-5f));
    assertThat(loss.gradient())
        .containsExactly(new float[] {0.665241f, 0.244728f, -0.909969f}, within(1e-5f));
  }

  @Test
  void mistakesAreNamed() throws Exception {
    Golden golden = Golden.read("tied");
    CausalLM model = golden.model(Precision.FP32);
    try (Parameters theta = golden.parameters()) {
      TokenBatch foreign =
          new TokenBatch(1, 1, new int[] {29}, new int[] {0}, new int[] {0}, new float[] {1});
      assertThatThrownBy(() -> gradient(model, theta, foreign))
          .hasMessage("Token 29 is not in the vocabulary of 29");
      assertThatThrownBy(() -> model.gradient(theta, golden.batch(), new float[][] {{1}}, 1))
          .hasMessageStartingWith("Loss negative_log_likelihood wants");
    }
    LossScript typo = new LossScript("typo", "loss = torch.nge(logp)", List.of(), List.of());
    assertThatThrownBy(() -> CausalLM.shared(golden.config(), Precision.FP32, typo, Device.cpu()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nge");
  }

  private static Gradient gradient(CausalLM model, Parameters theta, TokenBatch batch) {
    return model.gradient(theta, batch, NO_INPUTS, 1);
  }

  private static TokenBatch row(TokenBatch batch, int row) {
    int length = batch.blocks().get(0).length();
    int[] here =
        IntStream.range(0, batch.positions().length)
            .filter(i -> batch.positions()[i] / length == row)
            .toArray();
    int[] positions = new int[here.length];
    int[] targets = new int[here.length];
    float[] weights = new float[here.length];
    for (int i = 0; i < here.length; i++) {
      positions[i] = batch.positions()[here[i]] - row * length;
      targets[i] = batch.targets()[here[i]];
      weights[i] = batch.weights()[here[i]];
    }
    int[] tokens = Arrays.copyOfRange(batch.tokens(), row * length, (row + 1) * length);
    return new TokenBatch(1, length, tokens, positions, targets, weights);
  }
}
