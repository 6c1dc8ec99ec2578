package io.atomforge.jobs.report;

import static io.atomforge.tables.Tables.CHECKPOINTS;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Suggestion;
import io.atomforge.dataset.Language;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.report.ReportTables.Evaluated;
import io.atomforge.report.ReportData;
import io.atomforge.report.ReportData.Kind;
import io.atomforge.report.ReportData.Run;
import io.atomforge.report.SeedSpread;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the report says of several arms beside each other, each of which is one run or the same run
 * with several seeds. The first arm is what the others are compared with.
 *
 * @param samplesPerSet problems of each set whose completions are shown
 */
public record Comparison(String title, long seed, Language language, int samplesPerSet) {
  /** Keys whose values tell runs apart and not what they do. */
  private static final List<String> NAMES = List.of("run_id", "seed", "warehouse", "files");

  /**
   * @param runs run_ids of training runs, of which the last evaluated checkpoint counts, or of
   *     evaluations; * stands for any letters. Names that differ in their run's seed alone, such as
   *     grpo-17 and grpo-18, are one arm.
   * @throws ConfigException if a name fits no run, or a checkpoint was evaluated twice
   */
  public ReportData of(Warehouse warehouse, List<String> runs) throws Exception {
    ReportTables tables = tables(warehouse);
    Map<String, JsonNode> configs = configs(warehouse);
    List<Evaluated> all = tables.evaluated();
    List<String> trainings = tables.trained();
    TreeSet<String> known = new TreeSet<>(trainings);
    all.forEach(e -> known.add(e.runId()));
    List<Run> evaluated = new ArrayList<>();
    List<Run> trained = new ArrayList<>();
    Set<String> asked = new HashSet<>();
    Set<String> taken = new HashSet<>();
    for (String name : runs) {
      Pattern fits = Pattern.compile(Pattern.quote(name).replace("*", "\\E.*\\Q"));
      List<String> found = known.stream().filter(k -> fits.matcher(k).matches()).toList();
      if (found.isEmpty()) {
        throw new ConfigException(
            "runs: no training run and no evaluation is named "
                + name
                + Suggestion.of(name, known));
      }
      for (String id : found.stream().filter(asked::add).toList()) {
        List<Evaluated> own = all.stream().filter(e -> e.runId().equals(id)).toList();
        List<Evaluated> of = own.isEmpty() ? last(all, id) : own;
        String run = own.isEmpty() ? id : own.get(0).trainedBy();
        long seedOf =
            configs.getOrDefault(run, JobRunner.JSON.createObjectNode()).path("seed").asLong(seed);
        String shared = id.replaceFirst("[-_.](s|seed)?" + seedOf + "(?=[-_.]|$)", "");
        String arm = taken.add(shared + "/" + seedOf) ? shared : id;
        of.stream().limit(1).forEach(e -> evaluated.add(new Run(e.runId(), arm, seedOf)));
        if (trainings.contains(run)) {
          trained.add(new Run(run, arm, seedOf));
        }
      }
    }
    return data(warehouse, evaluated, trained);
  }

  /** The evaluation of a run's last evaluated checkpoint. */
  private static List<Evaluated> last(List<Evaluated> all, String run) {
    long step =
        all.stream()
            .filter(e -> e.trainedBy().equals(run))
            .mapToLong(Evaluated::step)
            .max()
            .orElse(-1);
    List<Evaluated> last =
        all.stream().filter(e -> e.trainedBy().equals(run) && e.step() == step).toList();
    if (last.size() > 1) {
      throw new ConfigException(
          "runs: step %d of %s was evaluated more than once; name one of the evaluations instead: %s"
              .formatted(
                  step, run, String.join(", ", last.stream().map(Evaluated::runId).toList())));
    }
    return last;
  }

  /**
   * @param evaluated run_ids of evaluations with their arms, the arms in the order shown
   */
  public ReportData ofEvaluations(Warehouse warehouse, List<Run> evaluated) throws Exception {
    Map<String, String> trainedBy = new HashMap<>();
    tables(warehouse).evaluated().forEach(e -> trainedBy.put(e.runId(), e.trainedBy()));
    List<Run> trained =
        evaluated.stream()
            .filter(run -> !trainedBy.getOrDefault(run.id(), "").isEmpty())
            .map(run -> new Run(trainedBy.getOrDefault(run.id(), ""), run.arm(), run.seed()))
            .toList();
    return data(warehouse, evaluated, trained);
  }

  private ReportTables tables(Warehouse warehouse) {
    return new ReportTables(warehouse, seed, language, samplesPerSet);
  }

  private ReportData data(Warehouse warehouse, List<Run> evaluated, List<Run> trained)
      throws Exception {
    ReportTables tables = tables(warehouse);
    List<EvaluationRow> rows = tables.rows(evaluated);
    Map<String, Run> first = new TreeMap<>();
    trained.forEach(run -> first.putIfAbsent(run.arm(), run));
    List<String> firsts = trained.stream().filter(first::containsValue).map(Run::id).toList();
    return new ReportData(
        Kind.COMPARISON,
        title,
        seed,
        SeedSpread.NONE,
        evaluated,
        tables.evaluations(evaluated, rows),
        trained,
        tables.metrics(trained),
        TrainedOn.words(warehouse, firsts),
        settings(configs(warehouse), firsts),
        Map.of(),
        Map.of(),
        Map.of(),
        tables.samples(evaluated, rows),
        List.of(),
        "",
        Map.of(),
        Map.of());
  }

  /** The config of each training run, by run_id. */
  private static Map<String, JsonNode> configs(Warehouse warehouse) throws Exception {
    Map<String, JsonNode> configs = new HashMap<>();
    for (String text :
        warehouse.exists(CHECKPOINTS)
            ? warehouse.lastProvenances(CHECKPOINTS)
            : List.<String>of()) {
      JsonNode config = JobRunner.JSON.readTree(text).path("config");
      configs.put(config.path("run_id").asText(), config);
    }
    return configs;
  }

  /** Keys that two runs have with different values, or that only some runs of one kind have. */
  private static Map<String, List<String>> settings(
      Map<String, JsonNode> configs, List<String> runs) {
    List<Map<String, String>> flat = new ArrayList<>();
    TreeSet<String> keys = new TreeSet<>();
    for (String run : runs) {
      Map<String, String> values = new TreeMap<>();
      flatten("", configs.getOrDefault(run, JobRunner.JSON.createObjectNode()), values);
      flat.add(values);
      keys.addAll(values.keySet());
    }
    Map<String, List<String>> settings = new TreeMap<>();
    for (String key : keys) {
      List<String> values = flat.stream().map(v -> v.getOrDefault(key, "")).toList();
      if (values.stream().filter(v -> !v.isEmpty()).distinct().count() > 1) {
        settings.put(key, values);
      }
    }
    return settings;
  }

  private static void flatten(String prefix, JsonNode node, Map<String, String> values) {
    node.properties()
        .forEach(
            field -> {
              String key = prefix + field.getKey();
              if (field.getValue().isObject()) {
                flatten(key + ".", field.getValue(), values);
              } else if (!NAMES.contains(key)) {
                values.put(
                    key,
                    field.getValue().isValueNode()
                        ? field.getValue().asText()
                        : field.getValue().toString());
              }
            });
  }
}
