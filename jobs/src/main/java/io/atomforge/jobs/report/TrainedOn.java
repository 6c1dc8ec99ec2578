package io.atomforge.jobs.report;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.SEQUENCES;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.Counts;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.plan.Plan;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.functions;

/** Which data each training run learned from, in words. */
final class TrainedOn {
  private TrainedOn() {}

  /**
   * @param runs run_ids
   * @return such as "Run sft" to "60 examples of composite_a and 150 of atom"; without the runs
   *     whose data is not recorded
   */
  static Map<String, String> words(Warehouse warehouse, List<String> runs) throws Exception {
    Map<String, Map<String, Long>> prompts = prompts(warehouse);
    Map<String, String> words = new LinkedHashMap<>();
    for (String run : runs) {
      String own =
          prompts.containsKey(run)
              ? "its own completions for " + list("prompts", prompts.get(run))
              : "";
      String data =
          Stream.of(own, examples(warehouse, run))
              .filter(part -> !part.isEmpty())
              .collect(Collectors.joining("; "));
      if (!data.isEmpty()) {
        words.put("Run " + run, data);
      }
    }
    return words;
  }

  /** Different problems of each family whose completions a run learned from. */
  private static Map<String, Map<String, Long>> prompts(Warehouse warehouse) {
    Map<String, Map<String, Long>> prompts = new TreeMap<>();
    if (warehouse.exists(ROLLOUTS) && warehouse.exists(CHECKPOINTS)) {
      SqlScope.rows(warehouse, View.COMMITTED_ROLLOUTS)
          .join(warehouse.read(PROBLEMS), "problem_id")
          .groupBy("run_id", "family")
          .agg(functions.countDistinct("problem_id"))
          .collectAsList()
          .forEach(
              row ->
                  prompts
                      .computeIfAbsent(row.getString(0), run -> new TreeMap<>())
                      .put(row.getString(1), row.getLong(2)));
    }
    return prompts;
  }

  /**
   * The examples of each family in the data set that the run's latest checkpoint names, as it was
   * then; empty if the run took no supervised step.
   */
  private static String examples(Warehouse warehouse, String run) throws Exception {
    for (String provenance : warehouse.provenances(CHECKPOINTS, Integer.MAX_VALUE)) {
      JsonNode commit = JobRunner.JSON.readTree(provenance);
      JsonNode version = commit.path("reads").path(SEQUENCES.name());
      if (commit.path("config").path("run_id").asText().equals(run) && version.isIntegralNumber()) {
        JsonNode plan = commit.path("config").path("plan");
        if (!plan.isMissingNode() && !JobRunner.JSON.treeToValue(plan, Plan.class).supervises()) {
          return ""; // it took its prompts from the data set
        }
        String dataset = commit.path("config").path("dataset").asText(DataSets.DEFAULT);
        return examples(warehouse.at(Map.of(SEQUENCES.name(), version.asLong())), version, dataset);
      }
    }
    return "";
  }

  private static String examples(Warehouse then, JsonNode version, String dataset)
      throws Exception {
    try {
      Map<String, Long> examples = Counts.of(DataSets.read(then, dataset), "mixture");
      examples.remove(Sequence.VALIDATION);
      return list("examples", examples);
    } catch (Exception e) { // Spark throws its AnalysisException undeclared
      if (e instanceof AnalysisException) {
        return "version " + version + " of the table sequences, which is no longer kept";
      }
      throw e;
    }
  }

  private static String list(String noun, Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "%,d of %s", e.getValue(), e.getKey()))
        .collect(Collectors.joining(", "))
        .replaceFirst(" ", " " + noun + " ");
  }
}
