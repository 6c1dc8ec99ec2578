package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
      LogProbs scores =
          golden.model(Precision.FP32).logProbs(merged, golden.batch(), golden.temperature());
      assertThat(scores.logProbs()).containsExactly(expected, within(2e-5f));
    }
  }

  @Test
  void theGradientOfEveryAdapterIsThatOfPeft() throws Exception {
    Golden golden = Golden.read("qwen2_untied");
    ModelConfig config = golden.config();
    try (Parameters base = golden.parameters();
        Parameters adapters = adapters(config);
        Parameters merged = LORA.merge(config, base, adapters)) {
      Gradient full =
          golden
              .model(Precision.FP32)
              .gradient(merged, golden.batch(), new float[0][], golden.temperature());
      Gradient trained = LORA.gradient(config, full, adapters);
      assertThat(trained.loss()).isEqualTo(full.loss());
      assertThat(Golden.floats(trained.values()))
          .containsExactly(flat("golden", LORA.layout(config), "gradient."), within(1e-4f));
    }
  }

  @Test
  void freshAdaptersChangeNothing() throws Exception {
    Golden golden = Golden.read("tied");
    ModelConfig config = golden.config();
    try (Parameters base = golden.parameters();
        Parameters adapters =
            Parameters.of(LORA.layout(config), LORA.initial(config, 1), Device.cpu());
        Parameters merged = LORA.merge(config, base, adapters)) {
      assertThat(merged.toBytes()).isEqualTo(base.toBytes());
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
        Parameters mean = Parameters.zeros(saved.layout(), Device.cpu());
        Parameters square = Parameters.zeros(saved.layout(), Device.cpu())) {
      new Checkpoint(folder.resolve("ours"), config, Map.of(), adapter, Map.of("step", 3))
          .save(saved, saved, saved, Precision.FP32);
      Checkpoint loaded = Checkpoint.open(folder.resolve("ours"));
      assertThat(loaded.adapter()).isEqualTo(adapter);
      loaded.restore(theta, mean, square);
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
