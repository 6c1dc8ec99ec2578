package io.atomforge.jobs.pipeline;

import io.atomforge.evaluation.Hierarchical;
import io.atomforge.evaluation.Interval;
import io.atomforge.jobs.pipeline.ExperimentTable.Arm;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.ExperimentRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Makes the rows of table {@code experiments} from the evaluations of an experiment's arms. */
final class ExperimentRows {
  /** The problem set of a row that is about all tasks of a sequence. */
  private static final String TASKS = "tasks";

  private final String experiment;
  private final ExperimentTable table;
  private final Evaluations evaluations;
  private final List<ExperimentRow> made = new ArrayList<>();

  /**
   * @param experiment name of the experiment
   * @param evaluations with all runs of the arms
   */
  ExperimentRows(String experiment, ExperimentTable table, Evaluations evaluations) {
    this.experiment = experiment;
    this.table = table;
    this.evaluations = evaluations;
  }

  List<ExperimentRow> all() {
    List<EvaluationRow> rows =
        table.evaluated().stream().flatMap(run -> evaluations.of(run).stream()).toList();
    List<String> sets = rows.stream().map(EvaluationRow::problemSet).distinct().sorted().toList();
    List<Measure> measures = Measure.of(rows);
    for (Measure measure : measures) {
      for (String set : sets) {
        compared(
            measure.name(),
            set,
            table.arms(),
            runs -> Grouped.of(evaluations.values(last(runs), set, measure)));
      }
    }
    Measure accuracy = Measure.accuracy(measures);
    if (!table.tasks().isEmpty()) {
      ofTasks(accuracy);
    }
    table.fitted().ifPresent(fit -> sets.forEach(set -> fitted(fit, accuracy, set)));
    return made;
  }

  /**
   * With a(j, i) for the accuracy on task i after task j, and T tasks: the mean of a(T, i) over all
   * tasks, and the mean of a(T, i) - a(i, i) over the tasks before the last. Lai et al. 2025
   * (arXiv:2507.05386).
   */
  private void ofTasks(Measure measure) {
    List<String> tasks = table.tasks();
    compared(
        "average accuracy of the tasks by " + measure.quantity() + ", %",
        TASKS,
        table.arms(),
        runs -> accuracies(i -> last(runs), tasks, measure));
    List<String> earlier = tasks.subList(0, tasks.size() - 1);
    compared(
        "forgetting measure (negative: forgotten) by " + measure.quantity() + ", points",
        TASKS,
        table.arms().stream().filter(arm -> !arm.sequence().isEmpty()).toList(),
        runs ->
            accuracies(i -> last(runs), earlier, measure)
                .minus(accuracies(runs::get, earlier, measure)));
  }

  private Grouped accuracies(IntFunction<String> run, List<String> tasks, Measure measure) {
    return new Grouped(
        IntStream.range(0, tasks.size())
            .mapToObj(i -> evaluations.values(run.apply(i), tasks.get(i), measure))
            .toList());
  }

  private static String last(List<String> runs) {
    return runs.get(runs.size() - 1);
  }

  /**
   * Adds the arms and their differences to the baselines.
   *
   * @param value of an arm's evaluations at one seed
   */
  private void compared(
      String measure, String set, List<Arm> arms, Function<List<String>, Grouped> value) {
    Map<String, List<Grouped>> values = new LinkedHashMap<>();
    for (Arm arm : arms) {
      values.put(
          arm.name(),
          table.seeds().stream().map(seed -> value.apply(arm.evaluations(seed))).toList());
    }
    for (Arm arm : arms) {
      List<String> runs = table.seeds().stream().map(seed -> last(arm.evaluations(seed))).toList();
      List<Grouped> of = values.getOrDefault(arm.name(), List.of());
      add(measure, set, arm.name(), "", of, runs);
      for (String baseline : table.baselines()) {
        List<Grouped> control = values.getOrDefault(baseline, List.of());
        if (!baseline.equals(arm.name()) && !control.isEmpty()) {
          List<Grouped> differences =
              IntStream.range(0, of.size()).mapToObj(s -> of.get(s).minus(control.get(s))).toList();
          add(measure, set, arm.name(), baseline, differences, runs);
        }
      }
    }
  }

  private void fitted(ArmFit fit, Measure measure, String set) {
    List<List<String>> runs =
        table.seeds().stream()
            .map(seed -> fit.arms().stream().map(arm -> last(arm.evaluations(seed))).toList())
            .toList();
    List<Map<String, Map<String, Double>>> seeds =
        runs.stream()
            .map(of -> of.stream().map(run -> evaluations.values(run, set, measure)).toList())
            .map(fit::coefficients)
            .toList();
    List<String> joined = runs.stream().map(of -> String.join(",", of)).toList();
    String name = "fit " + fit.formula() + " of " + measure.quantity() + ", points";
    for (String coefficient : ArmFit.COEFFICIENTS.keySet()) {
      List<Grouped> of =
          seeds.stream().map(s -> Grouped.of(s.getOrDefault(coefficient, Map.of()))).toList();
      add(name, set, coefficient, "", of, joined);
    }
  }

  /** Nothing where a seed has no problem. */
  private void add(
      String measure,
      String set,
      String arm,
      String baseline,
      List<Grouped> seeds,
      List<String> runs) {
    if (!seeds.stream().allMatch(Grouped::complete)) {
      return;
    }
    Interval interval = Hierarchical.mean(seeds.stream().map(Grouped::problems).toList());
    made.add(
        new ExperimentRow(
            experiment,
            measure,
            set,
            arm,
            baseline,
            interval.mean(),
            interval.low(),
            interval.high(),
            seeds.stream().map(Grouped::mean).toList(),
            table.seeds(),
            runs));
  }
}
