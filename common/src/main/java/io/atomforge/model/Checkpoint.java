package io.atomforge.model;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A model in a folder of the Hugging Face layout, with what is needed to go on training.
 *
 * <p>A folder that {@code transformers} saved loads here and the other way round. Ours also has
 * {@code training_state/}, {@code serving.properties} for DJL and {@code MANIFEST.json}, by which
 * loading verifies every file. A folder of adapters holds no weights of the model they change; PEFT
 * reads and writes the same.
 *
 * @param config the model's shape
 * @param parameters in the order of {@link #layout()}, little-endian fp32
 * @param tokenizerFiles contents by file name, such as {@code tokenizer.json}; copied as they are
 * @param trainingState what the optimizer needs; empty for a model that is only used
 * @param adapter which adapters {@code parameters} are; empty for a whole model
 */
public record Checkpoint(
    ModelConfig config,
    byte[] parameters,
    Map<String, byte[]> tokenizerFiles,
    Optional<TrainingState> trainingState,
    Optional<Adapter> adapter) {

  /**
   * @param lora shape of the adapters
   * @param base name or folder of the model that they change, for people and PEFT
   */
  public record Adapter(Lora lora, String base) {}

  /**
   * @param mean AdamW's mean of gradients, little-endian fp32
   * @param square AdamW's mean of squared gradients, little-endian fp32
   * @param values the caller's own: step, schedule, data cursor; anything that is JSON
   * @param valueHead a value head's parameters, mean and square, one after the other; empty without
   *     one. It is no part of the model.
   */
  public record TrainingState(
      byte[] mean, byte[] square, Map<String, Object> values, byte[] valueHead) {
    public TrainingState {
      values = Map.copyOf(values);
    }

    /** The state of a model without value head. */
    public TrainingState(byte[] mean, byte[] square, Map<String, Object> values) {
      this(mean, square, values, new byte[0]);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> TOKENIZER_FILES =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "chat_template.jinja",
          "vocab.json",
          "merges.txt");
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String ADAPTER_CONFIG = "adapter_config.json";
  private static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";
  private static final String OPTIMIZER = "training_state/optimizer.safetensors";
  private static final String VALUE_HEAD = "training_state/value_head.safetensors";
  private static final String STATE = "training_state/state.json";

  /**
   * @throws IllegalArgumentException if a vector has not the size that the shape needs
   */
  public Checkpoint {
    tokenizerFiles = Map.copyOf(tokenizerFiles);
    long bytes = 4L * layout(config, adapter).size();
    requireSize("parameters", parameters, bytes);
    if (trainingState.isPresent()) {
      requireSize("mean", trainingState.get().mean(), bytes);
      requireSize("square", trainingState.get().square(), bytes);
    }
  }

  private static void requireSize(String what, byte[] values, long bytes) {
    if (values.length != bytes) {
      throw new IllegalArgumentException(
          String.format("Expected %d bytes of %s, got %d", bytes, what, values.length));
    }
  }

  /** A model without optimizer. */
  public static Checkpoint of(
      ModelConfig config, byte[] parameters, Map<String, byte[]> tokenizerFiles) {
    return new Checkpoint(config, parameters, tokenizerFiles, Optional.empty());
  }

  /** A whole model. */
  public Checkpoint(
      ModelConfig config,
      byte[] parameters,
      Map<String, byte[]> tokenizerFiles,
      Optional<TrainingState> trainingState) {
    this(config, parameters, tokenizerFiles, trainingState, Optional.empty());
  }

  /** Where each tensor lies in {@link #parameters()}. */
  public ParameterLayout layout() {
    return layout(config, adapter);
  }

  private static ParameterLayout layout(ModelConfig config, Optional<Adapter> adapter) {
    return adapter.map(a -> a.lora().layout(config)).orElseGet(() -> new ParameterLayout(config));
  }

  /** The parameters in native memory. */
  public Parameters toParameters(Device device) {
    return Parameters.of(layout(), parameters, device);
  }

  /**
   * Writes the folder beside its place, forces it to the disk and renames it, so that the place
   * holds a whole checkpoint or none.
   *
   * @param stored type of the parameters in the file; the optimizer's stay fp32
   * @throws FileAlreadyExistsException if the place is taken
   */
  public void save(Path folder, Precision stored) throws IOException {
    try (PendingFolder pending = PendingFolder.beside(folder)) {
      pending.write("config.json", text(config.toJson(stored)));
      pending.write("generation_config.json", text(config.generationJson()));
      for (Map.Entry<String, byte[]> file : tokenizerFiles.entrySet()) {
        pending.write(file.getKey(), file.getValue());
      }
      pending.write("serving.properties", text(AtomforgeBlockFactory.SERVING_PROPERTIES));
      if (adapter.isPresent()) {
        pending.write(ADAPTER_CONFIG, text(adapterJson(adapter.get())));
      }
      Safetensors.write(
          pending.path(adapter.isPresent() ? ADAPTER_WEIGHTS : WEIGHTS),
          tensors("", parameters),
          stored);
      if (trainingState.isPresent()) {
        TrainingState state = trainingState.get();
        List<Safetensors.Tensor> moments = new ArrayList<>(tensors("mean.", state.mean()));
        moments.addAll(tensors("square.", state.square()));
        Safetensors.write(pending.path(OPTIMIZER), moments, Precision.FP32);
        if (state.valueHead().length > 0) {
          int size = state.valueHead().length / 4;
          Safetensors.write(
              pending.path(VALUE_HEAD),
              List.of(
                  new Safetensors.Tensor(
                      "value_head", List.of(size), ByteBuffer.wrap(state.valueHead()))),
              Precision.FP32);
        }
        // The order of an immutable map's keys changes from one process to the next.
        pending.write(STATE, JSON.writeValueAsBytes(new TreeMap<>(state.values())));
      }
      pending.commit();
    }
  }

  /**
   * Reads a folder. With a manifest every file it names is verified first; without, as in a folder
   * from {@code transformers}, the files are taken as they are. The weights may be sharded.
   *
   * @throws IllegalArgumentException naming the file, if one is missing, damaged or not supported
   */
  public static Checkpoint load(Path folder) throws IOException {
    if (!Files.isRegularFile(folder.resolve("config.json"))) {
      throw new IllegalArgumentException(folder + " is no checkpoint: it has no config.json");
    }
    Manifest.verify(folder);
    ModelConfig config = ModelConfig.read(folder.resolve("config.json"));
    Map<String, byte[]> tokenizerFiles = new HashMap<>();
    for (String name : TOKENIZER_FILES) {
      if (Files.isRegularFile(folder.resolve(name))) {
        tokenizerFiles.put(name, Files.readAllBytes(folder.resolve(name)));
      }
    }
    Optional<Adapter> adapter = adapter(folder);
    ParameterLayout layout = layout(config, adapter);
    byte[] parameters;
    if (adapter.isPresent()) {
      Safetensors file = Safetensors.open(folder.resolve(ADAPTER_WEIGHTS));
      parameters = flat(layout, name -> file, "");
    } else {
      parameters = weights(folder, layout);
    }
    return new Checkpoint(
        config, parameters, tokenizerFiles, state(folder, config, layout), adapter);
  }

  private static Optional<Adapter> adapter(Path folder) throws IOException {
    Path file = folder.resolve(ADAPTER_CONFIG);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    JsonNode json = JSON.readTree(Files.readAllBytes(file));
    for (String key : List.of("use_dora", "use_rslora", "fan_in_fan_out")) {
      if (json.path(key).asBoolean()) {
        throw new IllegalArgumentException(file + ": " + key + " is not supported");
      }
    }
    List<String> targets = new ArrayList<>();
    json.path("target_modules").forEach(target -> targets.add(target.asText()));
    Lora lora = new Lora(json.path("r").asInt(), json.path("lora_alpha").asDouble(), targets);
    return Optional.of(new Adapter(lora, json.path("base_model_name_or_path").asText("")));
  }

  private static String adapterJson(Adapter adapter) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("peft_type", "LORA").put("task_type", "CAUSAL_LM").put("bias", "none");
    json.put("base_model_name_or_path", adapter.base()).put("inference_mode", true);
    json.put("r", adapter.lora().rank()).put("lora_alpha", adapter.lora().alpha());
    json.put("lora_dropout", 0.0);
    json.putPOJO("target_modules", adapter.lora().targets());
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  private static Optional<TrainingState> state(
      Path folder, ModelConfig config, ParameterLayout layout) throws IOException {
    if (!Files.isRegularFile(folder.resolve(STATE))) {
      return Optional.empty();
    }
    Safetensors moments = Safetensors.open(folder.resolve(OPTIMIZER));
    Map<String, Object> values = new LinkedHashMap<>();
    JsonNode json = JSON.readTree(Files.readAllBytes(folder.resolve(STATE)));
    for (String key : (Iterable<String>) json::fieldNames) {
      values.put(key, JSON.treeToValue(json.get(key), Object.class));
    }
    return Optional.of(
        new TrainingState(
            flat(layout, name -> moments, "mean."),
            flat(layout, name -> moments, "square."),
            values,
            valueHead(folder, config)));
  }

  private static byte[] valueHead(Path folder, ModelConfig config) throws IOException {
    if (!Files.isRegularFile(folder.resolve(VALUE_HEAD))) {
      return new byte[0];
    }
    int size = 3 * ParameterLayout.withValueHead(config).valueHeadSize();
    byte[] bytes = new byte[4 * size];
    Safetensors.open(folder.resolve(VALUE_HEAD))
        .read(
            "value_head",
            List.of(size),
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
    return bytes;
  }

  private static byte[] weights(Path folder, ParameterLayout layout) throws IOException {
    if (!Files.isRegularFile(folder.resolve(INDEX))) {
      if (!Files.isRegularFile(folder.resolve(WEIGHTS))) {
        throw new IllegalArgumentException(folder + " has neither " + WEIGHTS + " nor " + INDEX);
      }
      Safetensors file = Safetensors.open(folder.resolve(WEIGHTS));
      return flat(layout, name -> file, "");
    }
    JsonNode index = JSON.readTree(folder.resolve(INDEX).toFile()).path("weight_map");
    Map<String, Safetensors> shards = new HashMap<>();
    for (JsonNode shard : index) {
      if (!shards.containsKey(shard.asText())) {
        shards.put(shard.asText(), Safetensors.open(folder.resolve(shard.asText())));
      }
    }
    return flat(
        layout,
        name -> {
          Safetensors shard = shards.get(index.path(name).asText());
          if (shard == null) {
            throw new IllegalArgumentException(folder.resolve(INDEX) + " has no tensor " + name);
          }
          return shard;
        },
        "");
  }

  private static byte[] flat(
      ParameterLayout layout, Function<String, Safetensors> files, String prefix)
      throws IOException {
    byte[] bytes = new byte[Math.toIntExact(4L * layout.size())];
    FloatBuffer target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      files.apply(tensor.name()).read(prefix + tensor.name(), tensor.shape(), target);
    }
    return bytes;
  }

  private List<Safetensors.Tensor> tensors(String prefix, byte[] values) {
    return layout().tensors().stream()
        .map(
            tensor ->
                new Safetensors.Tensor(
                    prefix + tensor.name(),
                    tensor.shape(),
                    ByteBuffer.wrap(values, 4 * tensor.offset(), 4 * tensor.size())))
        .toList();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
