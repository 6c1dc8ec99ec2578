package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.tables.CheckpointRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.BpeTrainer;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeCheckpointsTest {
  private static final ModelConfig SHAPE = ModelConfig.of(8, 1, 2, 1, 16, 262, 32);

  @TempDir static Path folder;
  private static Warehouse warehouse;
  private static FileStore store;

  @BeforeAll
  static void models() throws Exception {
    warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    store = FileStore.open(warehouse, "");
    model("one", SHAPE, Map.of(), 1);
    model("two", SHAPE, Map.of(), 2);
    model("wide", ModelConfig.of(16, 1, 2, 1, 16, 262, 32), Map.of(), 2);
    model("other", SHAPE, Map.of("abab", 9L), 2);
    trained();
  }

  private static Map<String, byte[]> tokenizer(Map<String, Long> corpus) {
    return Checkpoints.files(
        Tokenizer.of(BpeTrainer.train(corpus, 261 + corpus.size(), ChatTemplate.SPECIAL_TOKENS)));
  }

  private static void model(String name, ModelConfig shape, Map<String, Long> corpus, long seed)
      throws IOException {
    try (Parameters theta = Parameters.initial(new ParameterLayout(shape), seed, Device.cpu())) {
      Checkpoint.of(folder.resolve(name), shape, tokenizer(corpus)).save(theta, Precision.FP32);
    }
  }

  /** A checkpoint that training goes on from, as run {@code sft}. */
  private static void trained() throws Exception {
    Path place = folder.resolve("_files/checkpoints/sft/step-4");
    try (Parameters theta = Parameters.initial(new ParameterLayout(SHAPE), 3, Device.cpu())) {
      new Checkpoint(place, SHAPE, tokenizer(Map.of()), Optional.empty(), Map.of("step", 4))
          .save(theta, Map.of(), Precision.FP32);
    }
    byte[] manifest = Files.readAllBytes(place.resolve("MANIFEST.json"));
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(manifest));
    CheckpointRow row = new CheckpointRow("sft/step-4", "sft", 4, place.toString(), "", hash);
    warehouse.overwrite(
        Tables.CHECKPOINTS, warehouse.dataset(Tables.CHECKPOINTS, List.of(row)).coalesce(1));
  }

  private static Run merge(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("warehouse=" + folder);
    return Run.of(MergeCheckpoints.JOB, all.toArray(String[]::new));
  }

  private static String models(String... names) {
    return "models="
        + List.of(names).stream()
            .map(n -> Files.exists(folder.resolve(n)) ? folder.resolve(n).toString() : n)
            .toList();
  }

  private static float[] weights(String name) {
    Path inside = folder.resolve(name);
    Pretrained model =
        Pretrained.load(
            warehouse, store, "models", Files.exists(inside) ? inside.toString() : name);
    try (Parameters theta = model.weights(new ParameterLayout(model.config()))) {
      return theta.toFloats();
    }
  }

  @Test
  void aMergedModelIsACheckpointLikeOthersAndIsMergedAnew() {
    Run run = merge("run_id=mean", models("one", "sft"), "merge.weights=[0.25, 0.75]");
    assertThat(run.status()).as(run.err()).isZero();
    float[] one = weights("one");
    float[] sft = weights("sft");
    float[] mean = weights("mean");
    for (int i = 0; i < mean.length; i++) {
      assertThat(mean[i]).isCloseTo(0.25f * one[i] + 0.75f * sft[i], within(1e-6f));
    }
    CheckpointRow row =
        Rows.collect(
                Tables.CHECKPOINTS, warehouse.read(Tables.CHECKPOINTS).filter("run_id = 'mean'"))
            .get(0);
    assertThat(row.checkpointId()).isEqualTo("mean/step-0");
    assertThat(row.parentCheckpointId()).isEqualTo(folder.resolve("one") + ",sft/step-4");
    Pretrained merged = Pretrained.load(warehouse, store, "models", "mean");
    assertThat(merged.config()).isEqualTo(SHAPE);
    assertThat(merged.tokenizer().hasIdsOf(Checkpoints.tokenizer(tokenizer(Map.of())))).isTrue();

    Run again =
        merge(
            "run_id=mean",
            models("mean", "two"),
            "merge={type: ties, base: " + folder.resolve("one") + ", density: 1.0, scale: 0.0}");
    assertThat(again.status()).as(again.err()).isZero();
    assertThat(weights("mean")).isEqualTo(one);
  }

  @Test
  void modelsThatDoNotFitAndNamesThatAreTakenAreRefused() {
    refused("have different shapes", models("one", "wide"));
    refused("mean different tokens", models("one", "other"));
    refused("merge: weights must be one per model of models", models("one", "two", "sft"));
    refused("models: the list is empty");
    refused("sft is the run of a training", models("one", "two"), "run_id=sft");
    refused("slerp merges two models", models("one"), "merge={type: slerp, t: 0.5}");
    refused("no checkpoint, run or folder named 'gone'", models("one", "gone"));
    assertThat(weights("sft")).hasSize((int) new ParameterLayout(SHAPE).size());
  }

  private static void refused(String message, String... words) {
    Run run = merge(words);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(message);
  }
}
