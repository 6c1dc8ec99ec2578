package io.atomforge.jobs.pipeline;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Suggestion;
import io.atomforge.evaluation.Hierarchical;
import io.atomforge.evaluation.Interval;
import io.atomforge.report.ReportData.Run;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.ExperimentRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an experiment compares, and the results: measures of each arm on each problem set over the
 * seeds, the differences to the baselines, and what the training cost.
 *
 * @param arms what is compared
 * @param baselines names of the arms that the others are compared with
 */
public record ExperimentTable(List<Arm> arms, List<Long> seeds, List<String> baselines) {
  /**
   * One line of the table.
   *
   * @param evaluation run_id of table evaluations, with {@link #SEED}
   * @param forEach the values of variables, for each combination of which there is a line
   */
  public record Arm(String name, String evaluation, List<Map<String, JsonNode>> forEach) {
    private static final List<String> KEYS = List.of("name", "evaluation", "for_each");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Arm of(ObjectNode yaml) {
      for (Map.Entry<String, JsonNode> key : yaml.properties()) {
        if (!KEYS.contains(key.getKey())) {
          throw new IllegalArgumentException(
              "unknown key " + key.getKey() + Suggestion.of(key.getKey(), KEYS));
        }
      }
      for (String key : List.of("name", "evaluation")) {
        if (yaml.path(key).asText().isEmpty()) {
          throw new IllegalArgumentException("an arm needs the key " + key);
        }
      }
      return new Arm(
          yaml.path("name").asText(),
          yaml.path("evaluation").asText(),
          ForEach.combinations(yaml.path("for_each")));
    }

    private Stream<Arm> each() {
      return forEach.stream()
          .map(
              v ->
                  new Arm(
                      ForEach.filled(name, v), ForEach.filled(evaluation, v), List.of(Map.of())));
    }

    private String evaluation(long seed) {
      return evaluation.replace(SEED, String.valueOf(seed));
    }
  }

  /** Stands for the seed in texts. */
  public static final String SEED = "$seed";

  /**
   * What the training of a checkpoint cost.
   *
   * @param seconds wall time of all steps
   * @param tokens that were trained on
   * @param completions that were sampled and judged
   */
  public record Cost(double seconds, double tokens, double completions) {
    private static final Cost NONE = new Cost(0, 0, 0);

    private static Cost mean(List<Cost> costs) {
      return new Cost(
          costs.stream().mapToDouble(Cost::seconds).average().orElse(0),
          costs.stream().mapToDouble(Cost::tokens).average().orElse(0),
          costs.stream().mapToDouble(Cost::completions).average().orElse(0));
    }
  }

  /**
   * The table with a line for each combination of an arm's variables.
   *
   * @param baselines names of arms; empty for the first arm
   * @throws ConfigException if there is no arm of such a name
   */
  public static ExperimentTable of(List<Arm> arms, List<Long> seeds, List<String> baselines) {
    List<Arm> all = arms.stream().flatMap(Arm::each).toList();
    List<String> names = all.stream().map(Arm::name).toList();
    for (String baseline : baselines) {
      if (!names.contains(baseline)) {
        throw new ConfigException(
            "baselines: there is no arm '" + baseline + "'" + Suggestion.of(baseline, names));
      }
    }
    return new ExperimentTable(
        all, seeds, baselines.isEmpty() ? names.subList(0, Math.min(1, names.size())) : baselines);
  }

  /** The evaluations of the arms, arm by arm. */
  public List<Run> runs() {
    return arms.stream()
        .flatMap(arm -> seeds.stream().map(seed -> new Run(arm.evaluation(seed), arm.name(), seed)))
        .toList();
  }

  /**
   * The mean of each arm over the seeds and its difference to each baseline, paired by problem and
   * by seed, for each measure and problem set, with 95 % intervals over seeds and problems.
   *
   * @param experiment name of the experiment
   * @param rows of table evaluations
   * @throws ConfigException if an evaluation is missing
   */
  public List<ExperimentRow> results(String experiment, List<EvaluationRow> rows) {
    Map<String, List<EvaluationRow>> byRun =
        rows.stream().collect(Collectors.groupingBy(EvaluationRow::runId));
    List<EvaluationRow> all = new ArrayList<>();
    for (Arm arm : arms) {
      for (long seed : seeds) {
        List<EvaluationRow> found = byRun.get(arm.evaluation(seed));
        if (found == null) {
          throw new ConfigException(
              "arms: table evaluations has no run '"
                  + arm.evaluation(seed)
                  + "' for arm "
                  + arm.name());
        }
        all.addAll(found);
      }
    }
    List<String> sets = all.stream().map(EvaluationRow::problemSet).distinct().sorted().toList();
    List<ExperimentRow> results = new ArrayList<>();
    for (Measure measure : Measure.of(all)) {
      for (String set : sets) {
        Map<String, List<Map<String, Double>>> values = new LinkedHashMap<>();
        for (Arm arm : arms) {
          List<Map<String, Double>> of = new ArrayList<>();
          for (long seed : seeds) {
            of.add(
                byRun.getOrDefault(arm.evaluation(seed), List.of()).stream()
                    .filter(row -> row.problemSet().equals(set))
                    .collect(Collectors.toMap(EvaluationRow::problemId, measure.value())));
          }
          values.put(arm.name(), of);
        }
        for (Arm arm : arms) {
          List<Map<String, Double>> of = values.getOrDefault(arm.name(), List.of());
          add(results, experiment, measure, set, arm, "", of);
          for (String baseline : baselines) {
            if (!baseline.equals(arm.name())) {
              List<Map<String, Double>> control = values.getOrDefault(baseline, List.of());
              add(results, experiment, measure, set, arm, baseline, differences(of, control));
            }
          }
        }
      }
    }
    return results;
  }

  /** Nothing where a seed has no problem. */
  private void add(
      List<ExperimentRow> results,
      String experiment,
      Measure measure,
      String set,
      Arm arm,
      String baseline,
      List<Map<String, Double>> values) {
    if (values.stream().anyMatch(Map::isEmpty)) {
      return;
    }
    Interval interval = Hierarchical.mean(values);
    results.add(
        new ExperimentRow(
            experiment,
            measure.name(),
            set,
            arm.name(),
            baseline,
            interval.mean(),
            interval.low(),
            interval.high(),
            values.stream()
                .map(of -> of.values().stream().mapToDouble(v -> v).average().orElseThrow())
                .toList(),
            seeds,
            seeds.stream().map(arm::evaluation).toList()));
  }

  /** Of the problems that both were asked, for each seed. */
  private static List<Map<String, Double>> differences(
      List<Map<String, Double>> of, List<Map<String, Double>> control) {
    List<Map<String, Double>> differences = new ArrayList<>();
    for (int s = 0; s < of.size(); s++) {
      Map<String, Double> difference = new TreeMap<>(of.get(s));
      difference.keySet().retainAll(control.get(s).keySet());
      control.get(s).forEach((id, value) -> difference.computeIfPresent(id, (i, v) -> v - value));
      differences.add(difference);
    }
    return differences;
  }

  /**
   * What the last training of each arm cost.
   *
   * @param rows of table evaluations
   * @param costs by run_id of the training
   */
  public Map<String, Cost> costs(List<EvaluationRow> rows, Map<String, Cost> costs) {
    Map<String, String> trained = new HashMap<>();
    rows.forEach(row -> trained.putIfAbsent(row.runId(), row.checkpointId().split("/")[0]));
    Map<String, Cost> ofArms = new LinkedHashMap<>();
    for (Arm arm : arms) {
      List<Cost> of =
          seeds.stream()
              .map(seed -> trained.getOrDefault(arm.evaluation(seed), ""))
              .map(run -> costs.getOrDefault(run, Cost.NONE))
              .toList();
      ofArms.put(arm.name(), Cost.mean(of));
    }
    return ofArms;
  }
}
