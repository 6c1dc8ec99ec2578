package io.atomforge.jobs.pipeline;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Suggestion;
import io.atomforge.evaluation.Hierarchical;
import io.atomforge.evaluation.Interval;
import io.atomforge.evaluation.PassAtK;
import io.atomforge.report.ReportData.Run;
import io.atomforge.sandbox.Outcome;
import io.atomforge.tables.EvaluationRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The results of an experiment: pass rates of each arm on each problem set over the seeds, the
 * differences to the baselines, and what the training cost.
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
  public record Cost(double seconds, double tokens, long completions) {
    private static final Cost NONE = new Cost(0, 0, 0);
  }

  /**
   * A number of each problem.
   *
   * @param decimals shown
   */
  private record Measure(String name, int decimals, ToDoubleFunction<EvaluationRow> of) {
    static Measure percent(String name, ToDoubleFunction<EvaluationRow> share) {
      return new Measure(name + ", %", 1, row -> 100 * share.applyAsDouble(row));
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
   * For each measure a table of the means over the seeds, a table of the differences to each
   * baseline, paired by problem and by seed, and the means of the seeds one by one, with 95 %
   * intervals over seeds and problems. The last table has the costs.
   *
   * @param rows of table evaluations
   * @param costs by run_id of the training
   * @throws ConfigException if an evaluation is missing
   */
  public String markdown(List<EvaluationRow> rows, Map<String, Cost> costs) {
    Map<String, List<EvaluationRow>> byRun =
        rows.stream().collect(Collectors.groupingBy(EvaluationRow::runId));
    TreeSet<String> sets = new TreeSet<>();
    int samples = Integer.MAX_VALUE;
    boolean referenced = true;
    for (Arm arm : arms) {
      for (long seed : seeds) {
        List<EvaluationRow> found = byRun.getOrDefault(arm.evaluation(seed), List.of());
        if (found.isEmpty()) {
          throw new ConfigException(
              "arms: table evaluations has no run '"
                  + arm.evaluation(seed)
                  + "' for arm "
                  + arm.name());
        }
        for (EvaluationRow row : found) {
          sets.add(row.problemSet());
          samples = Math.min(samples, row.n());
          referenced &= row.referenceNll() > 0;
        }
      }
    }
    StringBuilder text = new StringBuilder();
    text.append("Means over the seeds ")
        .append(seeds.stream().map(String::valueOf).collect(Collectors.joining(", ")))
        .append(", with 95 % intervals over seeds and problems.\n");
    for (Measure measure : measures(samples, referenced)) {
      append(text, measure, sets, byRun);
    }
    text.append("\n## Cost of the last training of an arm, mean over the seeds\n\n")
        .append("| | minutes | tokens trained on | completions judged |\n|---|---|---|---|\n");
    for (Arm arm : arms) {
      List<Cost> of =
          seeds.stream()
              .map(seed -> of(byRun, arm, seed).get(0).checkpointId().split("/")[0])
              .map(run -> costs.getOrDefault(run, Cost.NONE))
              .toList();
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.1f | %,.0f | %,.0f |\n",
              arm.name(),
              of.stream().mapToDouble(Cost::seconds).average().orElse(0) / 60,
              of.stream().mapToDouble(Cost::tokens).average().orElse(0),
              of.stream().mapToLong(Cost::completions).average().orElse(0)));
    }
    return text.toString();
  }

  /**
   * Pass@1 of the samples, or of the greedy completions where there are fewer than two, as an SVG
   * file.
   *
   * @param rows of table evaluations, with all that {@link #markdown} needs
   */
  public String svg(List<EvaluationRow> rows) {
    Map<String, List<EvaluationRow>> byRun =
        rows.stream().collect(Collectors.groupingBy(EvaluationRow::runId));
    List<EvaluationRow> all =
        arms.stream()
            .flatMap(arm -> seeds.stream().flatMap(seed -> of(byRun, arm, seed).stream()))
            .toList();
    int samples = all.stream().mapToInt(EvaluationRow::n).min().orElse(0);
    Measure measure = measures(samples, false).get(samples < 2 ? 0 : 1);
    Map<String, Map<String, List<Map<String, Double>>>> values = values(measure, byRun);
    List<ExperimentFigure.Panel> panels =
        all.stream()
            .map(EvaluationRow::problemSet)
            .distinct()
            .sorted()
            .filter(set -> values.values().stream().allMatch(of -> of.containsKey(set)))
            .map(set -> new ExperimentFigure.Panel(set, figureRows(values, set)))
            .toList();
    String caption =
        measure.name() + ": means over the seeds, 95 % intervals, and a stroke for each seed";
    return new ExperimentFigure(caption, List.copyOf(values.keySet()), panels).svg();
  }

  private static List<ExperimentFigure.Row> figureRows(
      Map<String, Map<String, List<Map<String, Double>>>> values, String set) {
    return values.values().stream()
        .map(of -> of.getOrDefault(set, List.of()))
        .map(
            of ->
                new ExperimentFigure.Row(
                    Hierarchical.mean(of), of.stream().map(ExperimentTable::mean).toList()))
        .toList();
  }

  private static List<EvaluationRow> of(
      Map<String, List<EvaluationRow>> byRun, Arm arm, long seed) {
    return Objects.requireNonNull(byRun.get(arm.evaluation(seed)));
  }

  /** Greedy pass@1, and what the samples of each problem can say. */
  private static List<Measure> measures(int samples, boolean referenced) {
    List<Measure> measures = new ArrayList<>();
    measures.add(Measure.percent("Greedy pass@1", row -> row.greedyPassed() ? 1 : 0));
    int most = Integer.highestOneBit(Math.max(1, samples));
    for (int k : samples < 2 ? new int[0] : most < 4 ? new int[] {1} : new int[] {1, most}) {
      measures.add(
          Measure.percent("pass@" + k + " of samples", r -> PassAtK.estimate(r.n(), r.c(), k)));
    }
    String broken = Outcome.COMPILE_ERROR.name();
    measures.add(
        Measure.percent(
            "Greedy completions that parse", r -> r.greedyOutcome().equals(broken) ? 0 : 1));
    if (referenced) {
      measures.add(
          new Measure(
              "Negative log-likelihood of the reference, nats per token",
              3,
              EvaluationRow::referenceNll));
    }
    if (samples > 0) {
      measures.add(
          new Measure("Entropy of the samples, nats per token", 3, EvaluationRow::entropy));
    }
    return measures;
  }

  private void append(
      StringBuilder text,
      Measure measure,
      TreeSet<String> sets,
      Map<String, List<EvaluationRow>> byRun) {
    Map<String, Map<String, List<Map<String, Double>>>> values = values(measure, byRun);
    text.append("\n## ").append(measure.name()).append("\n\n").append(head("", sets));
    values.forEach(
        (arm, of) -> text.append(line(arm, sets, set -> interval(of.get(set), measure, ""))));
    for (String baseline : arms.size() > 1 ? baselines : List.<String>of()) {
      text.append('\n').append(head("difference to " + baseline, sets));
      Map<String, List<Map<String, Double>>> control = values.getOrDefault(baseline, Map.of());
      values.forEach(
          (arm, of) -> {
            if (!arm.equals(baseline)) {
              text.append(
                  line(
                      arm,
                      sets,
                      set -> interval(differences(of.get(set), control.get(set)), measure, "+")));
            }
          });
    }
    text.append('\n').append(head("seed by seed", sets));
    values.forEach(
        (arm, of) -> {
          for (int s = 0; s < seeds.size(); s++) {
            int place = s;
            text.append(
                line(
                    arm + ", " + seeds.get(s),
                    sets,
                    set -> {
                      List<Map<String, Double>> seed = of.getOrDefault(set, List.of());
                      return place < seed.size() ? number(mean(seed.get(place)), measure, "") : "";
                    }));
          }
        });
  }

  /** By arm and by problem set the values of the problems for each seed. */
  private Map<String, Map<String, List<Map<String, Double>>>> values(
      Measure measure, Map<String, List<EvaluationRow>> byRun) {
    Map<String, Map<String, List<Map<String, Double>>>> values = new LinkedHashMap<>();
    for (Arm arm : arms) {
      Map<String, List<Map<String, Double>>> bySet = new TreeMap<>();
      for (long seed : seeds) {
        of(byRun, arm, seed).stream()
            .collect(
                Collectors.groupingBy(
                    EvaluationRow::problemSet,
                    Collectors.toMap(
                        EvaluationRow::problemId, row -> measure.of().applyAsDouble(row))))
            .forEach((set, of) -> bySet.computeIfAbsent(set, s -> new ArrayList<>()).add(of));
      }
      values.put(arm.name(), bySet);
    }
    return values;
  }

  private static String head(String corner, Set<String> sets) {
    return line(corner, sets, set -> set) + "|---|" + "---|".repeat(sets.size()) + '\n';
  }

  private static String line(String first, Set<String> sets, UnaryOperator<String> cell) {
    return "| "
        + first
        + sets.stream().map(set -> " | " + cell.apply(set)).collect(Collectors.joining())
        + " |\n";
  }

  private static String interval(
      @Nullable List<Map<String, Double>> seeds, Measure measure, String sign) {
    if (seeds == null) {
      return "";
    }
    Interval i = Hierarchical.mean(seeds);
    return number(i.mean(), measure, sign) + " ± " + number(i.high() - i.mean(), measure, "");
  }

  private static String number(double value, Measure measure, String sign) {
    return String.format(Locale.ROOT, "%" + sign + "." + measure.decimals() + "f", value);
  }

  /** Of the problems that both were asked; null if there are none for a seed. */
  private static @Nullable List<Map<String, Double>> differences(
      @Nullable List<Map<String, Double>> of, @Nullable List<Map<String, Double>> control) {
    if (of == null || control == null || of.size() != control.size()) {
      return null;
    }
    List<Map<String, Double>> differences = new ArrayList<>();
    for (int s = 0; s < of.size(); s++) {
      Map<String, Double> subtracted = control.get(s);
      Map<String, Double> difference = new TreeMap<>();
      of.get(s)
          .forEach(
              (id, value) -> {
                Double other = subtracted.get(id);
                if (other != null) {
                  difference.put(id, value - other);
                }
              });
      differences.add(difference);
    }
    return differences.stream().anyMatch(Map::isEmpty) ? null : differences;
  }

  private static double mean(Map<String, Double> problems) {
    return problems.values().stream().mapToDouble(v -> v).average().orElseThrow();
  }
}
