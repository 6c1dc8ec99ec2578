package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against processes that do it, and where two batches differ by tensors that are easy to name. */
class FootprintTest {
  private static final int V = 32;
  private static final int D = 8;
  private static final int F = 24;
  private static final int L = 3;
  private static final int H = 4;
  private static final int K = 2;
  private static final int A = D / H;
  private static final ModelConfig MODEL = ModelConfig.of(D, L, H, K, F, V, 64);
  private static final List<TokenBatch.Block> BLOCKS =
      List.of(new TokenBatch.Block(2, 16), new TokenBatch.Block(5, 8));

  /** Tokens and predictions. */
  private static final int M = 2 * 16 + 5 * 8;

  private static final int N = 60;
  private static final int PARAMETERS = new ParameterLayout(MODEL).arraySize();

  private static Footprint footprint(Precision precision, boolean recompute) {
    return new Footprint(MODEL, precision, LossScript.NEGATIVE_LOG_LIKELIHOOD, recompute);
  }

  @ParameterizedTest
  @CsvSource({
    "gradient, FP32, false",
    "gradient, FP32, true",
    "gradient, BF16, false",
    "gradient, BF16, true",
    "scoring, FP32, false",
    "scoring, BF16, false"
  })
  void aCallTakesNoMoreThanItSaysAndNotMuchLess(String call, Precision precision, boolean recompute)
      throws Exception {
    assumeTrue(
        precision == Precision.FP32 || ComputePrecision.AUTO.precision() == precision,
        "minutes where bfloat16 is emulated");
    Footprint footprint =
        new Footprint(MeasuredCall.MODEL, precision, LossScript.NEGATIVE_LOG_LIKELIHOOD, recompute);
    long said =
        call.equals("gradient")
            ? footprint.gradient(MeasuredCall.BLOCKS, MeasuredCall.PREDICTIONS)
            : footprint.scoring(MeasuredCall.BLOCKS, MeasuredCall.PREDICTIONS);
    long taken = MeasuredCall.of(call, precision, recompute);
    assertThat((double) taken / said).isBetween(0.7, 1.0);
  }

  @Test
  void normsOfHeadsKeepTheHeadsAndTheirFactors() {
    Footprint normed =
        new Footprint(
            MODEL.as(Architecture.QWEN3),
            Precision.FP32,
            LossScript.NEGATIVE_LOG_LIKELIHOOD,
            false);
    long more =
        normed.gradient(BLOCKS, 100_000)
            - footprint(Precision.FP32, false).gradient(BLOCKS, 100_000);
    assertThat(more).isEqualTo(4L * ((L + 2) * M * (H + K) * (A + 1) + 2 * L * A));
  }

  @Test
  void ofAdaptersTheGradientIsSmallAndDropoutNeedsHashes() {
    Lora plain = new Lora(2, 4, List.of("q_proj"));
    long whole = footprint(Precision.FP32, false).gradient(BLOCKS, 1);
    long adapters = adapted(plain).gradient(BLOCKS, 1);
    assertThat(whole - adapters).isEqualTo(4 * (PARAMETERS - plain.layout(MODEL).size()));
    long dropping = adapted(new Lora(2, 4, List.of("q_proj"), 0.1)).gradient(BLOCKS, 1);
    assertThat(dropping - adapters).isEqualTo((8 + 8 + 4) * M * F);
  }

  private static Footprint adapted(Lora lora) {
    LossScript loss = LossScript.NEGATIVE_LOG_LIKELIHOOD;
    return new Footprint(MODEL, Precision.FP32, loss, false, lora);
  }

  @Test
  void aLargeVocabularyCountsWhereLogitsAreMost() {
    Footprint keeping = footprint(Precision.FP32, false);
    int size = 24 * 4096; // the next of the sizes to which batches are filled up after 23 * 4096
    long more = keeping.gradient(BLOCKS, size) - keeping.gradient(BLOCKS, size - 4096);
    assertThat(more).isEqualTo(4096L * 4 * (2 * V + 2 * D));
    assertThat(keeping.gradient(BLOCKS, size - 1)).isEqualTo(keeping.gradient(BLOCKS, size));
    long scored = keeping.scoring(BLOCKS, size) - keeping.scoring(BLOCKS, size - 4096);
    assertThat(scored).isEqualTo(4096L * 4 * 3 * V);
    assertThat(keeping.scoring(BLOCKS, N)).isLessThan(keeping.gradient(BLOCKS, N));
  }

  @Test
  void rowsThatContinueOthersLookAtTheirKeysAndValues() {
    Footprint footprint = footprint(Precision.FP32, false);
    long apart = footprint.gradient(List.of(block(2, 16), block(6, 8)), 100_000);
    TokenBatch.Block onward = new TokenBatch.Block(6, 8, List.of(0, 0, 0, 1, 1, 1));
    long together = footprint.gradient(List.of(block(2, 16), onward), 100_000);
    int keysAndValues = 6 * 16 * 2 * K * A;
    int scores = H * 6 * 8 * 16;
    int mask = H / K * 8 * 16;
    assertThat(together - apart).isEqualTo(4L * ((L + 2) * (keysAndValues + scores) + mask));
  }

  private static TokenBatch.Block block(int rows, int length) {
    return new TokenBatch.Block(rows, length);
  }

  @Test
  void decodingHoldsTheCacheTwiceWhereRowsJoin() {
    Footprint footprint = footprint(Precision.BF16, false);
    long before = footprint.decoding(5, 100, 10, 50);
    assertThat(footprint.decoding(5, 100, 10, 51) - before)
        .isEqualTo(2 * (2 * (2 * L * 10 * K * A) + 3 * 10 * H));
    assertThat(footprint.decoding(6, 100, 10, 50) - before)
        .as("rows share their prompt's")
        .isEqualTo(2 * (2 * (2 * L * 100 * K * A)));
  }
}
