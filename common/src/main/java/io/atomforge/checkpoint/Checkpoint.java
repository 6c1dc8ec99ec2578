package io.atomforge.checkpoint;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.atomforge.model.Lora;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A model in a folder of the Hugging Face layout, with what is needed to go on training: all of it
 * but the numbers, which pass between the folder's files and native memory.
 *
 * <p>A folder that {@code transformers} saved loads here and the other way round. Ours also has
 * {@code training_state/}, {@code serving.properties} for DJL and {@code MANIFEST.json}, by which
 * opening verifies every file. A folder of adapters holds no weights of the model they change; PEFT
 * reads and writes the same.
 *
 * @param folder where it lies, or shall lie
 * @param config the model's shape
 * @param tokenizerFiles contents by file name, such as {@code tokenizer.json}; copied as they are
 * @param adapter which adapters the weights are; empty for a whole model
 * @param state of the trainer: step, schedule, data cursor, anything that is JSON; empty for a
 *     model that is only used
 */
public record Checkpoint(
    Path folder,
    ModelConfig config,
    Map<String, byte[]> tokenizerFiles,
    Optional<Adapter> adapter,
    Map<String, Object> state) {

  /**
   * @param lora shape of the adapters
   * @param base name or folder of the model that they change, for people and PEFT
   */
  public record Adapter(Lora lora, String base) {}

  /** The order of an immutable map's keys changes from one process to the next. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private static final List<String> TOKENIZER_FILES =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "chat_template.jinja",
          "vocab.json",
          "merges.txt");

  /** As {@code save_pretrained} has it. */
  private static final long MAX_SHARD_BYTES = 5_000_000_000L;

  private static final String VALUE_HEAD = "training_state/value_head.safetensors";
  private static final String STATE = "training_state/state.json";

  public Checkpoint {
    tokenizerFiles = Map.copyOf(tokenizerFiles);
    state = Map.copyOf(state);
  }

  /** A whole model that is only used. */
  public static Checkpoint of(Path folder, ModelConfig config, Map<String, byte[]> tokenizerFiles) {
    return new Checkpoint(folder, config, tokenizerFiles, Optional.empty(), Map.of());
  }

  /**
   * Reads all of a folder but the numbers. With a manifest every file it names is verified first;
   * without, as in a folder from {@code transformers}, the files are taken as they are.
   *
   * @throws IllegalArgumentException naming the file, if one is missing, damaged or not supported
   */
  public static Checkpoint open(Path folder) throws IOException {
    if (!Files.isRegularFile(folder.resolve("config.json"))) {
      throw new IllegalArgumentException(folder + " is no checkpoint: it has no config.json");
    }
    Manifest.verify(folder);
    ModelConfig config = ConfigFile.read(folder.resolve("config.json"));
    Checkpoint checkpoint =
        new Checkpoint(
            folder, config, tokenizerFiles(folder), AdapterFile.read(folder), state(folder));
    WeightFiles.Source source = checkpoint.source();
    for (ParameterLayout.Tensor tensor : checkpoint.layout().tensors()) {
      source.file(tensor.name()).require(tensor.name(), tensor.shape());
    }
    return checkpoint;
  }

  static Map<String, byte[]> tokenizerFiles(Path folder) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    for (String name : TOKENIZER_FILES) {
      if (Files.isRegularFile(folder.resolve(name))) {
        files.put(name, Files.readAllBytes(folder.resolve(name)));
      }
    }
    return files;
  }

  /** Where each tensor of the weights lies in their vector. */
  public ParameterLayout layout() {
    return adapter.map(a -> a.lora().layout(config)).orElseGet(() -> new ParameterLayout(config));
  }

  /**
   * Reads the weights, sharded or not, into native memory; the caller closes it.
   *
   * @param layout has all tensors of the weights; what else it has, as a value head, stays zero
   * @throws IllegalArgumentException naming the file that is missing, damaged or not supported
   */
  public Parameters weights(ParameterLayout layout, Device device) throws IOException {
    Parameters theta = Parameters.zeros(layout, device);
    try {
      readWeights(theta);
      return theta;
    } catch (IOException | RuntimeException e) {
      theta.close();
      throw e;
    }
  }

  private void readWeights(Parameters theta) throws IOException {
    WeightFiles.Source source = source();
    for (ParameterLayout.Tensor tensor : layout().tensors()) {
      String name = tensor.name();
      read(source.file(name), name, theta.layout().tensor(name), theta);
    }
  }

  private WeightFiles.Source source() throws IOException {
    if (adapter.isEmpty()) {
      return WeightFiles.open(folder);
    }
    Safetensors file = Safetensors.open(folder.resolve(PeftFolder.WEIGHTS));
    return tensor -> file;
  }

  /**
   * Reads what {@link #save(Parameters, Map, Precision)} wrote.
   *
   * @param kept by file and name; what they hold is replaced
   * @throws IllegalArgumentException naming the file that is missing, damaged or not supported
   */
  public void restore(Parameters theta, Map<String, Map<String, Parameters>> kept)
      throws IOException {
    readWeights(theta);
    if (theta.layout().valueHeadSize() > 0) {
      read(
          Safetensors.open(folder.resolve(VALUE_HEAD)),
          ParameterLayout.VALUE_HEAD,
          valueHead(theta),
          theta);
    }
    for (Map.Entry<String, Map<String, Parameters>> part : kept.entrySet()) {
      Safetensors file = Safetensors.open(folder.resolve(keptFile(part.getKey())));
      for (Map.Entry<String, Parameters> values : part.getValue().entrySet()) {
        for (ParameterLayout.Tensor tensor : theta.layout().tensors()) {
          read(file, values.getKey() + "." + tensor.name(), tensor, values.getValue());
        }
      }
    }
  }

  private static String keptFile(String name) {
    return "training_state/" + name + ".safetensors";
  }

  static void read(Safetensors file, String name, ParameterLayout.Tensor tensor, Parameters into)
      throws IOException {
    long[] at = {tensor.offset()};
    file.read(
        name,
        tensor.shape(),
        some -> {
          int n = some.remaining();
          into.write(at[0], some);
          at[0] += n;
        });
  }

  /**
   * Writes a model to be used, without state: beside its place, forced to the disk and renamed, so
   * that the place holds a whole checkpoint or none.
   *
   * @param stored type of the weights in the files
   * @throws FileAlreadyExistsException if the place is taken
   */
  public void save(Parameters theta, Precision stored) throws IOException {
    save(theta, stored, MAX_SHARD_BYTES);
  }

  /**
   * @param maxShardBytes of the tensors in one file
   */
  void save(Parameters theta, Precision stored, long maxShardBytes) throws IOException {
    try (PendingFolder pending = PendingFolder.beside(folder)) {
      write(pending, theta, stored, maxShardBytes);
      pending.commit();
    }
  }

  /**
   * The same with what training goes on from.
   *
   * @param theta the weights; a value head at its end goes into the training state, being no part
   *     of the model
   * @param kept numbers in the layout of the weights, such as the moments of an optimizer, by the
   *     name of their file in {@code training_state} and their own; they stay fp32
   */
  public void save(Parameters theta, Map<String, Map<String, Parameters>> kept, Precision stored)
      throws IOException {
    try (PendingFolder pending = PendingFolder.beside(folder)) {
      write(pending, theta, stored, MAX_SHARD_BYTES);
      if (theta.layout().valueHeadSize() > 0) {
        var head = new Safetensors.Tensor(ParameterLayout.VALUE_HEAD, valueHead(theta), theta);
        Safetensors.write(pending.path(VALUE_HEAD), List.of(head), Precision.FP32);
      }
      for (Map.Entry<String, Map<String, Parameters>> part : kept.entrySet()) {
        List<Safetensors.Tensor> all = new ArrayList<>();
        new TreeMap<>(part.getValue())
            .forEach((name, each) -> all.addAll(tensors(name + ".", each.layout(), each)));
        Safetensors.write(pending.path(keptFile(part.getKey())), all, Precision.FP32);
      }
      pending.write(STATE, JSON.writeValueAsBytes(state));
      pending.commit();
    }
  }

  private void write(PendingFolder pending, Parameters theta, Precision stored, long maxShardBytes)
      throws IOException {
    pending.write("config.json", text(ConfigFile.text(config, stored)));
    pending.write("generation_config.json", text(ConfigFile.generationText(config)));
    for (Map.Entry<String, byte[]> file : tokenizerFiles.entrySet()) {
      pending.write(file.getKey(), file.getValue());
    }
    pending.write("serving.properties", text(AtomforgeBlockFactory.SERVING_PROPERTIES));
    List<Safetensors.Tensor> weights = tensors("", layout(), theta);
    if (adapter.isPresent()) {
      pending.write(PeftFolder.CONFIG, text(AdapterFile.text(adapter.get())));
      Safetensors.write(pending.path(PeftFolder.WEIGHTS), weights, stored);
    } else {
      WeightFiles.write(pending, weights, stored, maxShardBytes);
    }
  }

  private static ParameterLayout.Tensor valueHead(Parameters theta) {
    return theta.layout().tensor(ParameterLayout.VALUE_HEAD);
  }

  private static List<Safetensors.Tensor> tensors(
      String prefix, ParameterLayout layout, Parameters values) {
    return layout.tensors().stream()
        .map(tensor -> new Safetensors.Tensor(prefix + tensor.name(), tensor, values))
        .toList();
  }

  private static Map<String, Object> state(Path folder) throws IOException {
    Map<String, Object> values = new HashMap<>();
    if (Files.isRegularFile(folder.resolve(STATE))) {
      JsonNode json = JSON.readTree(Files.readAllBytes(folder.resolve(STATE)));
      for (String key : (Iterable<String>) json::fieldNames) {
        values.put(key, JSON.treeToValue(json.get(key), Object.class));
      }
    }
    return values;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
