package io.atomforge.jobs;

import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.Basis;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.RunFolders;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.Warehouse;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeTest {
  private static final Basis BASIS = new Basis(new TreeMap<>(), new TreeMap<>(), 1);

  @TempDir Path folder;

  @Test
  void aPipelineThatEndedBeforeItsFirstTableIsTakenUp() {
    assertThatThrownBy(() -> TinyPipeline.run(folder, "load_atoms.atoms=/no/such/folder"))
        .isInstanceOf(ConfigException.class);
    assertThat(folder.resolve("_files/pipeline/stages.json")).exists();
    assertThatCode(this::warehouse).doesNotThrowAnyException();
  }

  @Test
  void aFileIsReplacedAndNothingIsLeftBesideIt() {
    FileStore store = FileStore.open(warehouse(), folder.resolve("files").toString());
    store.write("a/marks.json", "old");
    store.write("a/marks.json", "new");
    assertThat(store.read("a/marks.json")).contains("new");
    assertThat(store.list("a")).containsExactly("marks.json");
  }

  /** A file system as an object store may have it: a scheme without an AbstractFileSystem. */
  public static final class Volume extends RawLocalFileSystem {
    private static final URI ADDRESS = URI.create("volume:///");

    @Override
    public String getScheme() {
      return "volume";
    }

    @Override
    public URI getUri() {
      return ADDRESS;
    }
  }

  @Test
  void aFileIsReplacedWhereOnlyAFileSystemIsThere() {
    Warehouse warehouse = warehouse();
    Configuration conf = warehouse.spark().sparkContext().hadoopConfiguration();
    conf.set("fs.volume.impl", Volume.class.getName());
    try {
      FileStore store = FileStore.open(warehouse, "volume://" + folder.resolve("files"));
      store.write("a/marks.json", "old");
      store.write("a/marks.json", "new");
      assertThat(store.read("a/marks.json")).contains("new");
      assertThat(store.list("a")).containsExactly("marks.json");
    } finally {
      conf.unset("fs.volume.impl");
    }
  }

  @Test
  void aFolderWithoutManifestIsNoCheckpointToResume() throws Exception {
    Warehouse warehouse = warehouse();
    FileStore store = FileStore.open(warehouse, folder.resolve("files").toString());
    Files.createDirectories(folder.resolve("files/checkpoints/sft/step-3"));
    TrainingRun run = new TrainingRun(warehouse, store, "sft", "", BASIS, Map.of());
    assertThat(run.resume(true)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b"})
  void onlyTheFolderOfARunIsDiscarded(String runId) {
    FileStore store = FileStore.open(warehouse(), folder.resolve("files").toString());
    assertThatThrownBy(() -> new RunFolders(store, runId)).isInstanceOf(ConfigException.class);
  }

  @Test
  void theFingerprintDependsOnTheRowsAlone() {
    Warehouse warehouse = warehouse();
    StepMetric one = new StepMetric("sft", 1, "train/loss", 2.5);
    StepMetric two = new StepMetric("sft", 2, "train/loss", 2.25);
    String first = fingerprint(warehouse, one, two);
    assertThat(fingerprint(warehouse, two, one)).isEqualTo(first);
    assertThat(fingerprint(warehouse, one, one)).isNotEqualTo(first);
    assertThat(fingerprint(warehouse, one)).isNotEqualTo(first);
  }

  private static String fingerprint(Warehouse warehouse, StepMetric... rows) {
    warehouse.overwrite(STEP_METRICS, warehouse.dataset(STEP_METRICS, List.of(rows)));
    return warehouse.fingerprint(STEP_METRICS);
  }

  private Warehouse warehouse() {
    return TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
  }
}
