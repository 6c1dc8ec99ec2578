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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The results of an experiment: greedy pass@1 of each arm on each problem set, over the seeds.
 *
 * @param arms what is compared; the first is what the others are compared with
 */
public record ExperimentTable(List<Arm> arms, List<Long> seeds) {
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

  /** The table with a line for each combination of an arm's variables. */
  public static ExperimentTable of(List<Arm> arms, List<Long> seeds) {
    return new ExperimentTable(arms.stream().flatMap(Arm::each).toList(), seeds);
  }

  /** The evaluations of the arms, arm by arm. */
  public List<Run> runs() {
    return arms.stream()
        .flatMap(arm -> seeds.stream().map(seed -> new Run(arm.evaluation(seed), arm.name(), seed)))
        .toList();
  }

  /**
   * A table whose cells have the mean over the seeds and the difference to the first arm, paired by
   * problem and by seed, each with its 95 % interval over seeds and problems, in percent; then the
   * means of the seeds one by one.
   *
   * @throws ConfigException if an evaluation is missing
   */
  public String markdown(List<EvaluationRow> rows) {
    TreeSet<String> sets = new TreeSet<>();
    List<Map<String, List<Map<String, Double>>>> passed = new ArrayList<>();
    for (Arm arm : arms) {
      Map<String, List<Map<String, Double>>> bySet = new TreeMap<>();
      for (long seed : seeds) {
        String run = arm.evaluation(seed);
        Map<String, Map<String, Double>> found =
            rows.stream()
                .filter(r -> r.runId().equals(run))
                .collect(
                    Collectors.groupingBy(
                        EvaluationRow::problemSet,
                        Collectors.toMap(
                            EvaluationRow::problemId, r -> r.greedyPassed() ? 100.0 : 0.0)));
        if (found.isEmpty()) {
          throw new ConfigException(
              "arms: table evaluations has no run '" + run + "' for arm " + arm.name());
        }
        found.forEach((set, of) -> bySet.computeIfAbsent(set, s -> new ArrayList<>()).add(of));
      }
      sets.addAll(bySet.keySet());
      passed.add(bySet);
    }
    StringBuilder text = new StringBuilder();
    text.append("Greedy pass@1 in percent: mean over the seeds ")
        .append(seeds)
        .append(", then the difference to the first line,\n")
        .append("each with its 95 % interval over seeds and problems.\n\n")
        .append(head(sets));
    for (int a = 0; a < passed.size(); a++) {
      text.append("| ").append(arms.get(a).name()).append(" |");
      for (String set : sets) {
        text.append(' ')
            .append(cell(passed.get(a).get(set), passed.get(0).get(set), a > 0))
            .append(" |");
      }
      text.append('\n');
    }
    text.append("\nSeed by seed:\n\n").append(head(sets));
    for (int a = 0; a < passed.size(); a++) {
      for (int s = 0; s < seeds.size(); s++) {
        text.append("| ").append(arms.get(a).name()).append(", ").append(seeds.get(s)).append(" |");
        for (String set : sets) {
          List<Map<String, Double>> of = passed.get(a).getOrDefault(set, List.of());
          text.append(
              s < of.size() ? String.format(Locale.ROOT, " %.1f |", mean(of.get(s))) : " |");
        }
        text.append('\n');
      }
    }
    return text.toString();
  }

  private static String head(Set<String> sets) {
    return "| | " + String.join(" | ", sets) + " |\n|---|" + "---|".repeat(sets.size()) + '\n';
  }

  private static String cell(
      @Nullable List<Map<String, Double>> seeds,
      @Nullable List<Map<String, Double>> first,
      boolean compared) {
    if (seeds == null) {
      return "";
    }
    Interval i = Hierarchical.mean(seeds);
    String cell = String.format(Locale.ROOT, "%.1f ± %.1f", i.mean(), i.high() - i.mean());
    if (!compared || first == null || first.size() != seeds.size()) {
      return cell;
    }
    List<Map<String, Double>> differences = new ArrayList<>();
    for (int s = 0; s < seeds.size(); s++) {
      Map<String, Double> control = first.get(s);
      Map<String, Double> of = new TreeMap<>();
      seeds
          .get(s)
          .forEach(
              (id, passed) -> {
                if (control.containsKey(id)) {
                  of.put(id, passed - control.get(id));
                }
              });
      differences.add(of);
    }
    if (differences.stream().anyMatch(Map::isEmpty)) {
      return cell;
    }
    Interval d = Hierarchical.mean(differences);
    return cell
        + String.format(Locale.ROOT, "; %+.1f (%+.1f to %+.1f)", d.mean(), d.low(), d.high());
  }

  private static double mean(Map<String, Double> problems) {
    return problems.values().stream().mapToDouble(v -> v).average().orElseThrow();
  }
}
