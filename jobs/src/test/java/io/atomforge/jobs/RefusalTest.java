package io.atomforge.jobs;

import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.Warehouse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a job cannot work with ends it with one line, and leaves nothing half-written. */
class RefusalTest {
  private static final Configuration HADOOP =
      TinyPipeline.SPARK.sparkContext().hadoopConfiguration();

  @TempDir Path folder;

  @AfterEach
  void theDiskIsWholeAgain() {
    FullDisk.LEFT.set(Long.MAX_VALUE);
    HADOOP.unset("fs.file.impl");
    HADOOP.unset("fs.file.impl.disable.cache");
  }

  private static void leave(long bytes) {
    HADOOP.set("fs.file.impl", FullDisk.class.getName());
    HADOOP.setBoolean("fs.file.impl.disable.cache", true);
    FullDisk.LEFT.set(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "warehouse=FOLDER/file | is a file; name a folder",
        "warehouse=FOLDER/other | is no Atomforge warehouse; name an empty or new folder",
        "warehouse=/proc/warehouse | warehouse: cannot write to file:/proc/warehouse",
        "warehouse=nowhere://host/warehouse | warehouse: cannot open nowhere://host/warehouse",
        "warehouse=hdfs://no-such-host.invalid/warehouse | warehouse: cannot open"
            + " hdfs://no-such-host.invalid/warehouse",
        "warehouse='' | warehouse: cannot open",
        "sandbox.python=/no/python | /no/python",
        "atoms=FOLDER/atoms.yaml | atoms.yaml: atom twice: unknown key examples.reslt; did you mean"
            + " result?",
        "sandbox.memory_limit_mib=-1 | sandbox",
        "sandbox.pyton=python3 | unknown key; did you mean python?"
      })
  void isOneLineAndStatusTwo(String word, String message) throws Exception {
    Files.writeString(folder.resolve("file"), "");
    Files.writeString(Files.createDirectory(folder.resolve("other")).resolve("thesis.txt"), "mine");
    Files.writeString(
        folder.resolve("atoms.yaml"),
        """
        topic: mine
        atoms:
          - name: twice
            params: [{name: n, type: int}]
            returns: {type: int}
            prompt: {en: "twice {n}", zh: "两倍{n}"}
            code: "def twice(n): return 2 * n"
            examples: [{args: [1], reslt: 2}]
            variants: {surface: {}, idiom: {}, semantic: {}}
        """);
    List<Path> before = files();
    Run run =
        Run.of(
            LoadAtoms.JOB,
            "warehouse=" + folder.resolve("new"),
            word.replace("FOLDER", folder.toString()));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.said(LoadAtoms.JOB)).singleElement().asString().contains(message);
    assertThat(run.err()).doesNotContain("\tat ");
    assertThat(files()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 700, 4000})
  void aFullDiskIsOneLineAndStatusOneAndTheNextRunIsWhole(long bytes) {
    List<StepMetric> rows =
        IntStream.range(1, 500).mapToObj(i -> new StepMetric("sft", i, "loss", 1.0 / i)).toList();
    Job<LoadAtoms.Config> job =
        new Job<>(
            "LoadAtoms",
            "writes one table",
            LoadAtoms.Config.class,
            List.of(),
            List.of(STEP_METRICS),
            (warehouse, config) -> {
              warehouse.overwrite(STEP_METRICS, warehouse.dataset(STEP_METRICS, rows).coalesce(1));
              return new LoadAtoms.Summary(0, 0, 0, "");
            });
    Path place = folder.resolve("new");
    leave(bytes);
    Run full = Run.of(job, "warehouse=" + place);
    assertThat(full.status()).isEqualTo(1);
    assertThat(full.said(job)).singleElement().asString().contains("no space left");
    theDiskIsWholeAgain();
    assertThat(Run.of(job, "warehouse=" + place).status()).isZero();
    Warehouse warehouse = TinyPipeline.warehouse(place, TinyPipeline.loader(place));
    assertThat(Warehouse.collect(STEP_METRICS, warehouse.read(STEP_METRICS)))
        .containsExactlyInAnyOrderElementsOf(rows);
  }

  @Test
  void aFullDiskLeavesTheOldFile() {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    FileStore.open(warehouse, "").write("report/report.html", "old");
    leave(2);
    assertThatThrownBy(() -> FileStore.open(warehouse, "").write("report/report.html", "new"))
        .hasStackTraceContaining("No space left on device");
    theDiskIsWholeAgain();
    FileStore store = FileStore.open(warehouse, "");
    assertThat(store.read("report/report.html")).contains("old");
  }

  private List<Path> files() throws Exception {
    try (Stream<Path> walk = Files.walk(folder)) {
      return new ArrayList<>(walk.sorted().toList());
    }
  }
}
