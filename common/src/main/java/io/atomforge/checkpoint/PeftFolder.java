package io.atomforge.checkpoint;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.model.Lora;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A folder of low-rank adapters as PEFT saves it, which holds nothing of the model that they
 * change. Each adapter has the rank of its tensors and an alpha that {@code alpha_pattern} may set
 * for it; other tensors, those of {@code modules_to_save}, take the place of the model's.
 */
public final class PeftFolder {
  static final String CONFIG = "adapter_config.json";
  static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Settings under which adapters are not what is added here. */
  private static final List<String> UNSUPPORTED =
      List.of(
          "use_dora",
          "fan_in_fan_out",
          "lora_bias",
          "use_qalora",
          "use_bdlora",
          "layer_replication",
          "alora_invocation_tokens",
          "arrow_config",
          "kasa_config",
          "velora_config",
          "monteclora_config");

  /**
   * Ways to begin that change the model too, so that its files are not what adapters were made for.
   */
  private static final List<String> CHANGED_BASE =
      List.of("pissa", "olora", "corda", "loftq", "lora_ga");

  private final Path folder;
  private final JsonNode config;

  private PeftFolder(Path folder, JsonNode config) {
    this.folder = folder;
    this.config = config;
  }

  /** Whether a folder holds adapters. */
  public static boolean isOne(Path folder) {
    return Files.isRegularFile(folder.resolve(CONFIG));
  }

  /**
   * @throws IllegalArgumentException naming the file, if it is missing, damaged or asks for what is
   *     not supported
   */
  public static PeftFolder open(Path folder) throws IOException {
    Manifest.verify(folder);
    return new PeftFolder(folder, config(folder));
  }

  /** The settings, all of them supported where adapters are merged. */
  static JsonNode config(Path folder) throws IOException {
    Path file = folder.resolve(CONFIG);
    JsonNode config;
    try {
      config = JSON.readTree(Files.readAllBytes(file));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException(file + " is no JSON", e);
    }
    if (!config.path("peft_type").asText().equals("LORA")) {
      throw refused(file, "peft_type '" + config.path("peft_type").asText() + "'");
    }
    for (String key : UNSUPPORTED) {
      JsonNode value = config.path(key);
      if (value.asBoolean() || value.isContainerNode() && !value.isEmpty()) {
        throw refused(file, key);
      }
    }
    if (!List.of("", "none").contains(config.path("bias").asText(""))) {
      throw refused(file, "bias '" + config.path("bias").asText() + "'");
    }
    String begun = config.path("init_lora_weights").asText();
    if (CHANGED_BASE.stream().anyMatch(begun::startsWith)) {
      throw refused(file, "init_lora_weights '" + begun + "', which changes the model too,");
    }
    return config;
  }

  private static IllegalArgumentException refused(Path file, String what) {
    return new IllegalArgumentException(
        file + ": " + what + " is not supported; merge the adapters with PEFT");
  }

  /** Name or folder of the model that the adapters change, as PEFT wrote it; may be empty. */
  public String base() {
    return config.path("base_model_name_or_path").asText("");
  }

  /** The tokenizer's files; empty if the folder has none. */
  public Map<String, byte[]> tokenizerFiles() throws IOException {
    return Checkpoint.tokenizerFiles(folder);
  }

  /**
   * Changes a model to what it is with the adapters.
   *
   * @param theta of the model that they were made for; what lies behind its weights stays
   * @throws IllegalArgumentException naming the tensor that is not supported or does not fit
   */
  public void mergeInto(ModelConfig model, Parameters theta) throws IOException {
    Safetensors file = Safetensors.open(folder.resolve(WEIGHTS));
    Map<String, List<Integer>> left = new TreeMap<>(file.shapes());
    List<Lora.Part> parts = new ArrayList<>();
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    Map<String, ParameterLayout.Tensor> replaced = new LinkedHashMap<>();
    for (ParameterLayout.Tensor tensor : new ParameterLayout(model).tensors()) {
      String module = tensor.name().replaceFirst("\\.weight$", "");
      String a = PREFIX + module + ".lora_A.weight";
      String b = PREFIX + module + ".lora_B.weight";
      if (left.containsKey(a) && left.containsKey(b)) {
        int rank = left.remove(a).get(0);
        left.remove(b);
        shapes.put(a, List.of(rank, tensor.shape().get(1)));
        shapes.put(b, List.of(tensor.shape().get(0), rank));
        parts.add(new Lora.Part(tensor, rank, scale(module, rank)));
      }
      for (String name : List.of(PREFIX + tensor.name(), PREFIX + module + ".base_layer.weight")) {
        if (left.remove(name) != null) {
          replaced.put(name, tensor);
        }
      }
    }
    check(model, parts.size() + replaced.size(), left);
    for (Map.Entry<String, ParameterLayout.Tensor> each : replaced.entrySet()) {
      Checkpoint.read(file, each.getKey(), each.getValue(), theta);
    }
    if (parts.isEmpty()) {
      return;
    }
    Device device = theta.array().getDevice();
    try (Parameters adapters = Parameters.zeros(ParameterLayout.of(shapes), device)) {
      for (ParameterLayout.Tensor tensor : adapters.layout().tensors()) {
        Checkpoint.read(file, tensor.name(), tensor, adapters);
      }
      Lora.merge(parts, theta, adapters);
    }
  }

  private void check(ModelConfig model, int found, Map<String, List<Integer>> left) {
    Path file = folder.resolve(WEIGHTS);
    if (!left.isEmpty()) {
      throw refused(file, "tensor " + left.keySet().iterator().next());
    }
    if (found == 0) {
      throw new IllegalArgumentException(file + " holds no adapters");
    }
    boolean embeds =
        config.path("modules_to_save").toString().matches(".*\"(.*\\.)?(embed_tokens|lm_head)\".*");
    if (embeds && model.tieWordEmbeddings()) {
      throw refused(
          folder.resolve(CONFIG), "modules_to_save with the tied embeddings of this model");
    }
  }

  private double scale(String module, int rank) {
    double alpha = config.path("lora_alpha").asDouble(8);
    JsonNode pattern = config.path("alpha_pattern");
    for (String key : (Iterable<String>) pattern::fieldNames) {
      if (module.matches("(.*\\.)?(" + key + ")")) {
        alpha = pattern.get(key).asDouble();
        break;
      }
    }
    return config.path("use_rslora").asBoolean() ? alpha / Math.sqrt(rank) : alpha / rank;
  }
}
