package io.atomforge.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.model.Golden;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against PEFT; see generate.py beside the files. */
class PeftFolderTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/peft");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"patterns", "saved_modules", "some_layers"})
  void theMergedModelPredictsWhatPeftPredicts(String name) throws Exception {
    Golden golden = Golden.read("qwen2_untied");
    float[] expected = new float[golden.batch().targets().length];
    Safetensors.open(GOLDEN.resolve(name).resolve("golden.safetensors"))
        .read("log_probs", List.of(expected.length), FloatBuffer.wrap(expected)::put);
    PeftFolder peft = PeftFolder.open(GOLDEN.resolve(name));
    assertThat(peft.base()).isEqualTo("model");
    assertThat(peft.tokenizerFiles()).isEmpty();
    try (Parameters theta = golden.parameters()) {
      peft.mergeInto(golden.config(), theta);
      assertThat(
              golden
                  .model(Precision.FP32)
                  .logProbs(theta, golden.batch(), golden.temperature())
                  .logProbs())
          .containsExactly(expected, within(5e-5f));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"use_dora\": false'|'\"use_dora\": true'|use_dora is not supported",
        "'\"LORA\"'|'\"IA3\"'|peft_type 'IA3' is not supported",
        "'\"bias\": \"none\"'|'\"bias\": \"all\"'|bias 'all' is not supported",
        "'\"init_lora_weights\": true'|'\"init_lora_weights\": \"pissa_niter_4\"'"
            + "|init_lora_weights 'pissa_niter_4', which changes the model too",
        "'\"layer_replication\": null'|'\"layer_replication\": [[0, 2]]'|layer_replication is not",
      })
  void whatIsNotSupportedIsRefusedByName(String from, String to, String message) throws Exception {
    String config = Files.readString(GOLDEN.resolve("patterns/adapter_config.json"));
    assertThat(config).contains(from);
    Path file = folder.resolve("adapter_config.json");
    Files.writeString(file, config.replace(from, to));
    assertThatThrownBy(() -> PeftFolder.open(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file + ": " + message);
  }

  @Test
  void adaptersThatDoNotFitTheModelAreRefused() throws Exception {
    Golden golden = Golden.read("qwen2_untied");
    PeftFolder patterns = PeftFolder.open(GOLDEN.resolve("patterns"));
    PeftFolder saved = PeftFolder.open(GOLDEN.resolve("saved_modules"));
    ModelConfig tied = Golden.read("qwen2_tied").config();
    ModelConfig wider = ModelConfig.of(32, 2, 4, 2, 20, 29, 64);
    ModelConfig shallow = ModelConfig.of(16, 1, 4, 2, 20, 29, 64);
    try (Parameters theta = golden.parameters()) {
      assertThatThrownBy(() -> saved.mergeInto(tied, theta))
          .hasMessageContaining("lm_head.base_layer.weight is not supported");
      assertThatThrownBy(() -> patterns.mergeInto(wider, theta)).hasMessageContaining("expected");
      assertThatThrownBy(() -> patterns.mergeInto(shallow, theta))
          .hasMessageContaining("model.layers.1.mlp.down_proj.lora_A.weight is not supported");
    }
    Files.copy(
        GOLDEN.resolve("patterns/adapter_config.json"), folder.resolve("adapter_config.json"));
    try (Parameters theta = golden.parameters()) {
      assertThatThrownBy(() -> PeftFolder.open(folder).mergeInto(golden.config(), theta))
          .hasMessageEndingWith("adapter_model.safetensors is missing");
    }
  }
}
