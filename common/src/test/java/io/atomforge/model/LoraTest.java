package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.checkpoint.Safetensors;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against PEFT; see generate.py beside the files. */
class LoraTest {
  @TempDir private Path folder;

  private static final Path FOLDER = Path.of("src/test/resources/golden/lora");
  private static final Lora LORA = new Lora(3, 12, List.of("q_proj", "v_proj", "down_proj"));

  @Test
  void theMergedModelIsThatOfPeft() throws Exception {
    Golden golden = Golden.read("qwen2_untied");
    ModelConfig config = golden.config();
    try (Parameters base = golden.parameters();
        Parameters adapters = adapters(config);
        Parameters merged = LORA.merge(config, base, adapters)) {
      assertThat(merged.toFloats())
          .containsExactly(flat("golden", new ParameterLayout(config), "merged."), within(1e-6f));
      assertThat(base.toFloats()).isEqualTo(golden.theta());
      float[] expected = new float[golden.batch().targets().length];
      Safetensors.open(FOLDER.resolve("golden.safetensors"))
          .read("log_probs", List.of(expected.length), FloatBuffer.wrap(expected)::put);
      CausalLM model = golden.model(Precision.FP32);
      TokenBatch batch = golden.batch();
      assertThat(model.logProbs(merged, batch, golden.temperature()).logProbs())
          .containsExactly(expected, within(2e-5f));
      assertThat(
              model.adapting(LORA).logProbs(adapters, base, batch, golden.temperature()).logProbs())
          .containsExactly(expected, within(2e-5f));
    }
  }

  @Test
  void theGradientOfEveryAdapterIsThatOfPeft() throws Exception {
    Golden golden = Golden.read("qwen2_untied");
    ModelConfig config = golden.config();
    try (Parameters base = golden.parameters();
        Parameters adapters = adapters(config);
        Parameters merged = LORA.merge(config, base, adapters)) {
      CausalLM model = golden.model(Precision.FP32);
      Gradient full = model.gradient(merged, golden.batch(), new float[0][], golden.temperature());
      for (CausalLM adapted : List.of(model.adapting(LORA), model.recomputing().adapting(LORA))) {
        Gradient trained = gradient(adapted, adapters, base, golden.batch(), golden.temperature());
        assertThat(trained.loss()).isCloseTo(full.loss(), within(1e-5 * full.loss()));
        assertThat(trained.values().toFloats())
            .containsExactly(flat("golden", LORA.layout(config), "gradient."), within(1e-4f));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tied", "qwen3_untied", "mistral_untied"})
  void theGradientWithDropoutIsThatOfFiniteDifferences(String name) throws Exception {
    Golden golden = Golden.read(name);
    ModelConfig config = golden.config();
    Lora dropping =
        new Lora(
            2,
            4,
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
            0.4);
    CausalLM model = golden.model(Precision.FP32).adapting(dropping);
    TokenBatch batch = keyed(golden.batch(), 5);
    float[] values = dropping.initial(config, 1);
    Random random = new Random(2);
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (0.2 * random.nextGaussian());
    }
    try (Parameters base = golden.parameters();
        Parameters adapters = Parameters.of(model.layout(), values, Device.cpu())) {
      Gradient exact = gradient(model, adapters, base, batch, 1);
      float[] slopes = exact.values().toFloats();
      for (ParameterLayout.Tensor tensor : model.layout().tensors()) {
        int i = (int) tensor.offset() + random.nextInt((int) tensor.size());
        double[] losses = new double[2];
        for (int side = 0; side < 2; side++) {
          float[] moved = values.clone();
          moved[i] += side == 0 ? 0.02f : -0.02f;
          adapters.copyFrom(moved);
          losses[side] = gradient(model, adapters, base, batch, 1).loss();
        }
        adapters.copyFrom(values);
        assertThat((losses[0] - losses[1]) / 0.04)
            .as(tensor.name())
            .isCloseTo(slopes[i], within(0.02 + 0.02 * Math.abs(slopes[i])));
      }
      assertThat(gradient(model.recomputing(), adapters, base, batch, 1).values().toFloats())
          .isEqualTo(slopes);
      assertThat(gradient(model, adapters, base, keyed(golden.batch(), 6), 1).loss())
          .isNotCloseTo(exact.loss(), within(1e-3));
    }
  }

  /** Of y = x W + s B A drop(x), over many keys, the mean is that without dropout. */
  @Test
  void dropoutKeepsTheMean() throws Exception {
    Golden golden = Golden.read("tied");
    ModelConfig config = golden.config();
    List<String> last = List.of("down_proj");
    Lora dropping = new Lora(2, 4, last, 0.5);
    CausalLM plain = golden.model(Precision.FP32).adapting(new Lora(2, 4, last));
    CausalLM model = golden.model(Precision.FP32).adapting(dropping);
    float[] values = dropping.initial(config, 1);
    for (int i = 0; i < values.length; i++) {
      values[i] += 0.003f * (i % 7 - 3);
    }
    try (Parameters base = golden.parameters();
        Parameters adapters = Parameters.of(model.layout(), values, Device.cpu());
        Parameters none = Parameters.zeros(model.layout(), Device.cpu())) {
      TokenBatch batch = golden.batch();
      double frozen = gradient(plain, none, base, batch, 1).loss();
      double expected = gradient(plain, adapters, base, batch, 1).loss() - frozen;
      double mean = 0;
      double square = 0;
      for (int key = 0; key < 400; key++) {
        double effect = gradient(model, adapters, base, keyed(batch, key), 1).loss() - frozen;
        mean += effect / 400;
        square += effect * effect / 400;
      }
      double error = Math.sqrt((square - mean * mean) / 400);
      assertThat(error).isPositive();
      assertThat(mean).isCloseTo(expected, within(4 * error));
    }
  }

  private static Gradient gradient(
      CausalLM model, Parameters adapters, Parameters base, TokenBatch batch, double temperature) {
    Gradient sum = Gradient.zero(model.layout(), Device.cpu());
    model.gradient(adapters, base, batch, new float[0][], temperature, sum);
    return sum;
  }

  private static TokenBatch keyed(TokenBatch batch, long seed) {
    long[] keys = new SplittableRandom(seed).longs(batch.tokens().length).toArray();
    return new TokenBatch(
        batch.blocks(), batch.tokens(), batch.positions(), batch.targets(), batch.weights(), keys);
  }

  @Test
  void freshAdaptersChangeNothing() throws Exception {
    Golden golden = Golden.read("tied");
    ModelConfig config = golden.config();
    try (Parameters base = golden.parameters();
        Parameters adapters =
            Parameters.of(LORA.layout(config), LORA.initial(config, 1), Device.cpu());
        Parameters merged = LORA.merge(config, base, adapters)) {
      assertThat(merged.toFloats()).isEqualTo(base.toFloats());
      assertThat(LORA.initial(config, 1)).isEqualTo(LORA.initial(config, 1));
      assertThat(LORA.initial(config, 2)).isNotEqualTo(LORA.initial(config, 1));
    }
  }

  @Test
  void aFolderOfPeftComesBackAsItWas() throws Exception {
    ModelConfig config = Golden.read("qwen2_untied").config();
    float[] values = flat("adapter_model", LORA.layout(config), "");
    Optional<Checkpoint.Adapter> adapter = Optional.of(new Checkpoint.Adapter(LORA, "base"));
    try (Parameters saved = adapters(config);
        Parameters theta = Parameters.zeros(saved.layout(), Device.cpu());
        Parameters mean = Parameters.zeros(saved.layout(), Device.cpu())) {
      new Checkpoint(folder.resolve("ours"), config, Map.of(), adapter, Map.of("step", 3))
          .save(saved, Map.of("optimizer", Map.of("mean", saved)), Precision.FP32);
      Checkpoint loaded = Checkpoint.open(folder.resolve("ours"));
      assertThat(loaded.adapter()).isEqualTo(adapter);
      loaded.restore(theta, Map.of("optimizer", Map.of("mean", mean)));
      assertThat(theta.toFloats()).isEqualTo(values);
      assertThat(mean.toFloats()).isEqualTo(values);
    }
    assertThat(folder.resolve("ours/model.safetensors")).doesNotExist();

    // PEFT's own two files beside the model's shape
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Files.copy(FOLDER.resolve(file), folder.resolve(file));
    }
    Files.copy(folder.resolve("ours/config.json"), folder.resolve("config.json"));
    Checkpoint theirs = Checkpoint.open(folder);
    try (Parameters theta = theirs.weights(theirs.layout(), Device.cpu())) {
      assertThat(theta.toFloats()).isEqualTo(values);
    }
    assertThat(theirs.adapter().orElseThrow().lora().alpha()).isEqualTo(12);
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> new Lora(0, 1, List.of("q_proj"))).hasMessageContaining("rank");
    assertThatThrownBy(() -> new Lora(1, 1, List.of("q_proj"), 1)).hasMessageContaining("dropout");
    assertThatThrownBy(() -> new Lora(1, 0, List.of("q_proj"))).hasMessageContaining("alpha");
    assertThatThrownBy(() -> new Lora(1, 1, List.of("qproj"))).hasMessageContaining("[qproj]");
  }

  private static Parameters adapters(ModelConfig config) throws Exception {
    ParameterLayout layout = LORA.layout(config);
    return Parameters.of(layout, flat("adapter_model", layout, ""), Device.cpu());
  }

  private static float[] flat(String file, ParameterLayout layout, String prefix) throws Exception {
    Safetensors stored = Safetensors.open(FOLDER.resolve(file + ".safetensors"));
    FloatBuffer flat = FloatBuffer.allocate(layout.arraySize());
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      stored.read(prefix + tensor.name(), tensor.shape(), flat::put);
    }
    return flat.array();
  }
}
