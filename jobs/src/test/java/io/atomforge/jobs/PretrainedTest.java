package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.checkpoint.PeftFolder;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.model.Parameters;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.ChatTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models as others publish them, of 29 tokens. */
class PretrainedTest {
  private static final Path GOLDEN = Path.of("../common/src/test/resources/golden");

  @TempDir Path folder;
  private Warehouse warehouse;
  private FileStore store;

  @BeforeEach
  void open() {
    warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    store = FileStore.open(warehouse, "");
  }

  private Pretrained load(Path model) {
    return Pretrained.load(warehouse, store, "checkpoint", model.toString());
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  /** A tokenizer of words, of which the first ids are text and the last ones special. */
  private static void tokenizer(Path model, int words, String... special) throws IOException {
    List<String> vocabulary = new ArrayList<>();
    List<String> added = new ArrayList<>();
    for (int i = 0; i < words; i++) {
      vocabulary.add("\"w" + i + "\":" + i);
    }
    for (int i = 0; i < special.length; i++) {
      added.add(
          "{\"id\":"
              + (words + i)
              + ",\"content\":\""
              + special[i]
              + "\",\"special\":true,"
              + "\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false}");
    }
    Files.writeString(
        model.resolve("tokenizer.json"),
        "{\"version\":\"1.0\",\"added_tokens\":"
            + added
            + ",\"pre_tokenizer\":{\"type\":\"Whitespace\"},\"model\":{\"type\":\"WordLevel\","
            + "\"unk_token\":\"w0\",\"vocab\":{"
            + String.join(",", vocabulary)
            + "}}}");
  }

  @Test
  void adaptersOfPeftAreMergedIntoTheModelThatTheyName() throws Exception {
    Path peft = copy(GOLDEN.resolve("peft/patterns"), folder.resolve("mit Ü/adapter"));
    assertThatThrownBy(() -> load(peft))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "checkpoint: the adapters in "
                + peft
                + " change the model 'model', which is no checkpoint, run or folder here; put the"
                + " model's folder as base_model_name_or_path into its adapter_config.json");
    Path model = copy(GOLDEN.resolve("model/qwen2_untied"), peft.resolve("model"));
    tokenizer(model, 27, "</s>", "<s>");
    Checkpoint base = Checkpoints.read(model);
    Pretrained pretrained = load(peft);
    assertThat(pretrained.config()).isEqualTo(base.config());
    assertThat(pretrained.tokenizer().eosId()).isEqualTo(27);
    try (Parameters merged = pretrained.weights(base.layout());
        Parameters expected = Checkpoints.weights(base, base.layout())) {
      assertThat(merged.toFloats()).isNotEqualTo(expected.toFloats());
      PeftFolder.open(peft).mergeInto(base.config(), expected);
      assertThat(merged.toFloats()).isEqualTo(expected.toFloats());
    }
    tokenizer(peft, 28, "</s>");
    assertThat(load(peft).tokenizer().eosId()).isEqualTo(28);
  }

  @Test
  void adaptersOfThemselvesEnd() throws Exception {
    Path peft = copy(GOLDEN.resolve("peft/patterns"), folder.resolve("adapter"));
    Path config = peft.resolve("adapter_config.json");
    Files.writeString(config, Files.readString(config).replace("\"model\"", "\"" + peft + "\""));
    assertThatThrownBy(() -> load(peft)).hasMessageContaining("adapters of adapters without end");
  }

  @Test
  void aTokenizerThatIsLargerThanTheVocabularyIsRefusedInOneLine() throws Exception {
    Path model = copy(GOLDEN.resolve("model/tied"), folder.resolve("model"));
    tokenizer(model, 30, "</s>");
    String message = "checkpoint: " + model + ": its end-of-sequence token has id 30, but the";
    assertThatThrownBy(() -> load(model).tokenizer())
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
    for (String word : List.of("model_name_or_path=" + model, "model_name_or_path=" + model)) {
      assertThatThrownBy(
              () ->
                  TrainTokenizer.run(
                      warehouse,
                      JobRunner.load(TrainTokenizer.JOB, List.of(word))
                          .bind(TrainTokenizer.Config.class)))
          .hasMessageStartingWith(message);
    }
    // What nothing needs may lie outside.
    tokenizer(model, 28, "</s>", "<pad>", "<mask>");
    assertThat(load(model).tokenizer().padId()).isEqualTo(29);
    assertThatThrownBy(() -> load(model).with("<mask>{prompt}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the template has token 30, but the model's vocab_size is 29");
  }

  @Test
  void aModelWithoutRoleMarkersNeedsATemplateWhichThenGoesWithIt() throws Exception {
    Path model = copy(GOLDEN.resolve("model/tied"), folder.resolve("model"));
    tokenizer(model, 27, "</s>", "<s>");
    assertThatThrownBy(() -> load(model).with(""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("give a prompt_template, such as");
    Pretrained given = load(model).with("<s>w1 {prompt} w2");
    assertThat(new ChatTemplate(given.tokenizer()).promptIds("w3 w4"))
        .containsExactly(28, 1, 3, 4, 2);
    Path ours = folder.resolve("ours");
    try (Parameters theta = given.weights(given.whole().layout())) {
      Checkpoint.of(ours, given.config(), given.tokenizerFiles())
          .save(theta, io.atomforge.model.Precision.FP32);
    }
    assertThat(new ChatTemplate(load(ours).with("").tokenizer()).promptIds("w5"))
        .containsExactly(28, 1, 5, 2);
    assertThat(
            Arrays.equals(
                new int[] {28, 5},
                new ChatTemplate(load(ours).with("<s>{prompt}").tokenizer()).promptIds("w5")))
        .isTrue();
  }
}
