package io.atomforge.jobs.report;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.dataset.Language;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.Counts;
import io.atomforge.jobs.pipeline.StageMarks;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.report.ReportData;
import io.atomforge.report.ReportData.Kind;
import io.atomforge.report.ReportData.Run;
import io.atomforge.report.SeedSpread;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.Composer;
import io.atomforge.synthesis.Grammar;
import io.atomforge.synthesis.Halves;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Table;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;

/**
 * What the report says of the stages of one run.
 *
 * @param stages run_ids of evaluations, in the order shown
 * @param samplesPerSet problems of each set whose completions are shown
 * @param seedSpread what other runs of the configuration have shown
 */
public record RunReport(
    String title,
    long seed,
    List<String> stages,
    Language language,
    int samplesPerSet,
    SeedSpread seedSpread,
    SandboxConfig sandbox) {
  /**
   * @param store has the marks of the pipeline
   */
  public ReportData data(Warehouse warehouse, FileStore store) throws Exception {
    ReportTables tables = new ReportTables(warehouse, seed, language, samplesPerSet);
    List<Run> evaluated = stages.stream().map(stage -> new Run(stage, stage, seed)).toList();
    List<EvaluationRow> rows = tables.rows(evaluated);
    List<Run> trained = trained(tables);
    return new ReportData(
        Kind.RUN,
        title,
        seed,
        seedSpread,
        evaluated,
        tables.evaluations(evaluated, rows),
        trained,
        tables.metrics(trained),
        TrainedOn.words(warehouse, trained.stream().map(Run::id).toList()),
        Map.of(),
        Counts.of(warehouse.read(REJECTIONS), "stage"),
        kept(warehouse),
        spaces(warehouse),
        tables.samples(evaluated, rows),
        lineage(warehouse),
        effectiveConfigs(warehouse),
        environment(warehouse),
        StageMarks.seconds(store));
  }

  /** The runs that trained the stages' models; where no stage was evaluated, every run. */
  private List<Run> trained(ReportTables tables) {
    Map<String, String> stageOf = new LinkedHashMap<>();
    List<ReportTables.Evaluated> all = tables.evaluated();
    for (String stage : stages) {
      all.stream()
          .filter(e -> e.runId().equals(stage) && !e.trainedBy().isEmpty())
          .forEach(e -> stageOf.put(e.trainedBy(), stage));
    }
    if (stageOf.isEmpty()) {
      tables.trained().forEach(run -> stageOf.put(run, run));
    }
    List<Run> trained = new ArrayList<>();
    stageOf.forEach((run, stage) -> trained.add(new Run(run, stage, seed)));
    return trained;
  }

  private static Map<String, Map<String, Long>> kept(Warehouse warehouse) {
    Map<String, Map<String, Long>> kept = new TreeMap<>();
    for (Row row : warehouse.read(PROBLEMS).groupBy("family", "split").count().collectAsList()) {
      kept.computeIfAbsent(row.getString(0), f -> new TreeMap<>())
          .put(row.getString(1), row.getLong(2));
    }
    return kept;
  }

  private Map<String, String> spaces(Warehouse warehouse) {
    Halves halves = AtomRow.halves(Rows.collect(ATOMS, warehouse.read(ATOMS)), seed);
    return new Composer(halves.all(), halves, seed, Grammar.CHAINS).counts();
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

  private Map<String, String> environment(Warehouse warehouse) {
    Sandbox runner = sandbox.open(0);
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("Java", System.getProperty("java.version"));
    environment.put(
        "Spark", warehouse.spark().version() + " on " + warehouse.spark().sparkContext().master());
    environment.put("Python", runner.pythonVersion());
    environment.put("Sandbox isolation", runner.isolation().name());
    environment.put("Cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    environment.put("Git commit", warehouse.gitCommit());
    return environment;
  }
}
