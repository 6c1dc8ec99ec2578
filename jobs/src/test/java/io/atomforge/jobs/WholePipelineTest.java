package io.atomforge.jobs;

import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static io.atomforge.tables.Tables.VERDICTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Language;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.report.Comparison;
import io.atomforge.jobs.sql.Format;
import io.atomforge.report.Report;
import io.atomforge.report.ReportData;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Rows;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WholePipelineTest {
  @TempDir static Path folder;

  private static Pipeline.Summary summary;
  private static Warehouse warehouse;

  @BeforeAll
  static void runFromAtomsToReport() throws Exception {
    compilePlans(true); // as users' sessions do
    summary = TinyPipeline.run(folder.resolve("two"), "partitions=2");
    warehouse =
        TinyPipeline.warehouse(folder.resolve("two"), TinyPipeline.loader(folder.resolve("two")));
  }

  @AfterAll
  static void interpretPlans() {
    compilePlans(false);
  }

  private static void compilePlans(boolean compile) {
    TinyPipeline.SPARK.conf().set("spark.sql.codegen.wholeStage", compile);
    TinyPipeline.SPARK
        .conf()
        .set("spark.sql.codegen.factoryMode", compile ? "FALLBACK" : "NO_CODEGEN");
  }

  @Test
  void everyTableIsWrittenWithCommentsAndProvenance() {
    for (Table<?> table : Pipeline.JOB.writes()) {
      assertThat(warehouse.read(table).count()).as(table.name()).isPositive();
      assertThat(warehouse.provenances(table, 1))
          .as(table.name())
          .singleElement()
          .asString()
          .contains("\"job\":")
          .contains("\"seed\":17");
      String described =
          TinyPipeline.SPARK
              .sql("DESCRIBE TABLE " + warehouse.sqlName(table))
              .select("comment")
              .collectAsList()
              .toString();
      table.comments().values().forEach(comment -> assertThat(described).contains(comment));
    }
  }

  @Test
  void everyReferencePassesItsTests() {
    assertThat(warehouse.read(VERDICTS).filter("outcome <> 'PASSED'").count()).isZero();
  }

  @Test
  void noOrderedTupleAndNoBehaviourIsInTwoSplits() {
    List<Problem> problems =
        Rows.collect(PROBLEMS, warehouse.read(PROBLEMS).filter("NOT family LIKE 'atom%'"));
    Map<String, Set<String>> splits =
        problems.stream()
            .collect(
                Collectors.groupingBy(
                    p -> p.atomIds().toString(),
                    Collectors.mapping(Problem::split, Collectors.toSet())));
    assertThat(splits.values()).allSatisfy(s -> assertThat(s).hasSize(1));
    assertThat(problems.stream().map(Problem::fingerprint).distinct().count())
        .isEqualTo(problems.size());
  }

  @Test
  void aConstraintStopsARowThatCannotBe() {
    Dataset<Row> wrong =
        warehouse
            .read(PROBLEMS)
            .filter("family = 'atom'")
            .limit(1)
            .withColumn("graph_hash", org.apache.spark.sql.functions.lit("another"))
            .withColumn("fingerprint", org.apache.spark.sql.functions.lit("another"))
            .withColumn("split", org.apache.spark.sql.functions.lit("exam"));
    assertThatThrownBy(() -> warehouse.replace(PROBLEMS, "split = 'exam'", wrong))
        .hasStackTraceContaining("CHECK constraint split_");
  }

  @Test
  void theReportAndTheAnswerAreWritten() throws Exception {
    assertThat(Files.readString(Path.of(summary.report()))).contains("<svg").contains("</html>");
    assertThat(summary.answer()).contains("SFT").contains("RL");
    assertThat(summary.queries()).contains("composite_b").contains("after_rl");
  }

  @Test
  void theSourceOfEveryFigureGivesRows() throws Exception {
    for (Path page : List.of(Path.of(summary.report()), compare("runs=sft,rl"))) {
      Matcher sources =
          Pattern.compile("(?s)<code class=\"sql\">(.*?)</code>").matcher(Files.readString(page));
      List<String> queries =
          sources
              .results()
              .map(m -> m.group(1).replace("&#39;", "'").replace("&gt;", ">"))
              .toList();
      assertThat(queries).hasSizeGreaterThan(5);
      for (String sql : queries) {
        assertThat(Query.run(warehouse, new Query.Config("", sql, Format.TABLE, 1, "")).rows())
            .as(sql)
            .isPositive();
      }
    }
  }

  private static Path compare(String runs) {
    Run run = Run.of(WriteReport.JOB, "warehouse=" + folder.resolve("two"), runs);
    assertThat(run.status()).as(run.err()).isZero();
    return folder.resolve("two/_files/report/comparison.html");
  }

  @Test
  void runsAreComparedOnOnePage() throws Exception {
    assertThat(Files.readString(compare("runs=[sft, rl]")))
        .contains("<h1>SFT and RL compared</h1>")
        .contains("Compared with SFT on the first try, RL")
        .contains("WHERE run_id IN (&#39;after_rl&#39;, &#39;after_sft&#39;)") // not before_sft
        .contains("<th scope=\"row\">optimizer.learning_rate</th>")
        .containsPattern("data-set=\"b_test\" data-arm0=\"\\w+\" data-arm1=\"\\w+\"");
    assertThat(Files.readString(compare("runs=after_*"))).contains("<h1>After RL and after SFT");
    assertRefused(
        WriteReport.JOB,
        "runs: no training run and no evaluation is named slf; the nearest",
        "runs=sft,slf");
  }

  @Test
  void theArmsOfAnExperimentAreComparedByTheirEvaluations() throws Exception {
    ReportData data =
        new Comparison("Arms", 17, Language.EN, 1)
            .ofEvaluations(
                warehouse,
                List.of(
                    new ReportData.Run("after_sft", "SFT alone", 17),
                    new ReportData.Run("after_rl", "with RL", 17)));
    assertThat(Report.html(data))
        .contains("<h1>Arms</h1>", "Compared with SFT alone on the first try, with RL ")
        .contains("Run sft trained on", "Run rl trained on")
        .contains("<th scope=\"row\">optimizer.learning_rate</th>");
  }

  @Test
  void theReportTellsWhatWasTrainedOn() {
    assertThat(summary.answer())
        .containsPattern("Run sft trained on \\d+ examples of atom, \\d+ of composite_a\\.")
        .containsPattern("Run rl trained on its own completions for \\d+ prompts of [^;\\n]+\\.\n");
  }

  @Test
  void aSecondRunSkipsWhatIsDone() throws Exception {
    Map<String, Long> before = versions();
    TinyPipeline.run(folder.resolve("two"), "partitions=2");
    assertThat(versions()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void resultsDoNotDependOnThePartitionCount(int partitions) throws Exception {
    String cut = "partitions-" + partitions;
    TinyPipeline.run(folder.resolve(cut), "partitions=" + partitions);
    Warehouse other =
        TinyPipeline.warehouse(folder.resolve(cut), TinyPipeline.loader(folder.resolve(cut)));
    for (Table<?> table : List.of(PROBLEMS, REJECTIONS, SEQUENCES, ROLLOUTS, EVALUATIONS)) {
      assertThat(rows(other, table)).as(table.name()).isEqualTo(rows(warehouse, table));
    }
    String verdict = "solution_id, outcome, passed, total, detail";
    assertThat(other.read(VERDICTS).selectExpr(verdict.split(", ")).collectAsList())
        .containsExactlyInAnyOrderElementsOf(
            warehouse.read(VERDICTS).selectExpr(verdict.split(", ")).collectAsList());
    Map<String, Double> metrics = metrics(warehouse);
    assertThat(metrics).isNotEmpty();
    metrics(other)
        .forEach(
            (name, value) -> assertThat(value).as(name).isCloseTo(metrics.get(name), within(1e-5)));
    String weights = "_files/checkpoints/rl/step-2/model.safetensors";
    assertThat(folder.resolve(cut).resolve(weights))
        .hasSameBinaryContentAs(folder.resolve("two").resolve(weights));
  }

  @ParameterizedTest
  @CsvSource({
    "model.safetensors, flip, model.safetensors is damaged",
    "model.safetensors, cut, model.safetensors has ",
    "tokenizer.json, drop, tokenizer.json is missing",
    "config.json, drop, config.json",
    "MANIFEST.json, cut, MANIFEST.json is missing or not what table checkpoints says",
    "MANIFEST.json, drop, MANIFEST.json is missing or not what table checkpoints says"
  })
  void aDamagedCheckpointIsRefusedAndNamed(String name, String damage, String message)
      throws Exception {
    Path file = folder.resolve("two/_files/checkpoints/rl/step-1").resolve(name);
    byte[] whole = Files.readAllBytes(file);
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 1;
    switch (damage) {
      case "flip" -> Files.write(file, flipped);
      case "cut" -> Files.write(file, Arrays.copyOf(whole, whole.length / 2));
      default -> Files.delete(file);
    }
    try {
      assertRefused(Evaluate.JOB, message, "checkpoint=rl/step-1");
    } finally {
      Files.write(file, whole);
    }
  }

  @Test
  void aJobWithoutPythonEndsBeforeItsWork() {
    assertRefused(SynthesizeProblems.JOB, "/no/python", "sandbox.python=/no/python");
    assertRefused(Evaluate.JOB, "/no/python", "sandbox.python=/no/python");
    assertRefused(TrainRl.JOB, "/no/python", "sandbox.python=/no/python", "run_id=other");
  }

  private static <C extends Record & JobConfig> void assertRefused(
      Job<C> job, String message, String... words) {
    Map<String, Long> before = versions();
    List<String> all = new ArrayList<>(List.of(words));
    all.add("warehouse=" + folder.resolve("two"));
    Run run = Run.of(job, all.toArray(String[]::new));
    assertThat(run.status()).as(run.err()).isEqualTo(2);
    assertThat(run.said(job)).singleElement().asString().contains(message);
    assertThat(run.err()).doesNotContain("\tat ");
    assertThat(versions()).isEqualTo(before);
  }

  @Test
  void aFolderWithOtherThingsIsNoWarehouse() throws Exception {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("thesis.txt"), "mine");
    assertThatThrownBy(() -> TinyPipeline.warehouse(other, TinyPipeline.loader(other)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no Atomforge warehouse");
  }

  private static Map<String, Long> versions() {
    Map<String, Long> versions = new HashMap<>();
    Pipeline.JOB.writes().forEach(t -> versions.put(t.name(), warehouse.version(t)));
    return versions;
  }

  private static List<String> rows(Warehouse from, Table<?> table) {
    return from.read(table).toJSON().collectAsList().stream().sorted().toList();
  }

  private static Map<String, Double> metrics(Warehouse from) {
    Map<String, Double> metrics = new HashMap<>();
    for (StepMetric m : Rows.collect(STEP_METRICS, from.read(STEP_METRICS))) {
      if (!m.name().startsWith("timing_s/")
          && !List.of("perf/throughput", "perf/cache_hit_ratio").contains(m.name())) {
        metrics.put(m.runId() + " " + m.step() + " " + m.name(), m.value());
      }
    }
    return metrics;
  }
}
