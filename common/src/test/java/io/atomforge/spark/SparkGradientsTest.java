package io.atomforge.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.LogProbs;
import io.atomforge.model.Lora;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.training.Example;
import io.atomforge.training.GradientSource;
import io.atomforge.training.LocalGradients;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import io.atomforge.training.objective.DynamicFineTuning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkGradientsTest {
  private static final ModelConfig CONFIG = ModelConfig.of(16, 2, 4, 2, 24, 40, 64);
  private static final LossScript LOSS = LossScript.NEGATIVE_LOG_LIKELIHOOD;
  private static final Lora LORA = new Lora(2, 4, List.of("q_proj", "down_proj"));
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.context();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 100, 7",
    "3, 1, 100, 7",
    "3, 2, 100, 4",
    "3, 7, 100, 1",
    "3, 1, 2, 2",
    "2, 2, 3, 2"
  })
  void anySettingsGiveTheSumOfAllShards(int tasks, int accumulation, int fanIn, int pieces) {
    List<Shard> shards = shards();
    CausalLM model = CausalLM.shared(CONFIG, Precision.FP32, LOSS, Device.cpu());
    try (Parameters theta = parameters(model, 1)) {
      Gradient expected = new LocalGradients(model).gradients(theta, shards, 1).sum();
      SparkGradients here =
          new SparkGradients(spark, CONFIG, Precision.FP32, tasks)
              .with(new SparkGradients.Settings(tasks, accumulation, fanIn, Precision.FP32));
      GradientSource.Answer answer = here.apart().gradients(theta, shards, 1);
      Gradient sum = answer.sum();
      assertThat(answer.broadcastBytes()).isEqualTo(4L * theta.layout().size());
      assertThat(answer.gradientBytes()).isEqualTo(pieces * 4L * theta.layout().size());
      assertThat(sum.loss()).isCloseTo(expected.loss(), within(1e-9 * expected.loss()));
      assertThat(sum.values().toFloats())
          .containsExactly(expected.values().toFloats(), within(1e-5f));

      GradientSource.Answer handed = here.gradients(theta, shards, 1);
      assertThat(handed.broadcastBytes() + handed.gradientBytes()).isZero();
      assertThat(handed.sum().values().toFloats()).isEqualTo(sum.values().toFloats());
      assertThat(handed.sum().loss()).isEqualTo(sum.loss());
      assertThat(gradient(here.recomputing(), theta, shards)).isEqualTo(sum.values().toFloats());
    }
  }

  @Test
  void bfloat16HalvesWhatComesBack() {
    List<Shard> shards = shards();
    CausalLM model = CausalLM.shared(CONFIG, Precision.FP32, LOSS, Device.cpu());
    try (Parameters theta = parameters(model, 1)) {
      SparkGradients exact = new SparkGradients(spark, CONFIG, Precision.FP32, 2).apart();
      SparkGradients.Settings halves = new SparkGradients.Settings(2, 1, 100, Precision.BF16);
      GradientSource.Answer whole = exact.gradients(theta, shards, 1);
      GradientSource.Answer half = exact.with(halves).gradients(theta, shards, 1);
      assertThat(half.gradientBytes() * 2).isEqualTo(whole.gradientBytes());
      float[] expected = whole.sum().values().toFloats();
      float[] rounded = half.sum().values().toFloats();
      assertThat(
              gradient(
                  new SparkGradients(spark, CONFIG, Precision.FP32, 2).with(halves), theta, shards))
          .isEqualTo(rounded);
      double scale = 0;
      double difference = 0;
      for (int i = 0; i < expected.length; i++) {
        scale += expected[i] * expected[i];
        difference += Math.pow(expected[i] - rounded[i], 2);
      }
      assertThat(Math.sqrt(difference / scale)).isStrictlyBetween(0.0, 0.005);
    }
  }

  @Test
  void adaptersAloneTravelAndGetTheirOwnGradient() {
    List<Shard> shards = shards();
    CausalLM model = CausalLM.shared(CONFIG, Precision.FP32, LOSS, Device.cpu());
    float[] values = LORA.initial(CONFIG, 3);
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (0.1 * random.nextGaussian());
    }
    try (Parameters base = parameters(model, 1);
        Parameters adapters = Parameters.of(LORA.layout(CONFIG), values, Device.cpu());
        Parameters merged = LORA.merge(CONFIG, base, adapters);
        SparkGradients source =
            new SparkGradients(spark, CONFIG, Precision.FP32, 3).apart().adapting(base, LORA);
        SparkGradients here =
            new SparkGradients(spark, CONFIG, Precision.FP32, 3).adapting(base, LORA)) {
      CausalLM adapted = model.adapting(LORA);
      Gradient expected = Gradient.zero(adapted.layout(), Device.cpu());
      for (Shard shard : shards) {
        adapted.gradient(adapters, base, shard.batch(), shard.inputs(), 1, expected);
      }
      GradientSource.Answer answer = source.gradients(adapters, shards, 1);
      assertThat(answer.broadcastBytes()).isEqualTo(4L * adapters.layout().size());
      Gradient sum = answer.sum();
      assertThat(sum.values().toFloats())
          .containsExactly(expected.values().toFloats(), within(1e-5f));
      assertThat(gradient(here, adapters, shards)).isEqualTo(sum.values().toFloats());
      List<LogProbs> scores = source.logProbs(adapters, shards, 1);
      assertThat(scores.get(2).logProbs())
          .containsExactly(
              model.logProbs(merged, shards.get(2).batch(), 1).logProbs(), within(1e-5f));
    }
  }

  @Test
  void aReferenceTravelsOnce() {
    LossScript anchored = new DynamicFineTuning(1, 0.1).lossScript();
    List<Shard> shards = shards(anchored);
    CausalLM model = CausalLM.shared(CONFIG, Precision.FP32, anchored, Device.cpu());
    try (Parameters start = parameters(model, 1);
        Parameters theta = parameters(model, 2);
        SparkGradients source =
            new SparkGradients(spark, CONFIG, Precision.FP32, 2).comparedWith(start)) {
      Gradient atStart = source.gradients(start, shards, 1).sum();
      Gradient later = source.gradients(theta, shards, 1).sum();
      assertThat(atStart.statistics()[1]).isCloseTo(0, within(1e-6));
      assertThat(later.statistics()[1]).isGreaterThan(1e-3);
    }
  }

  /** One source serves the losses of a run in turn; two losses have no common denominator. */
  @Test
  void aShardBringsItsLoss() {
    LossScript twice = new LossScript("twice", "loss = torch.mul(logp, -2.)", List.of(), List.of());
    CausalLM model = CausalLM.shared(CONFIG, Precision.FP32, LOSS, Device.cpu());
    SparkGradients source = new SparkGradients(spark, CONFIG, Precision.FP32, 2);
    try (Parameters theta = parameters(model, 1);
        Gradient once = source.gradients(theta, shards(), 1).sum();
        Gradient doubled = source.gradients(theta, shards(twice), 1).sum();
        Gradient apart = source.apart().gradients(theta, shards(twice), 1).sum()) {
      assertThat(doubled.loss()).isCloseTo(2 * once.loss(), within(1e-6 * once.loss()));
      assertThat(apart.values().toFloats()).isEqualTo(doubled.values().toFloats());
      assertThat(new LocalGradients(model).gradients(theta, shards(twice), 1).sum().loss())
          .isCloseTo(doubled.loss(), within(1e-6 * once.loss()));
      List<Shard> mixed = new ArrayList<>(shards());
      mixed.addAll(shards(twice));
      assertThatThrownBy(() -> source.gradients(theta, mixed, 1))
          .hasMessageContaining("one loss, got [negative_log_likelihood, twice]");
    }
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> new SparkGradients.Settings(1, 1, 1, Precision.FP32))
        .hasMessageContaining("gradient_fan_in 2 or more");
  }

  private static Parameters parameters(CausalLM model, long seed) {
    return Parameters.initial(model.layout(), seed, Device.cpu());
  }

  private static List<Shard> shards() {
    return shards(LOSS);
  }

  private static List<Shard> shards(LossScript loss) {
    SplittableRandom random = new SplittableRandom(9);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < 21; e++) {
      int[] tokens = random.ints(20 + random.nextInt(10), 0, 40).toArray();
      int[] learned = IntStream.range(5, tokens.length).toArray();
      float[] weights = new float[learned.length];
      Arrays.fill(weights, 1);
      examples.add(new Example(tokens, learned, weights, new float[0][], learned.length));
    }
    return Sharding.cut(examples, loss, 7);
  }

  private static float[] gradient(GradientSource source, Parameters theta, List<Shard> shards) {
    try (Gradient sum = source.gradients(theta, shards, 1).sum()) {
      return sum.values().toFloats();
    }
  }
}
