package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.jobs.run.StoredTokenizer;
import io.atomforge.jobs.training.setup.SftConfig;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.tables.Rows;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.BpeTrainer;
import io.atomforge.tokenizer.ChatTemplate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fine-tunes a model of four thousand parameters on random sequences. */
class TrainSftTest {
  private static final String BASE = "../common/src/test/resources/golden/model/tied";
  private static final List<String> TOY =
      List.of(
          "model_name_or_path=" + BASE,
          "precision=FP32",
          "train_batch_size=4",
          "gradient_shards=2",
          "max_steps=4",
          "save_steps=2",
          "eval_steps=2");

  @TempDir Path folder;
  private Warehouse warehouse;

  @BeforeEach
  void sequences() {
    warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    SplittableRandom random = new SplittableRandom(5);
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String mixture = i < 4 ? Sequence.VALIDATION : i < 12 ? "gold" : "noisy";
      int[] prompt = random.ints(3 + random.nextInt(8), 3, 29).toArray();
      int[] completion = random.ints(3, 3, 29).toArray();
      sequences.add(Sequence.of("s" + i, "p" + i, mixture, prompt, completion, 1));
    }
    DataSets.write(warehouse, DataSets.DEFAULT, sequences);
  }

  private TrainSft.Summary train(String... words) {
    List<String> all = new ArrayList<>(TOY);
    all.addAll(List.of(words));
    return TrainSft.run(warehouse, JobRunner.load(TrainSft.JOB, all).bind(SftConfig.class));
  }

  private Path checkpoints(String run) {
    return folder.resolve("_files/checkpoints").resolve(run);
  }

  private List<String> saved(String run) throws Exception {
    try (Stream<Path> folders = Files.list(checkpoints(run))) {
      return folders.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private List<Double> metric(String run, String name) {
    return Rows.collect(STEP_METRICS, warehouse.read(STEP_METRICS)).stream()
        .filter(m -> m.runId().equals(run) && m.name().equals(name))
        .sorted(Comparator.comparingLong(StepMetric::step))
        .map(StepMetric::value)
        .toList();
  }

  @Test
  void adaptersAreSavedAloneAndMergedAtTheEndAlsoAfterAKill() throws Exception {
    TrainSft.Summary summary = train("lora.r=2", "run_id=a");
    assertThat(summary.parameters()).isLessThan(2000);
    Path last = checkpoints("a").resolve("step-4");
    byte[] expected = Files.readAllBytes(last.resolve("adapter_model.safetensors"));
    assertThat(last.resolve("model.safetensors")).doesNotExist();
    float[] merged = weights(checkpoints("a-merged").resolve("step-4"));
    float[] base = weights(Path.of(BASE));
    assertThat(merged).hasSameSizeAs(base).isNotEqualTo(base);
    Pretrained adapted =
        Pretrained.load(warehouse, FileStore.open(warehouse, ""), "checkpoint", "a");
    try (Parameters theta = adapted.weights(adapted.whole().layout())) {
      assertThat(theta.toFloats()).isEqualTo(merged);
    }

    FileStore.open(warehouse, "").delete("checkpoints/a/step-4");
    train("lora.r=2", "run_id=a", "gradient_checkpointing=true");
    assertThat(Files.readAllBytes(last.resolve("adapter_model.safetensors"))).isEqualTo(expected);
    assertThat(weights(checkpoints("a-merged").resolve("step-4"))).isEqualTo(merged);
  }

  private static float[] weights(Path folder) {
    Checkpoint checkpoint = Checkpoints.read(folder);
    try (Parameters theta = Checkpoints.weights(checkpoint, checkpoint.layout())) {
      return theta.toFloats();
    }
  }

  @Test
  void sequencesOfAnotherTokenizerThanTheModelsAreRefused() throws Exception {
    Path base = folder.resolve("base");
    List<String> special = List.of("<s>", "</s>", "<|user|>", "<|assistant|>");
    String theirs = BpeTrainer.train(Map.of("ab", 9L), 300, special);
    ModelConfig shape = ModelConfig.of(8, 1, 2, 1, 16, 300, 512);
    Map<String, byte[]> tokenizer =
        Map.of("tokenizer.json", theirs.getBytes(StandardCharsets.UTF_8));
    try (Parameters theta = Parameters.initial(new ParameterLayout(shape), 1, Device.cpu())) {
      Checkpoint.of(base, shape, tokenizer).save(theta, Precision.FP32);
    }
    FileStore store = FileStore.open(warehouse, "");
    store.write(
        StoredTokenizer.FILE, BpeTrainer.train(Map.of("ab", 9L), 300, ChatTemplate.SPECIAL_TOKENS));
    String wanted = "model_name_or_path=" + base;
    assertThatThrownBy(() -> train(wanted))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("run TrainTokenizer " + wanted + ", then BuildDataset");

    TrainTokenizer.run(
        warehouse,
        JobRunner.load(TrainTokenizer.JOB, List.of(wanted)).bind(TrainTokenizer.Config.class));
    assertThat(store.read(StoredTokenizer.FILE)).contains(theirs);
    train(wanted, "max_steps=1");
    assertThat(checkpoints("sft").resolve("step-1/tokenizer.json")).hasContent(theirs);
  }

  @Test
  void workersThatMeetEverySecondStepGoOnAfterAKill() throws Exception {
    String[] words = {
      "distribution.type=local_sgd",
      "distribution.inner_steps=2",
      "distribution.outer_learning_rate=0.7",
      "distribution.outer_momentum=0.9",
      "max_steps=5",
      "mlflow=" + folder.resolve("mlruns")
    };
    assertThat(train(words).steps()).isEqualTo(5);
    assertThat(metric("sft", "train/loss")).hasSize(3); // after steps 2, 4 and 5
    Path last = checkpoints("sft").resolve("step-5");
    byte[] expected = Files.readAllBytes(last.resolve("model.safetensors"));
    FileStore.open(warehouse, "").delete("checkpoints/sft/step-5");
    train(words);
    assertThat(Files.readAllBytes(last.resolve("model.safetensors"))).isEqualTo(expected);
    assertThat(mlflow("metrics/train/loss"))
        .extracting(line -> line.replaceFirst(".* ", ""))
        .containsExactly("2", "4", "5");
    assertThat(mlflow("params/distribution.inner_steps")).containsExactly("2");
    assertThat(mlflow("tags/atomforge.parent_checkpoint")).containsExactly(BASE);
    assertThat(mlflow("meta.yaml")).contains("status: 3");
    assertThatThrownBy(() -> train(with(words, "save_steps=3")))
        .hasMessageContaining("save_steps")
        .hasMessageContaining("a multiple of inner_steps");
  }

  /** The lines of a file of MLflow's only run. */
  private List<String> mlflow(String file) throws IOException {
    try (Stream<Path> runs = Files.walk(folder.resolve("mlruns"), 2)) {
      Path run = runs.filter(r -> Files.exists(r.resolve("tags/mlflow.runName"))).toList().get(0);
      return Files.readAllLines(run.resolve(file));
    }
  }

  @Test
  void theLatestAndTheBestAreKept() throws Exception {
    TrainSft.Summary summary =
        train("save_steps=1", "save_total_limit=1", "optimizer.learning_rate=0.0", "max_steps=3");
    assertThat(metric("sft", "val/loss")).hasSize(3).containsOnly(summary.validationLoss());
    assertThat(summary.bestCheckpointId()).isEqualTo("sft/step-1"); // of equals, the first
    assertThat(saved("sft")).containsExactly("step-0", "step-1", "step-3");
    assertThat(
            Rows.collect(CHECKPOINTS, warehouse.read(CHECKPOINTS)).stream()
                .map(row -> "step-" + row.step())
                .sorted()
                .toList())
        .isEqualTo(saved("sft"));
  }

  @Test
  void aRunThatNoLongerImprovesStopsAndStaysStopped() {
    String[] words = {
      "optimizer.learning_rate=0.0",
      "early_stopping_patience=2",
      "max_steps=50",
      "eval_steps=3",
      "save_steps=50"
    };
    assertThat(train(words).steps()).isEqualTo(9);
    assertThat(train(words).steps()).isEqualTo(9);
    assertThat(metric("sft", "val/loss")).hasSize(3);
  }

  @Test
  void aSpikeStopsTheRunAndNamesSequences() {
    assertThatThrownBy(
            () ->
                train(
                    "loss_spike_factor=1.01",
                    "train_batch_size=1",
                    "max_steps=60",
                    "save_steps=60",
                    "eval_steps=60",
                    "optimizer.learning_rate=0.0"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching(
            "The loss of step \\d+ is .*, the most allowed .*highest losses: s\\d+ .*");
  }

  @Test
  void aLossThatIsNoNumberStopsTheRun() {
    assertThatThrownBy(() -> train("optimizer.learning_rate=1.0e30", "max_grad_norm=1.0e30"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching("(?s)The (loss|gradient) of step .*highest losses: s\\d+.*");
  }

  @Test
  void aRunThatIsMadeAnewTrainsOnItsOwnDataSetWhateverWasBuiltSince() throws Exception {
    train();
    byte[] first = Files.readAllBytes(checkpoints("sft").resolve("step-4/model.safetensors"));
    List<Sequence> others =
        DataSets.sequences(warehouse, DataSets.DEFAULT).stream()
            .filter(s -> s.mixture().equals("gold"))
            .toList();
    DataSets.write(warehouse, "gold", others);
    FileStore.open(warehouse, "").delete("checkpoints/sft/step-4");
    train(); // goes on from step 2, for nothing of its own has changed
    assertThat(checkpoints("sft").resolve("step-4/model.safetensors")).hasBinaryContent(first);
    train("resume_from_checkpoint=false");
    assertThat(checkpoints("sft").resolve("step-4/model.safetensors")).hasBinaryContent(first);
    train("run_id=gold", "dataset=gold");
    assertThat(Files.readAllBytes(checkpoints("gold").resolve("step-4/model.safetensors")))
        .isNotEqualTo(first);
    assertThatThrownBy(() -> train("run_id=none", "dataset=none"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no data set none, but [default, gold]");
  }

  @Test
  void aMixtureOfWeightZeroIsNotLearned() {
    String[] words = {"max_steps=1", "train_batch_size=16", "loss_agg_mode=seq_mean_token_sum"};
    double all = train(with(words, "run_id=all")).trainLoss();
    double gold = train(with(words, "run_id=gold", "mixture_weights.noisy=0.0")).trainLoss();
    double tenth = train(with(words, "run_id=tenth", "mixture_weights.noisy=0.1")).trainLoss();
    assertThat(gold).isBetween(0.2 * all, 0.8 * all);
    assertThat(tenth).isCloseTo(gold + 0.1 * (all - gold), within(1e-5));
    train(with(words, "run_id=alike"));
    train(with(words, "run_id=ones", "mixture_weights={gold: 1, noisy: 1}"));
    assertThat(checkpoints("ones").resolve("step-1/model.safetensors"))
        .hasSameBinaryContentAs(checkpoints("alike").resolve("step-1/model.safetensors"));
    assertThatThrownBy(() -> train(with(words, "mixture_weights.nosy=0.1")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("mixture_weights.nosy: data set default has only [gold, noisy]");
  }

  /** Supervised steps have no longest completion to divide by. */
  @Test
  void theSumByAFixedLengthIsForCompletions() {
    assertThatThrownBy(() -> train("loss_agg_mode=constant"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "loss_agg_mode must be token_mean, seq_mean_token_mean or seq_mean_token_sum for"
                + " supervised steps, got constant");
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void anAnchoredRunIsComparedWithItsStart() throws Exception {
    Path events = folder.resolve("events");
    train("--recipe", "conf/recipes/sft/asft.yaml", "tensorboard=" + events);
    List<Double> kl = metric("sft", "train/kl_loss");
    assertThat(kl.get(0)).isCloseTo(0, within(1e-6));
    assertThat(kl.get(3)).isGreaterThan(1e-6);
    try (Stream<Path> files = Files.list(events.resolve("sft"))) {
      Path file = files.toList().get(0);
      assertThat(file.getFileName().toString()).startsWith("events.out.tfevents.");
      String content = Files.readString(file, StandardCharsets.ISO_8859_1);
      assertThat(content.split("train/loss", -1)).hasSize(4 + 1);
      assertThat(content.split("val/loss", -1)).hasSize(2 + 1);
    }
    Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> train("tensorboard=" + folder.resolve("file"), "run_id=other"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tensorboard: cannot make folder");
  }

  @Test
  void aRunThatMemoryCannotHoldIsRefused() throws IOException {
    FileStore.open(warehouse, "")
        .write(
            StoredTokenizer.FILE,
            Files.readString(
                Path.of("../common/src/test/resources/golden/tokenizer/tokenizer.json")));
    String shape =
        "model={hidden_size: 8192, num_hidden_layers: 400, num_attention_heads: 64,"
            + " num_key_value_heads: 64, intermediate_size: 8192}";
    assertThatThrownBy(() -> train("model_name_or_path=", "run_id=large", shape))
        .isInstanceOf(ConfigException.class)
        .hasMessageMatching(
            "memory: the run needs \\d+\\.\\d GiB and the machine has .* GiB; lower"
                + " train_batch_size.*");
    assertThat(checkpoints("large")).doesNotExist();
  }
}
