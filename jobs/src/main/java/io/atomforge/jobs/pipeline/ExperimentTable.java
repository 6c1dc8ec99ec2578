package io.atomforge.jobs.pipeline;

import io.atomforge.config.ConfigException;
import io.atomforge.evaluation.Bootstrap;
import io.atomforge.evaluation.Interval;
import io.atomforge.evaluation.Student;
import io.atomforge.report.ReportData.Run;
import io.atomforge.tables.EvaluationRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
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
   */
  public record Arm(String name, String evaluation) {
    private String evaluation(long seed) {
      return evaluation.replace(SEED, String.valueOf(seed));
    }
  }

  /** Stands for the seed in texts. */
  public static final String SEED = "$seed";

  private static final Bootstrap BOOTSTRAP = new Bootstrap(10_000, 0.95);

  /** The evaluations of the arms, arm by arm. */
  public List<Run> runs() {
    return arms.stream()
        .flatMap(arm -> seeds.stream().map(seed -> new Run(arm.evaluation(seed), arm.name(), seed)))
        .toList();
  }

  /**
   * A table whose cells have the mean over the seeds with the 95 % interval over seeds, and below
   * it the difference to the first arm with the 95 % interval over problems, in percent.
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
        .append(" with its 95 % interval over seeds;\nthen the difference to the first line")
        .append(" with its 95 % bootstrap interval over problems.\n\n| |");
    sets.forEach(set -> text.append(' ').append(set).append(" |"));
    text.append("\n|---|").append("---|".repeat(sets.size())).append('\n');
    for (int a = 0; a < passed.size(); a++) {
      text.append("| ").append(arms.get(a).name()).append(" |");
      for (String set : sets) {
        text.append(' ')
            .append(cell(passed.get(a).get(set), passed.get(0).get(set), a > 0))
            .append(" |");
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String cell(
      @Nullable List<Map<String, Double>> seeds,
      @Nullable List<Map<String, Double>> first,
      boolean compared) {
    if (seeds == null) {
      return "";
    }
    double[] means = seeds.stream().mapToDouble(ExperimentTable::mean).toArray();
    Interval overSeeds = Student.mean(means);
    String cell =
        String.format(
            Locale.ROOT, "%.1f ± %.1f", overSeeds.mean(), overSeeds.high() - overSeeds.mean());
    if (!compared || first == null || first.size() != seeds.size()) {
      return cell;
    }
    // A problem's value is the mean over the seeds that were asked it under both arms.
    Map<String, List<Double>> differences = new TreeMap<>();
    for (int s = 0; s < seeds.size(); s++) {
      Map<String, Double> control = first.get(s);
      seeds
          .get(s)
          .forEach(
              (id, passed) -> {
                if (control.containsKey(id)) {
                  differences
                      .computeIfAbsent(id, k -> new ArrayList<>())
                      .add(passed - control.get(id));
                }
              });
    }
    if (differences.isEmpty()) {
      return cell;
    }
    Interval d =
        BOOTSTRAP.mean(
            differences.values().stream()
                .mapToDouble(v -> v.stream().mapToDouble(x -> x).average().orElseThrow())
                .toArray(),
            0);
    return cell
        + String.format(Locale.ROOT, "; %+.1f (%+.1f to %+.1f)", d.mean(), d.low(), d.high());
  }

  private static double mean(Map<String, Double> problems) {
    return problems.values().stream().mapToDouble(v -> v).average().orElseThrow();
  }
}
