package io.atomforge.jobs.run;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.jobs.TinyPipeline;
import io.atomforge.jobs.cli.Input;
import io.atomforge.tables.CheckpointRow;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.Warehouse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputsTest {
  @TempDir Path folder;
  private Warehouse warehouse;

  @BeforeEach
  void openWarehouse() {
    Path place = folder.resolve("warehouse");
    warehouse = TinyPipeline.warehouse(place, TinyPipeline.loader(place));
  }

  private String of(Input input) {
    return input.fingerprint(warehouse);
  }

  @Test
  void filesAreKnownByTheirNamesAndContentsNotByTheirPlace() throws Exception {
    Path one = Files.createDirectories(folder.resolve("one"));
    Path two = Files.createDirectories(folder.resolve("two"));
    Files.writeString(one.resolve("atoms.yaml"), "topic: mine");
    Files.writeString(two.resolve("atoms.yaml"), "topic: mine");
    String first = of(Inputs.OfFiles.local(one.toString()));
    assertThat(first).isNotEmpty().isEqualTo(of(Inputs.OfFiles.hadoop("file:" + two)));
    Files.writeString(two.resolve("atoms.yaml"), "topic: your");
    assertThat(of(Inputs.OfFiles.local(two.toString()))).isNotEqualTo(first);
    assertThat(of(Inputs.OfFiles.local(one.resolve("atoms.yaml").toString()))).isEqualTo(first);
    assertThat(of(Inputs.OfFiles.local(folder.resolve("none").toString()))).isEmpty();
    String both = "file:" + folder + "/t*/*.yaml";
    String pattern = of(Inputs.OfFiles.hadoop(both));
    assertThat(pattern).isNotEmpty().isEqualTo(of(Inputs.OfFiles.local(two.toString())));
    assertThat(of(Inputs.OfFiles.hadoop("file:" + folder + "/tw?"))).isEqualTo(pattern);
    Files.writeString(two.resolve("more.yaml"), "topic: mine");
    assertThat(of(Inputs.OfFiles.hadoop(both))).isNotEqualTo(pattern);
    byte[] weights = new byte[17_000_000];
    Files.write(one.resolve("model.safetensors"), weights);
    String large = of(Inputs.OfFiles.local(one.toString()));
    weights[weights.length - 1] = 1;
    Files.write(one.resolve("model.safetensors"), weights);
    assertThat(of(Inputs.OfFiles.local(one.toString()))).isNotEqualTo(large);
  }

  @Test
  void aFileOfTheStoreIsKnownByItsText() {
    FileStore store = FileStore.open(warehouse, "");
    Input tokenizer = new Inputs.OfStore("", "tokenizer", "tokenizer/tokenizer.json");
    assertThat(of(tokenizer)).isEmpty();
    store.write("tokenizer/tokenizer.json", "{}");
    String first = of(tokenizer);
    store.write("tokenizer/tokenizer.json", "[]");
    assertThat(of(tokenizer)).isNotEmpty().isNotEqualTo(first);
  }

  @Test
  void aRunIsKnownByItsLatestCheckpointWhateverOtherRunsSave() throws Exception {
    Input run = new Inputs.OfCheckpoint("checkpoint", "sft");
    Input first = new Inputs.OfCheckpoint("checkpoint", "sft/step-0");
    assertThat(of(run)).isEmpty();
    checkpoints(row("sft", 0, "a"), row("sft", 3, "b"));
    assertThat(of(run)).isEqualTo("b");
    assertThat(of(first)).isEqualTo("a");
    String stamp = run.stamp(warehouse);
    checkpoints(row("sft", 0, "a"), row("sft", 3, "b"), row("rl", 9, "c"));
    assertThat(of(run)).isEqualTo("b");
    assertThat(run.stamp(warehouse)).isNotEqualTo(stamp);
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(model.resolve("config.json"), "{}");
    assertThat(of(new Inputs.OfCheckpoint("checkpoint", model.toString()))).isNotEmpty();
  }

  private static CheckpointRow row(String run, long step, String sha256) {
    return new CheckpointRow(run + "/step-" + step, run, step, "", "", sha256);
  }

  private void checkpoints(CheckpointRow... rows) {
    warehouse.overwrite(CHECKPOINTS, warehouse.dataset(CHECKPOINTS, List.of(rows)));
  }

  @Test
  void rowsAreKnownByThoseThatFulfilTheCondition() {
    Input sft = new Input.Rows(STEP_METRICS, "run_id = 'sft'");
    assertThat(of(sft)).isEmpty();
    metrics(new StepMetric("sft", 1, "loss", 2));
    String first = of(sft);
    metrics(new StepMetric("sft", 1, "loss", 2), new StepMetric("rl", 1, "loss", 1));
    assertThat(of(sft)).isEqualTo(first).isNotEqualTo(of(Input.Rows.of(STEP_METRICS)));
    metrics(new StepMetric("sft", 1, "loss", 3));
    assertThat(of(sft)).isNotEqualTo(first);
    assertThat(sft.name()).isEqualTo("table step_metrics where run_id = 'sft'");
  }

  private void metrics(StepMetric... rows) {
    warehouse.overwrite(STEP_METRICS, warehouse.dataset(STEP_METRICS, List.of(rows)));
  }
}
