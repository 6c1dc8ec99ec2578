package io.atomforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardingTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7, 100})
  void everyLearnedTokenStandsInOneShardBehindTheStateThatPredictsIt(int count) {
    SplittableRandom random = new SplittableRandom(count);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < 40; e++) {
      int length = 5 + random.nextInt(120);
      int first = 1 + random.nextInt(length - 2);
      int id = e;
      int[] tokens = IntStream.range(0, length).map(t -> 1000 * id + t).toArray();
      int[] learned = IntStream.range(first, length).toArray();
      float[] weights = new float[learned.length];
      Arrays.fill(weights, e + 1);
      examples.add(new Example(tokens, learned, weights, new float[][] {weights}, learned.length));
    }
    List<Shard> shards = Sharding.cut(examples, LossScript.NEGATIVE_LOG_LIKELIHOOD, count);
    assertThat(shards).hasSizeLessThanOrEqualTo(count);
    List<Integer> targets = new ArrayList<>();
    for (Shard shard : shards) {
      for (int i = 0; i < shard.batch().positions().length; i++) {
        int target = shard.batch().targets()[i];
        targets.add(target);
        assertThat(shard.batch().tokens()[shard.batch().positions()[i]]).isEqualTo(target - 1);
        assertThat(shard.batch().weights()[i]).isEqualTo(target / 1000 + 1f);
        assertThat(shard.inputs()[0][i]).isEqualTo(shard.batch().weights()[i]);
      }
    }
    List<Integer> wanted = new ArrayList<>();
    examples.forEach(e -> Arrays.stream(e.learned()).forEach(t -> wanted.add(e.tokens()[t])));
    assertThat(targets).containsExactlyInAnyOrderElementsOf(wanted);
    assertThat(shards.stream().mapToDouble(Shard::denominator).sum())
        .isCloseTo(wanted.size(), within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void packedAndShardedIsOnePlainBatch(int count) {
    SplittableRandom random = new SplittableRandom(count);
    ModelConfig shape = ModelConfig.of(16, 2, 4, 2, 24, 40, 128);
    CausalLM model =
        CausalLM.shared(shape, Precision.FP32, LossScript.NEGATIVE_LOG_LIKELIHOOD, Device.cpu());
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < 24; e++) {
      int[] tokens = random.ints(e % 3 == 0 ? 90 : 6 + random.nextInt(30), 0, 40).toArray();
      int[] learned = IntStream.range(2, tokens.length).toArray();
      float[] weights = new float[learned.length];
      Arrays.fill(weights, (float) random.nextDouble());
      examples.add(new Example(tokens, learned, weights, new float[0][], 1));
    }
    List<Shard> shards = Sharding.cut(examples, LossScript.NEGATIVE_LOG_LIKELIHOOD, count);
    assertThat(shards.get(shards.size() - 1).batch().blocks()).hasSizeGreaterThan(1);
    checkEqualsPlain(model, examples, shards);
  }

  /** Some prompts are too short to share anything, and some have one completion. */
  @ParameterizedTest
  @CsvSource({"1, false", "3, false", "3, true"})
  void whatCompletionsOfOnePromptHaveInCommonIsComputedOnce(int count, boolean recompute) {
    SplittableRandom random = new SplittableRandom(count);
    ModelConfig shape = ModelConfig.of(16, 2, 4, 2, 24, 40, 128);
    CausalLM whole =
        CausalLM.shared(shape, Precision.FP32, LossScript.NEGATIVE_LOG_LIKELIHOOD, Device.cpu());
    List<Example> examples = new ArrayList<>();
    for (int p = 0; p < 9; p++) {
      int[] prompt = random.ints(3 + 11 * p, 0, 40).toArray();
      for (int c = 0; c < 1 + 2 * (p % 4); c++) {
        int[] tokens = Arrays.copyOf(prompt, prompt.length + 1 + random.nextInt(30));
        for (int t = prompt.length; t < tokens.length; t++) {
          tokens[t] = random.nextInt(40);
        }
        int[] learned = IntStream.range(prompt.length, tokens.length).toArray();
        float[] weights = new float[learned.length];
        Arrays.fill(weights, (float) random.nextDouble());
        examples.add(new Example(tokens, learned, weights, new float[0][], 1));
      }
    }
    List<Shard> shards = Sharding.cut(examples, LossScript.NEGATIVE_LOG_LIKELIHOOD, count);
    assertThat(shards).hasSize(count);
    assertThat(shards.stream().flatMap(s -> s.batch().blocks().stream()))
        .anyMatch(block -> block.begun().size() > 1);
    int once = shards.stream().mapToInt(s -> s.batch().tokens().length).sum();
    assertThat(once).isLessThan(examples.stream().mapToInt(e -> e.tokens().length).sum());
    checkEqualsPlain(recompute ? whole.recomputing() : whole, examples, shards);
  }

  private static void checkEqualsPlain(CausalLM model, List<Example> examples, List<Shard> shards) {
    try (Parameters theta = Parameters.initial(model.layout(), 1, Device.cpu())) {
      Gradient plain = model.gradient(theta, plain(examples), new float[0][], 1);
      Gradient packed = new LocalGradients(model).gradients(theta, shards, 1).sum();
      assertThat(packed.loss()).isCloseTo(plain.loss(), within(1e-5 * plain.loss()));
      assertThat(packed.values().toFloats())
          .containsExactly(plain.values().toFloats(), within(1e-5f));
    }
  }

  /** Every sequence in a row of the longest's length. */
  private static TokenBatch plain(List<Example> examples) {
    int length = examples.stream().mapToInt(e -> e.tokens().length).max().orElseThrow();
    int[] tokens = new int[examples.size() * length];
    List<Integer> positions = new ArrayList<>();
    List<Float> weights = new ArrayList<>();
    for (int row = 0; row < examples.size(); row++) {
      Example e = examples.get(row);
      System.arraycopy(e.tokens(), 0, tokens, row * length, e.tokens().length);
      for (int i = 0; i < e.learned().length; i++) {
        positions.add(row * length + e.learned()[i] - 1);
        weights.add(e.weights()[i]);
      }
    }
    int[] at = positions.stream().mapToInt(i -> i).toArray();
    float[] factors = new float[at.length];
    IntStream.range(0, at.length).forEach(i -> factors[i] = weights.get(i));
    int[] targets = Arrays.stream(at).map(i -> tokens[i + 1]).toArray();
    return new TokenBatch(examples.size(), length, tokens, at, targets, factors);
  }
}
