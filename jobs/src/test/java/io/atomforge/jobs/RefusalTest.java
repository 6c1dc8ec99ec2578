package io.atomforge.jobs;

import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.Basis;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.tables.Provenance;
import io.atomforge.tables.Rows;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.Warehouse;
import io.atomforge.tables.WriteConflictException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
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
        "warehouse='' | warehouse: give a folder, or catalog:NAME",
        "sandbox.python=/no/python | /no/python",
        "atoms=FOLDER/atoms.yaml | atoms.yaml: atom twice: unknown key examples.reslt; did you mean"
            + " result?",
        "atoms=FOLDER/empty | atoms: folder FOLDER/empty has no file whose name ends in .yaml",
        "atoms=FOLDER/none.yaml | atoms: cannot read FOLDER/none.yaml; give a YAML file",
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
    Files.createDirectory(folder.resolve("empty"));
    List<Path> before = files();
    Run run =
        Run.of(
            LoadAtoms.JOB,
            "warehouse=" + folder.resolve("new"),
            word.replace("FOLDER", folder.toString()));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.said(LoadAtoms.JOB))
        .singleElement()
        .asString()
        .contains(message.replace("FOLDER", folder.toString()));
    assertThat(run.err()).doesNotContain("\tat ");
    assertThat(files()).isEqualTo(before);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static final String SOLUTION =
      """
      {"code": "def f(x): return x", "entry_point": "f", "calls": [{"args": [1], "expected": 1}]}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "in.jsonl | in.jsonl | is read by this job and would be overwritten",
        "in.jsonl | ./in.jsonl | is read by this job and would be overwritten",
        "in.jsonl | link.jsonl | is read by this job and would be overwritten",
        "in.jsonl | hard.jsonl | is read by this job and would be overwritten",
        "*.jsonl | in.jsonl | is read by this job and would be overwritten",
        "data | data/in.jsonl | is read by this job and would be overwritten",
        "data | data/out.jsonl | lies in the folder that solutions names",
        "in.jsonl | data | is a folder; name a file",
        "in.jsonl | new/ | is a folder; name a file",
        "in.jsonl | ../../../../../../../dev/null | is a device; name a file",
        "lines.jsonl | out.jsonl | it goes on in the next line; a file with objects of several lines",
        "in.jsonl | mine.parquet | is a folder; name a file",
        "in.jsonl | out.json | a name such as verdicts.jsonl",
        "in.jsonl | v*.jsonl | v*.jsonl is a pattern; name one file",
        "calls.jsonl | out.jsonl | key 'calls' is a text and must then be JSON",
        "in.jsonl | in.jsonl/out.jsonl | verdicts: cannot write to",
        "in.jsonl | warehouse/problems/out.jsonl | lies in the folder of table problems",
        "none.jsonl | out.jsonl | solutions: there is no file",
        "none*.jsonl | out.jsonl | solutions: there is no file",
        "nothing | out.jsonl | has no file to read",
        "empty.jsonl | out.jsonl | empty.jsonl has no row",
        "bad.jsonl.gz | out.jsonl | solutions: cannot read",
        "bad.parquet | out.jsonl | is no Parquet file",
        "parquet.jsonl | out.jsonl | parquet.jsonl is a Parquet file; give it a name",
        "zip.jsonl | out.jsonl | zip.jsonl is a zip archive",
        "wide.jsonl | out.jsonl | wide.jsonl is a text in UTF-16; save it in UTF-8",
        "latin.jsonl | out.jsonl | latin.jsonl:2: the line is no text in UTF-8; convert the file",
        "cut.jsonl.gz | out.jsonl | solutions: cannot read",
        "bad.jsonl | out.jsonl | bad.jsonl:1: ",
        "list.json | out.jsonl | list.json: row 1 cannot be read"
      })
  void anOutputThatCannotBeOrAnInputThatIsNoneLeavesAllAsItWas(
      String in, String out, String message) throws Exception {
    Files.writeString(folder.resolve("in.jsonl"), SOLUTION);
    Files.createSymbolicLink(folder.resolve("link.jsonl"), folder.resolve("in.jsonl"));
    Files.createLink(folder.resolve("hard.jsonl"), folder.resolve("in.jsonl"));
    Files.writeString(Files.createDirectory(folder.resolve("data")).resolve("in.jsonl"), SOLUTION);
    Files.writeString(
        Files.createDirectory(folder.resolve("mine.parquet")).resolve("thesis.txt"), "mine");
    Files.createDirectory(folder.resolve("nothing"));
    Files.writeString(folder.resolve("empty.jsonl"), "\n\n");
    Files.writeString(folder.resolve("bad.jsonl.gz"), "no gzip");
    Files.writeString(folder.resolve("bad.parquet"), "no Parquet");
    Files.writeString(folder.resolve("bad.jsonl"), "no JSON");
    Files.writeString(folder.resolve("lines.jsonl"), "{\n\"code\": \"\"\n}\n");
    Files.writeString(folder.resolve("parquet.jsonl"), "PAR1....PAR1");
    Files.writeString(folder.resolve("zip.jsonl"), "PK\3\4....");
    Files.writeString(folder.resolve("wide.jsonl"), SOLUTION, StandardCharsets.UTF_16);
    Files.writeString(
        folder.resolve("latin.jsonl"),
        SOLUTION + SOLUTION.replace("code", "cod\u00e9"),
        StandardCharsets.ISO_8859_1);
    Files.write(folder.resolve("cut.jsonl.gz"), Arrays.copyOf(gzip(SOLUTION), 30));
    Files.writeString(
        folder.resolve("calls.jsonl"),
        "{\"code\": \"def f(): pass\", \"entry_point\": \"f\", \"calls\": \"x\"}");
    Files.writeString(folder.resolve("list.json"), "[{]");
    List<Path> before = files();
    Run run =
        Run.of(
            JudgeSolutions.JOB,
            "warehouse=" + folder.resolve("warehouse"),
            "solutions=" + folder + "/" + in,
            "verdicts=" + folder + "/" + out);
    assertThat(run.status()).as(run.err()).isEqualTo(2);
    assertThat(run.said(JudgeSolutions.JOB)).singleElement().asString().contains(message);
    assertThat(run.err()).doesNotContain("\tat ");
    assertThat(files()).isEqualTo(before);
    assertThat(folder.resolve("in.jsonl")).hasContent(SOLUTION);
    assertThat(folder.resolve("mine.parquet/thesis.txt")).hasContent("mine");
  }

  @Test
  void aSecondJobOnTheSameRunIsRefusedAndTheFirstGoesOn() {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    FileStore store = FileStore.open(warehouse, "");
    try (TrainingRun first = run(warehouse, store)) {
      assertThat(first.resume(true)).isEmpty();
      assertThatThrownBy(() -> run(warehouse, store).resume(false))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("run_id: another job is training run sft");
    }
    try (TrainingRun next = run(warehouse, store)) {
      assertThat(next.resume(true)).isEmpty();
    }
  }

  private static TrainingRun run(Warehouse warehouse, FileStore store) {
    return new TrainingRun(
        warehouse, store, "sft", "", new Basis(new TreeMap<>(), new TreeMap<>(), 1), Map.of());
  }

  /**
   * Rows of other runs do not stand in each other's way; who replaces all says that it could not.
   */
  @Test
  void writersOfOneTableFollowEachOtherOrSayThatTheyCannot() throws Exception {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    warehouse.overwrite(
        STEP_METRICS,
        warehouse.dataset(STEP_METRICS, List.of(new StepMetric("old", 1, "loss", 1))).coalesce(1));
    ExecutorService pool = Executors.newFixedThreadPool(3);
    List<Future<?>> writers = new ArrayList<>();
    for (String run : List.of("a", "b", "c")) {
      writers.add(
          pool.submit(
              () ->
                  warehouse.replace(
                      STEP_METRICS,
                      "run_id = '" + run + "'",
                      warehouse
                          .dataset(STEP_METRICS, List.of(new StepMetric(run, 1, "loss", 1)))
                          .coalesce(1))));
    }
    for (Future<?> writer : writers) {
      writer.get();
    }
    assertThat(Rows.collect(STEP_METRICS, warehouse.read(STEP_METRICS)))
        .extracting(StepMetric::runId)
        .containsExactlyInAnyOrder("old", "a", "b", "c");
    List<Future<?>> replacers = new ArrayList<>();
    for (String run : List.of("d", "e", "f")) {
      replacers.add(
          pool.submit(
              () ->
                  warehouse.overwrite(
                      STEP_METRICS,
                      warehouse
                          .dataset(STEP_METRICS, List.of(new StepMetric(run, 1, "loss", 1)))
                          .coalesce(1))));
    }
    for (Future<?> replacer : replacers) {
      try {
        replacer.get();
      } catch (ExecutionException e) {
        assertThat(e.getCause())
            .isInstanceOf(WriteConflictException.class)
            .hasMessageContaining("another job wrote table step_metrics");
      }
    }
    pool.shutdown();
    assertThat(Rows.collect(STEP_METRICS, warehouse.read(STEP_METRICS)))
        .singleElement()
        .extracting(StepMetric::runId)
        .isIn("d", "e", "f");
  }

  @Test
  void theLastConfigOfEveryJobAndRunIsKnown() {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    for (String run : List.of("sft", "rl", "sft")) {
      String job = run.equals("sft") ? "TrainSft" : "TrainRl";
      ObjectNode config = JobRunner.JSON.createObjectNode().put("run_id", run);
      warehouse
          .as(new Provenance(job, "c0ffee", config))
          .replace(
              STEP_METRICS,
              "run_id = '" + run + "'",
              warehouse
                  .dataset(STEP_METRICS, List.of(new StepMetric(run, 1, "loss", 1)))
                  .coalesce(1));
    }
    assertThat(warehouse.lastProvenances(STEP_METRICS))
        .hasSize(2)
        .anyMatch(p -> p.contains("TrainSft"))
        .anyMatch(p -> p.contains("TrainRl"));
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
    assertThat(Rows.collect(STEP_METRICS, warehouse.read(STEP_METRICS)))
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
