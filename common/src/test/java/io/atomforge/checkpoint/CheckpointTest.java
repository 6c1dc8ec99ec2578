package io.atomforge.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.Golden;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/model");
  private static final String INDEX = "model.safetensors.index.json";
  private static final Map<String, Object> STATE =
      Map.of("step", 7, "cursor", List.of("a", "b"), "part", Map.of("z", 1, "m", 2, "a", 3));

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tied",
        "untied",
        "llama3",
        "qwen2_tied",
        "qwen2_untied",
        "qwen3_tied",
        "qwen3_untied",
        "mistral_untied"
      })
  void aFolderOfTransformersLoads(String name) throws Exception {
    Checkpoint theirs = Checkpoint.open(GOLDEN.resolve(name));
    assertThat(weights(theirs)).isEqualTo(Golden.read(name).theta());
    assertThat(theirs.config().tieWordEmbeddings()).isEqualTo(!name.contains("untied"));
    assertThat(theirs.state()).isEmpty();
    try (Parameters theta = theirs.weights(theirs.layout(), Device.cpu())) {
      Checkpoint.of(folder.resolve("ours"), theirs.config(), Map.of()).save(theta, Precision.FP32);
    }
    Checkpoint ours = Checkpoint.open(folder.resolve("ours"));
    assertThat(ours.config()).isEqualTo(theirs.config());
    assertThat(weights(ours)).isEqualTo(weights(theirs));
  }

  @Test
  void whatWasSavedComesBackExactly() throws Exception {
    ModelConfig config = Golden.read("tied").config();
    ParameterLayout layout = ParameterLayout.withValueHead(config);
    Path place = folder.resolve("step-1");
    saveWithState(place);
    Checkpoint loaded = Checkpoint.open(place);
    assertThat(loaded.config()).isEqualTo(config);
    assertThat(loaded.tokenizerFiles()).containsOnlyKeys("tokenizer.json");
    assertThat(loaded.state()).isEqualTo(STATE);
    assertThat(place.resolve("training_state/state.json"))
        .as("the same bytes in every process")
        .hasContent("{'cursor':['a','b'],'part':{'a':3,'m':2,'z':1},'step':7}".replace('\'', '"'));
    try (Parameters theta = Parameters.zeros(layout, Device.cpu());
        Parameters mean = Parameters.zeros(layout, Device.cpu());
        Parameters square = Parameters.zeros(layout, Device.cpu());
        Parameters otherMean = Parameters.zeros(layout, Device.cpu());
        Parameters otherSquare = Parameters.zeros(layout, Device.cpu())) {
      loaded.restore(
          theta,
          Map.of("optimizer", moments(mean, square), "other", moments(otherMean, otherSquare)));
      assertThat(otherMean.toFloats()).isEqualTo(initial(layout, 3));
      assertThat(otherSquare.toFloats()).isEqualTo(initial(layout, 2));
      assertThat(theta.toFloats()).isEqualTo(initial(layout, 1));
      assertThat(mean.toFloats()).isEqualTo(initial(layout, 2));
      assertThat(square.toFloats()).isEqualTo(initial(layout, 3));
    }
    float[] model = Arrays.copyOf(initial(layout, 1), loaded.layout().arraySize());
    assertThat(weights(loaded)).isEqualTo(model);
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(place);
    }
  }

  @Test
  void bfloat16RoundsToTheNearest() throws Exception {
    save(folder.resolve("half"), Precision.BF16, Long.MAX_VALUE);
    float[] exact = Golden.read("tied").theta();
    float[] rounded = weights(Checkpoint.open(folder.resolve("half")));
    for (int i = 0; i < exact.length; i++) {
      assertThat(rounded[i]).isCloseTo(exact[i], within(Math.abs(exact[i]) / 256));
      assertThat(Float.floatToIntBits(rounded[i]) & 0xffff).isZero();
    }
  }

  /** Those of {@code transformers} were made by generate.py, ours hold the same weights. */
  @Test
  void shardsAreWrittenAndReadAsThoseOfTransformers() throws Exception {
    Path theirs = GOLDEN.resolve("sharded");
    Path ours = folder.resolve("ours");
    save(ours, Precision.BF16, 2000);
    ObjectMapper json = new ObjectMapper();
    JsonNode expected = json.readTree(theirs.resolve(INDEX).toFile());
    JsonNode index = json.readTree(ours.resolve(INDEX).toFile());
    assertThat(index.path("metadata")).isEqualTo(expected.path("metadata"));
    assertThat(files(ours)).hasSameSizeAs(files(theirs)).hasSizeGreaterThan(3);
    assertThat(files(ours)).allMatch(file -> file.toFile().length() < 2000 + 1000);
    assertThat(weights(Checkpoint.open(ours))).isEqualTo(weights(Checkpoint.open(theirs)));
    Path last = files(ours).get(files(ours).size() - 1);
    Files.delete(ours.resolve("MANIFEST.json"));
    Files.delete(last);
    assertThatThrownBy(() -> Checkpoint.open(ours)).hasMessage(last + " is missing");
    Files.writeString(ours.resolve(INDEX), index.toString().replace("model-00001", "../model"));
    assertThatThrownBy(() -> Checkpoint.open(ours))
        .hasMessageContaining(INDEX + " names no file of this folder for model.embed_tokens");
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    }
  }

  /** So that the vector passes in two pieces, and one of its tensors too. */
  @Test
  void moreThanAPieceComesBackExactly() throws Exception {
    ModelConfig config = ModelConfig.of(32, 1, 2, 1, 32, Parameters.WINDOW / 32 + 3, 64);
    ParameterLayout layout = new ParameterLayout(config);
    float[] values = initial(layout, 1);
    assertThat(values.length).isBetween(Parameters.WINDOW, 2 * Parameters.WINDOW);
    for (int i = 0; i < values.length; i++) { // to what bfloat16 holds
      values[i] = Float.intBitsToFloat(Float.floatToIntBits(values[i]) & 0xffff0000);
    }
    try (Parameters theta = Parameters.of(layout, values, Device.cpu());
        Parameters copy = theta.copy(Device.cpu())) {
      assertThat(theta.toFloats()).isEqualTo(values);
      assertThat(copy.toFloats()).isEqualTo(theta.toFloats());
      for (Precision stored : Precision.values()) {
        Path place = folder.resolve(stored.name());
        Checkpoint.of(place, config, Map.of()).save(theta, stored);
        assertThat(weights(Checkpoint.open(place))).isEqualTo(values);
      }
    }
  }

  @Test
  void float16IsRead() throws Exception {
    byte[] header =
        "{\"x\":{\"dtype\":\"F16\",\"shape\":[5],\"data_offsets\":[0,10]}}"
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + 10).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    for (int half : new int[] {0x3c00, 0xc500, 0x0001, 0x7bff, 0xfc00}) {
      file.putShort((short) half);
    }
    Path path = Files.write(folder.resolve("x.safetensors"), file.array());
    FloatBuffer values = FloatBuffer.allocate(5);
    Safetensors.open(path).read("x", List.of(5), values::put);
    assertThat(values.array()).containsExactly(1, -5, 0x1p-24f, 65504, Float.NEGATIVE_INFINITY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "model.safetensors", "training_state/state.json"})
  void aChangedByteIsFound(String name) throws Exception {
    Path place = folder.resolve("c");
    saveWithState(place);
    byte[] bytes = Files.readAllBytes(place.resolve(name));
    bytes[bytes.length / 2] ^= 1;
    Files.write(place.resolve(name), bytes);
    assertThatThrownBy(() -> Checkpoint.open(place))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(place.resolve(name) + " is damaged: its sha256 is another");
    Files.write(place.resolve(name), new byte[3], StandardOpenOption.APPEND);
    assertThatThrownBy(() -> Checkpoint.open(place)).hasMessageContaining("expected");
    Files.delete(place.resolve(name));
    assertThatThrownBy(() -> Checkpoint.open(place)).hasMessageContaining(name);
  }

  @Test
  void aTruncatedFileWithoutManifestIsFound() throws Exception {
    Files.copy(GOLDEN.resolve("tied/config.json"), folder.resolve("config.json"));
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve("tied/model.safetensors"));
    Path weights = folder.resolve("model.safetensors");
    for (int length : new int[] {0, 5, 100, bytes.length - 4}) {
      Files.write(weights, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Checkpoint.open(folder))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(weights.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"llama\"|\"gemma\"|model_type is 'gemma', only [llama, qwen2, qwen3, mistral] are"
            + " supported",
        "\"llama\"|\"qwen3\", \"layer_types\": [\"sliding_attention\"]|layer_types has"
            + " 'sliding_attention'",
        "\"llama\"|\"qwen3\", \"use_sliding_window\": true|use_sliding_window is 'true'",
        "\"attention_bias\": false|\"attention_bias\": true|attention_bias is 'true'",
        "\"rope_scaling\": null|\"rope_scaling\": {\"rope_type\": \"longrope\"}|rope scaling"
            + " 'longrope'",
        "\"hidden_size\": 16|\"hidden\": 16|hidden_size is missing"
      })
  void arithmeticThatIsNotOursIsRefused(String change) throws Exception {
    String[] parts = change.split("\\|");
    String config = Files.readString(GOLDEN.resolve("tied/config.json"));
    assertThat(config).contains(parts[0]);
    Files.writeString(folder.resolve("config.json"), config.replace(parts[0], parts[1]));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(folder.resolve("config.json") + ": " + parts[2]);
  }

  /** As MistralConfig has it. */
  @ParameterizedTest
  @CsvSource({"'\"sliding_window\": 4,',4096", "'\"sliding_window\": null,',0"})
  void aWindowThatIsNotNamedIsThatOfTransformers(String key, int window) throws Exception {
    String config = Files.readString(GOLDEN.resolve("mistral_untied/config.json"));
    String other = key.contains("null") ? key : "";
    Path file = folder.resolve("config.json");
    Files.writeString(file, config.replace("\"sliding_window\": 4,", other));
    assertThat(ConfigFile.read(file).slidingWindow()).isEqualTo(window);
    assertThat(ConfigFile.read(GOLDEN.resolve("mistral_untied/config.json")).slidingWindow())
        .isEqualTo(4);
  }

  @Test
  void aCheckpointIsNeverOverwrittenAndLeftoversAreCleared() throws Exception {
    Path leftover = Files.createDirectories(folder.resolve(".c.partial/training_state"));
    Files.writeString(leftover.resolve("x"), "half");
    save(folder.resolve("c"), Precision.FP32, Long.MAX_VALUE);
    assertThat(folder.resolve("c/training_state")).doesNotExist();
    assertThatThrownBy(() -> save(folder.resolve("c"), Precision.FP32, Long.MAX_VALUE))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(weights(Checkpoint.open(folder.resolve("c"))))
        .isEqualTo(Golden.read("tied").theta());
  }

  @Test
  void djlServesTheFolder() throws Exception {
    Path place = folder.resolve("served");
    save(place, Precision.FP32, Long.MAX_VALUE);
    Criteria<String, String> criteria =
        Criteria.builder()
            .setTypes(String.class, String.class)
            .optModelPath(place)
            .optTranslatorFactory(new AtomforgeTranslatorFactory())
            .optArgument("maxNewTokens", "4")
            .build();
    try (ZooModel<String, String> model = criteria.loadModel();
        Predictor<String, String> predictor = model.newPredictor()) {
      assertThat(predictor.predict("w3 w4 w5")).isEqualTo(expected(new int[] {3, 4, 5}));
    }
    Criteria<Input, Output> served =
        Criteria.builder()
            .setTypes(Input.class, Output.class)
            .optModelPath(place)
            .optArgument("maxNewTokens", "4")
            .build();
    try (ZooModel<Input, Output> model = served.loadModel();
        Predictor<Input, Output> predictor = model.newPredictor()) {
      Input input = new Input();
      input.add("w3 w4 w5");
      assertThat(predictor.predict(input).getData().getAsString())
          .isEqualTo(expected(new int[] {3, 4, 5}));
    }
  }

  private static String expected(int[] prompt) throws IOException {
    Golden golden = Golden.read("tied");
    try (Parameters theta = golden.parameters()) {
      StringBuilder text = new StringBuilder();
      for (int token :
          golden
              .model(Precision.FP32)
              .generate(theta, List.of(prompt), 1, SamplingSettings.greedy(4, 1), new long[0])
              .get(0)
              .tokens()) {
        text.append(text.isEmpty() ? "" : " ").append('w').append(token);
      }
      return text.toString();
    }
  }

  private static float[] weights(Checkpoint checkpoint) throws IOException {
    try (Parameters theta = checkpoint.weights(checkpoint.layout(), Device.cpu())) {
      return theta.toFloats();
    }
  }

  /** The tied golden model with a tokenizer of 29 words. */
  private static void save(Path place, Precision stored, long maxShardBytes) throws IOException {
    Golden golden = Golden.read("tied");
    try (Parameters theta = golden.parameters()) {
      Checkpoint.of(place, golden.config(), tokenizer()).save(theta, stored, maxShardBytes);
    }
  }

  /** A model with a value head in training. */
  private static void saveWithState(Path place) throws IOException {
    ModelConfig config = Golden.read("tied").config();
    ParameterLayout layout = ParameterLayout.withValueHead(config);
    try (Parameters theta = Parameters.initial(layout, 1, Device.cpu());
        Parameters mean = Parameters.initial(layout, 2, Device.cpu());
        Parameters square = Parameters.initial(layout, 3, Device.cpu())) {
      new Checkpoint(place, config, tokenizer(), Optional.empty(), STATE)
          .save(
              theta,
              Map.of("optimizer", moments(mean, square), "other", moments(square, mean)),
              Precision.FP32);
    }
  }

  private static Map<String, Parameters> moments(Parameters mean, Parameters square) {
    return Map.of("mean", mean, "square", square);
  }

  private static float[] initial(ParameterLayout layout, long seed) {
    try (Parameters values = Parameters.initial(layout, seed, Device.cpu())) {
      return values.toFloats();
    }
  }

  private static Map<String, byte[]> tokenizer() {
    StringBuilder vocabulary = new StringBuilder();
    for (int i = 0; i < 29; i++) {
      vocabulary.append(i == 0 ? "" : ",").append("\"w" + i + "\":" + i);
    }
    String json =
        "{\"version\":\"1.0\",\"added_tokens\":[],\"pre_tokenizer\":{\"type\":\"Whitespace\"},"
            + "\"model\":{\"type\":\"WordLevel\",\"unk_token\":\"w0\",\"vocab\":{"
            + vocabulary
            + "}}}";
    return Map.of("tokenizer.json", json.getBytes(StandardCharsets.UTF_8));
  }
}
