package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static io.atomforge.tables.Tables.STEP_METRICS;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.config.Operational;
import io.atomforge.dataset.Language;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.Counts;
import io.atomforge.jobs.pipeline.StageMarks;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.random.Seeds;
import io.atomforge.report.Report;
import io.atomforge.report.ReportData;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.Composer;
import io.atomforge.synthesis.Grammar;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.Table;
import io.atomforge.tables.Tables;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Draws the report from the tables: one HTML file that needs nothing else. */
public final class WriteReport {
  /**
   * See {@code conf/write-report.yaml}.
   *
   * @param stages run_ids of evaluations, in the order shown
   * @param runs run_ids of training, in the order shown
   * @param samplesPerSet problems shown with their completions
   */
  record Config(
      @Operational String warehouse,
      @Operational String files,
      long seed,
      Language promptLanguage,
      SandboxConfig sandbox,
      String title,
      List<String> stages,
      List<String> runs,
      int samplesPerSet)
      implements JobConfig {
    Config {
      Checks.atLeast(0, "samples_per_set", samplesPerSet);
    }
  }

  record Summary(String answer, String report) {}

  public static final Job<Config> JOB =
      new Job<>(
          "WriteReport",
          "one self-contained HTML file with the answer, curves and lineage",
          Config.class,
          List.of(
              EVALUATIONS,
              STEP_METRICS,
              CHECKPOINTS,
              PROBLEMS,
              REJECTIONS,
              ATOMS,
              SEQUENCES,
              ROLLOUTS),
          List.of(),
          WriteReport::run);

  private static final String FILE = "report/report.html";

  private WriteReport() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) throws Exception {
    FileStore store = FileStore.open(warehouse, config.files());
    List<EvaluationRow> evaluations =
        Warehouse.collect(EVALUATIONS, warehouse.read(EVALUATIONS)).stream()
            .filter(e -> config.stages().contains(e.runId()))
            .sorted(
                Comparator.comparing((EvaluationRow e) -> config.stages().indexOf(e.runId()))
                    .thenComparing(EvaluationRow::problemSet)
                    .thenComparing(EvaluationRow::problemId))
            .toList();
    Dataset<Row> all = warehouse.read(PROBLEMS);
    Dataset<Row> asked = warehouse.read(EVALUATIONS).select("problem_id").distinct();
    Map<String, Problem> problems = new TreeMap<>();
    Warehouse.collect(PROBLEMS, all.join(asked, "problem_id"))
        .forEach(p -> problems.put(p.problemId(), p));
    Map<String, Double> seconds = new LinkedHashMap<>(StageMarks.seconds(store));
    ReportData data =
        new ReportData(
            config.title(),
            config.seed(),
            config.stages(),
            evaluations.stream().map(WriteReport::evaluation).toList(),
            metrics(warehouse, config),
            TrainedOn.words(warehouse, config.runs()),
            Counts.of(warehouse.read(REJECTIONS), "stage"),
            kept(all),
            spaces(warehouse, config),
            samples(evaluations, problems, config),
            lineage(warehouse),
            effectiveConfigs(warehouse),
            environment(warehouse, config),
            seconds,
            seconds.values().stream().mapToDouble(Double::doubleValue).sum());
    store.write(FILE, Report.html(data));
    return new Summary(Report.answer(data), store.address(FILE));
  }

  private static ReportData.Evaluation evaluation(EvaluationRow e) {
    return new ReportData.Evaluation(
        e.runId(),
        e.problemSet(),
        e.problemId(),
        e.depth(),
        e.n(),
        e.c(),
        e.greedyPassed(),
        e.sampledOutcomes());
  }

  private static List<ReportData.Metric> metrics(Warehouse warehouse, Config config) {
    Dataset<Row> committed = SqlScope.rows(warehouse, View.COMMITTED_STEP_METRICS);
    return Warehouse.collect(STEP_METRICS, committed).stream()
        .filter(m -> config.runs().contains(m.runId()))
        .sorted(
            Comparator.comparing((StepMetric m) -> config.runs().indexOf(m.runId()))
                .thenComparing(StepMetric::step)
                .thenComparing(StepMetric::name))
        .map(m -> new ReportData.Metric(m.runId(), m.step(), m.name(), m.value()))
        .toList();
  }

  private static Map<String, Map<String, Long>> kept(Dataset<Row> problems) {
    Map<String, Map<String, Long>> kept = new TreeMap<>();
    for (Row row : problems.groupBy("family", "split").count().collectAsList()) {
      kept.computeIfAbsent(row.getString(0), f -> new TreeMap<>())
          .put(row.getString(1), row.getLong(2));
    }
    return kept;
  }

  private static Map<String, String> spaces(Warehouse warehouse, Config config) {
    var bases =
        Warehouse.collect(ATOMS, warehouse.read(ATOMS)).stream()
            .filter(a -> a.variant().equals("base"))
            .map(AtomRow::atom)
            .toList();
    return new Composer(bases, config.seed(), Grammar.CHAINS).counts();
  }

  /** Problems of each set but the atoms, chosen by a hash of their names. */
  private static List<ReportData.Sample> samples(
      List<EvaluationRow> evaluations, Map<String, Problem> problems, Config config) {
    Map<String, Map<String, List<EvaluationRow>>> bySet =
        evaluations.stream()
            .collect(
                Collectors.groupingBy(
                    EvaluationRow::problemSet,
                    TreeMap::new,
                    Collectors.groupingBy(EvaluationRow::problemId)));
    List<ReportData.Sample> samples = new ArrayList<>();
    bySet.forEach(
        (set, byProblem) ->
            byProblem.keySet().stream()
                .sorted(Comparator.comparingLong(id -> Seeds.derive(config.seed(), "sample", id)))
                .limit(config.samplesPerSet())
                .forEach(
                    id -> {
                      Problem problem = Objects.requireNonNull(problems.get(id), id);
                      List<ReportData.Completion> completions =
                          byProblem.getOrDefault(id, List.of()).stream()
                              .sorted(Comparator.comparing(e -> config.stages().indexOf(e.runId())))
                              .map(
                                  e ->
                                      new ReportData.Completion(
                                          e.runId(), e.greedyCompletion(), e.greedyOutcome()))
                              .toList();
                      samples.add(
                          new ReportData.Sample(
                              set,
                              config.promptLanguage().prompt(problem),
                              problem.referenceCall(),
                              completions));
                    }));
    return samples;
  }

  private static List<ReportData.TableState> lineage(Warehouse warehouse) throws Exception {
    List<ReportData.TableState> lineage = new ArrayList<>();
    for (Table<?> table : Tables.ALL) {
      if (warehouse.exists(table)) {
        List<String> provenances = warehouse.provenances(table, 1);
        JsonNode last =
            provenances.isEmpty()
                ? JobRunner.JSON.createObjectNode()
                : JobRunner.JSON.readTree(provenances.get(0));
        List<String> reads =
            last.path("reads").properties().stream()
                .map(e -> e.getKey() + "@" + e.getValue())
                .toList();
        lineage.add(
            new ReportData.TableState(
                table.name(),
                warehouse.read(table).count(),
                warehouse.version(table),
                last.path("job").asText("-"),
                reads));
      }
    }
    return lineage;
  }

  /** The effective config of the last write of each job and run, as the commits tell it. */
  private static String effectiveConfigs(Warehouse warehouse) throws Exception {
    Map<String, String> configs = new LinkedHashMap<>();
    for (Table<?> table : Tables.ALL) {
      if (warehouse.exists(table)) {
        for (String provenance : warehouse.lastProvenances(table)) {
          JsonNode node = JobRunner.JSON.readTree(provenance);
          String run = node.path("config").path("run_id").asText();
          configs.put(
              node.path("job").asText() + (run.isEmpty() ? "" : " " + run),
              JobRunner.JSON
                  .writerWithDefaultPrettyPrinter()
                  .writeValueAsString(node.path("config")));
        }
      }
    }
    return configs.entrySet().stream()
        .map(e -> e.getKey() + " " + e.getValue())
        .collect(Collectors.joining("\n\n"));
  }

  private static Map<String, String> environment(Warehouse warehouse, Config config) {
    Sandbox sandbox = config.sandbox().open(0);
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("Java", System.getProperty("java.version"));
    environment.put(
        "Spark", warehouse.spark().version() + " on " + warehouse.spark().sparkContext().master());
    environment.put("Python", sandbox.pythonVersion());
    environment.put("Sandbox isolation", sandbox.isolation().name());
    environment.put("Cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    environment.put("Git commit", warehouse.gitCommit());
    return environment;
  }
}
