package io.atomforge.model;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
 * loading verifies every file.
 *
 * @param config the model's shape
 * @param parameters in the order of {@link ParameterLayout}, little-endian fp32
 * @param tokenizerFiles contents by file name, such as {@code tokenizer.json}; copied as they are
 * @param trainingState what the optimizer needs; empty for a model that is only used
 */
public record Checkpoint(
    ModelConfig config,
    byte[] parameters,
    Map<String, byte[]> tokenizerFiles,
    Optional<TrainingState> trainingState) {

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
  private static final String OPTIMIZER = "training_state/optimizer.safetensors";
  private static final String VALUE_HEAD = "training_state/value_head.safetensors";
  private static final String STATE = "training_state/state.json";

  /**
   * @throws IllegalArgumentException if a vector has not the size that the shape needs
   */
  public Checkpoint {
    tokenizerFiles = Map.copyOf(tokenizerFiles);
    long bytes = 4L * new ParameterLayout(config).size();
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

  /** The parameters in native memory. */
  public Parameters toParameters(Device device) {
    return Parameters.of(new ParameterLayout(config), parameters, device);
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
      Safetensors.write(pending.path(WEIGHTS), tensors("", parameters), stored);
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
    return new Checkpoint(config, weights(folder, config), tokenizerFiles, state(folder, config));
  }

  private static Optional<TrainingState> state(Path folder, ModelConfig config) throws IOException {
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
            flat(config, name -> moments, "mean."),
            flat(config, name -> moments, "square."),
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

  private static byte[] weights(Path folder, ModelConfig config) throws IOException {
    if (!Files.isRegularFile(folder.resolve(INDEX))) {
      if (!Files.isRegularFile(folder.resolve(WEIGHTS))) {
        throw new IllegalArgumentException(folder + " has neither " + WEIGHTS + " nor " + INDEX);
      }
      Safetensors file = Safetensors.open(folder.resolve(WEIGHTS));
      return flat(config, name -> file, "");
    }
    JsonNode index = JSON.readTree(folder.resolve(INDEX).toFile()).path("weight_map");
    Map<String, Safetensors> shards = new HashMap<>();
    for (JsonNode shard : index) {
      if (!shards.containsKey(shard.asText())) {
        shards.put(shard.asText(), Safetensors.open(folder.resolve(shard.asText())));
      }
    }
    return flat(
        config,
        name -> {
          Safetensors shard = shards.get(index.path(name).asText());
          if (shard == null) {
            throw new IllegalArgumentException(folder.resolve(INDEX) + " has no tensor " + name);
          }
          return shard;
        },
        "");
  }

  private static byte[] flat(ModelConfig config, Function<String, Safetensors> files, String prefix)
      throws IOException {
    ParameterLayout layout = new ParameterLayout(config);
    byte[] bytes = new byte[Math.toIntExact(4L * layout.size())];
    FloatBuffer target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      files.apply(tensor.name()).read(prefix + tensor.name(), tensor.shape(), target);
    }
    return bytes;
  }

  private List<Safetensors.Tensor> tensors(String prefix, byte[] values) {
    return new ParameterLayout(config)
        .tensors().stream()
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
