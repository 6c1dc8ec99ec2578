package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/model");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"tied", "untied", "llama3", "qwen2_tied", "qwen2_untied"})
  void aFolderOfTransformersLoads(String name) throws Exception {
    Checkpoint checkpoint = Checkpoint.load(GOLDEN.resolve(name));
    assertThat(Golden.floats(checkpoint.parameters())).isEqualTo(Golden.read(name).theta());
    assertThat(checkpoint.config().tieWordEmbeddings()).isEqualTo(!name.contains("untied"));
    assertThat(checkpoint.trainingState()).isEmpty();
    checkpoint.save(folder.resolve("ours"), Precision.FP32);
    Checkpoint ours = Checkpoint.load(folder.resolve("ours"));
    assertThat(ours.config()).isEqualTo(checkpoint.config());
    assertThat(ours.parameters()).isEqualTo(checkpoint.parameters());
  }

  @Test
  void whatWasSavedComesBackExactly() throws Exception {
    Checkpoint saved = withState(model());
    saved.save(folder.resolve("step-1"), Precision.FP32);
    Checkpoint loaded = Checkpoint.load(folder.resolve("step-1"));
    assertThat(loaded.config()).isEqualTo(saved.config());
    assertThat(loaded.parameters()).isEqualTo(saved.parameters());
    assertThat(loaded.tokenizerFiles()).containsOnlyKeys("tokenizer.json");
    Checkpoint.TrainingState state = loaded.trainingState().orElseThrow();
    assertThat(state.mean()).isEqualTo(saved.trainingState().orElseThrow().mean());
    assertThat(state.square()).isEqualTo(saved.trainingState().orElseThrow().square());
    assertThat(state.values()).isEqualTo(Map.of("step", 7, "cursor", List.of("a", "b")));
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(folder.resolve("step-1"));
    }
  }

  @Test
  void bfloat16RoundsToTheNearest() throws Exception {
    model().save(folder.resolve("half"), Precision.BF16);
    float[] exact = Golden.floats(model().parameters());
    float[] rounded = Golden.floats(Checkpoint.load(folder.resolve("half")).parameters());
    for (int i = 0; i < exact.length; i++) {
      assertThat(rounded[i]).isCloseTo(exact[i], within(Math.abs(exact[i]) / 256));
      assertThat(Float.floatToIntBits(rounded[i]) & 0xffff).isZero();
    }
  }

  @Test
  void shardsAreRead() throws Exception {
    Checkpoint whole = model();
    List<Safetensors.Tensor> first = new ArrayList<>();
    List<Safetensors.Tensor> second = new ArrayList<>();
    StringBuilder index = new StringBuilder("{\"weight_map\": {");
    for (ParameterLayout.Tensor tensor : new ParameterLayout(whole.config()).tensors()) {
      boolean late = tensor.name().startsWith("model.layers.1");
      (late ? second : first)
          .add(
              new Safetensors.Tensor(
                  tensor.name(),
                  tensor.shape(),
                  ByteBuffer.wrap(whole.parameters(), 4 * tensor.offset(), 4 * tensor.size())));
      index.append(
          String.format(
              "%s\"%s\": \"%s\"",
              tensor.offset() == 0 ? "" : ", ",
              tensor.name(),
              late ? "b.safetensors" : "a.safetensors"));
    }
    Safetensors.write(folder.resolve("a.safetensors"), first, Precision.FP32);
    Safetensors.write(folder.resolve("b.safetensors"), second, Precision.FP32);
    Files.writeString(folder.resolve("model.safetensors.index.json"), index.append("}}"));
    Files.copy(GOLDEN.resolve("tied/config.json"), folder.resolve("config.json"));
    assertThat(Checkpoint.load(folder).parameters()).isEqualTo(whole.parameters());
    Files.delete(folder.resolve("b.safetensors"));
    assertThatThrownBy(() -> Checkpoint.load(folder)).isInstanceOf(IOException.class);
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
    Safetensors.open(path).read("x", List.of(5), values);
    assertThat(values.array()).containsExactly(1, -5, 0x1p-24f, 65504, Float.NEGATIVE_INFINITY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "model.safetensors", "training_state/state.json"})
  void aChangedByteIsFound(String name) throws Exception {
    Path place = folder.resolve("c");
    withState(model()).save(place, Precision.FP32);
    byte[] bytes = Files.readAllBytes(place.resolve(name));
    bytes[bytes.length / 2] ^= 1;
    Files.write(place.resolve(name), bytes);
    assertThatThrownBy(() -> Checkpoint.load(place))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(place.resolve(name) + " is damaged: its sha256 is another");
    Files.write(place.resolve(name), new byte[3], StandardOpenOption.APPEND);
    assertThatThrownBy(() -> Checkpoint.load(place)).hasMessageContaining("expected");
    Files.delete(place.resolve(name));
    assertThatThrownBy(() -> Checkpoint.load(place)).hasMessageContaining(name);
  }

  @Test
  void aTruncatedFileWithoutManifestIsFound() throws Exception {
    Files.copy(GOLDEN.resolve("tied/config.json"), folder.resolve("config.json"));
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve("tied/model.safetensors"));
    Path weights = folder.resolve("model.safetensors");
    for (int length : new int[] {0, 5, 100, bytes.length - 4}) {
      Files.write(weights, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Checkpoint.load(folder))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(weights.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"llama\"|\"mistral\"|model_type is 'mistral', only 'llama' and 'qwen2' are supported",
        "\"attention_bias\": false|\"attention_bias\": true|attention_bias is 'true'",
        "\"rope_scaling\": null|\"rope_scaling\": {\"rope_type\": \"longrope\"}|rope scaling 'longrope'",
        "\"hidden_size\": 16|\"hidden\": 16|hidden_size is missing"
      })
  void arithmeticThatIsNotOursIsRefused(String change) throws Exception {
    String[] parts = change.split("\\|");
    String config = Files.readString(GOLDEN.resolve("tied/config.json"));
    assertThat(config).contains(parts[0]);
    Files.writeString(folder.resolve("config.json"), config.replace(parts[0], parts[1]));
    assertThatThrownBy(() -> Checkpoint.load(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(folder.resolve("config.json") + ": " + parts[2]);
  }

  @Test
  void aCheckpointIsNeverOverwrittenAndLeftoversAreCleared() throws Exception {
    Path leftover = Files.createDirectories(folder.resolve(".c.partial/training_state"));
    Files.writeString(leftover.resolve("x"), "half");
    model().save(folder.resolve("c"), Precision.FP32);
    assertThat(folder.resolve("c/training_state")).doesNotExist();
    assertThatThrownBy(() -> model().save(folder.resolve("c"), Precision.FP32))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(Checkpoint.load(folder.resolve("c")).parameters()).isEqualTo(model().parameters());
  }

  @Test
  void djlServesTheFolder() throws Exception {
    Path place = folder.resolve("served");
    model().save(place, Precision.FP32);
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

  /** The tied golden model with a tokenizer of 29 words. */
  private static Checkpoint model() throws IOException {
    StringBuilder vocabulary = new StringBuilder();
    for (int i = 0; i < 29; i++) {
      vocabulary.append(i == 0 ? "" : ",").append("\"w" + i + "\":" + i);
    }
    String tokenizer =
        "{\"version\":\"1.0\",\"added_tokens\":[],\"pre_tokenizer\":{\"type\":\"Whitespace\"},"
            + "\"model\":{\"type\":\"WordLevel\",\"unk_token\":\"w0\",\"vocab\":{"
            + vocabulary
            + "}}}";
    Checkpoint golden = Checkpoint.load(GOLDEN.resolve("tied"));
    return Checkpoint.of(
        golden.config(),
        golden.parameters(),
        Map.of("tokenizer.json", tokenizer.getBytes(StandardCharsets.UTF_8)));
  }

  private static Checkpoint withState(Checkpoint model) {
    byte[] mean = model.parameters().clone();
    byte[] square = model.parameters().clone();
    square[3] ^= 1;
    return new Checkpoint(
        model.config(),
        model.parameters(),
        model.tokenizerFiles(),
        Optional.of(
            new Checkpoint.TrainingState(
                mean, square, Map.of("step", 7, "cursor", List.of("a", "b")))));
  }
}
