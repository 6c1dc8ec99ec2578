package io.atomforge.report;

import io.atomforge.evaluation.Bootstrap;
import io.atomforge.evaluation.Interval;
import io.atomforge.evaluation.PassAtK;
import io.atomforge.random.Seeds;
import io.atomforge.report.ReportData.Evaluation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The evaluations as means over problems with 95 % bootstrap intervals. */
final class Scores {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(10_000, 0.95);
  private static final List<String> KNOWN_SETS = List.of("atom", "a_test", "b_test", "c_test");

  /**
   * What is averaged.
   *
   * @param samples each problem needs at least so many
   */
  record Measure(String name, int samples, ToDoubleFunction<Evaluation> value) {
    static final Measure GREEDY = new Measure("greedy pass@1", 0, e -> e.greedyPassed() ? 1 : 0);

    static Measure passAt(int k) {
      return new Measure("pass@" + k, k, e -> PassAtK.estimate(e.n(), e.c(), k));
    }
  }

  private final long seed;
  private final List<String> stages;
  private final List<String> sets;
  private final Map<String, Map<String, Map<String, Evaluation>>> rows = new HashMap<>();
  private final Map<List<Object>, Interval> known = new HashMap<>();

  Scores(ReportData data) {
    seed = data.seed();
    Set<String> stageNames = new LinkedHashSet<>(data.stages());
    Set<String> setNames = new LinkedHashSet<>(KNOWN_SETS);
    for (Evaluation e : data.evaluations()) {
      stageNames.add(e.stage());
      setNames.add(e.problemSet());
      rows.computeIfAbsent(e.problemSet(), s -> new HashMap<>())
          .computeIfAbsent(e.stage(), s -> new TreeMap<>())
          .put(e.problemId(), e);
    }
    sets = setNames.stream().filter(rows::containsKey).toList();
    stages = stageNames.stream().filter(s -> sets.stream().anyMatch(set -> has(set, s))).toList();
  }

  /** Evaluated stages, in order. */
  List<String> stages() {
    return stages;
  }

  /** Evaluated problem sets, in order. */
  List<String> sets() {
    return sets;
  }

  /**
   * The set that the captions speak of: the chains that no training has shown, where there are any.
   */
  String target() {
    return sets.contains("b_test") ? "b_test" : sets.get(sets.size() - 1);
  }

  boolean has(String set, String stage) {
    return rows.getOrDefault(set, Map.of()).containsKey(stage);
  }

  /** The stages of which {@code set} has rows. */
  List<String> stages(String set) {
    return stages.stream().filter(s -> has(set, s)).toList();
  }

  /**
   * The stage that later ones are compared with: after SFT, or else the first that follows the
   * start.
   */
  Optional<String> baseline() {
    return stages.contains("after_sft")
        ? Optional.of("after_sft")
        : stages.stream().filter(s -> !s.equals("before_sft")).findFirst();
  }

  /** The stages after the baseline. */
  List<String> later() {
    return baseline()
        .map(b -> stages.subList(stages.indexOf(b) + 1, stages.size()))
        .orElse(List.of());
  }

  List<Evaluation> rows(String set, String stage) {
    return List.copyOf(rows.getOrDefault(set, Map.of()).getOrDefault(stage, Map.of()).values());
  }

  /** The depths of a set's problems, ascending. */
  List<Integer> depths(String set) {
    return rows.getOrDefault(set, Map.of()).values().stream()
        .flatMap(m -> m.values().stream())
        .map(Evaluation::depth)
        .distinct()
        .sorted()
        .toList();
  }

  /** Of 1, 5 and 10, those that every problem has samples for. */
  List<Integer> ks() {
    int fewest = all().mapToInt(Evaluation::n).min().orElse(0);
    return Stream.of(1, 5, 10).filter(k -> k <= fewest).toList();
  }

  /** Greedy pass@1, and the pass@k that the samples allow. */
  List<Measure> measures() {
    return Stream.concat(Stream.of(Measure.GREEDY), ks().stream().map(Measure::passAt)).toList();
  }

  /** The same colour for the same stage everywhere. */
  Ink ink(String stage) {
    return Ink.stage(stage, stages);
  }

  /** "20", or "10 to 20". */
  String samples() {
    int fewest = all().mapToInt(Evaluation::n).min().orElse(0);
    int most = all().mapToInt(Evaluation::n).max().orElse(0);
    return fewest == most ? "" + most : fewest + " to " + most;
  }

  /**
   * @return empty where the set was not evaluated at this stage
   */
  Optional<Interval> mean(String set, String stage, Measure measure) {
    return mean(set, stage, 0, measure);
  }

  /**
   * @param depth of the problems to average, 0 for all
   */
  Optional<Interval> mean(String set, String stage, int depth, Measure measure) {
    double[] values =
        rows(set, stage).stream()
            .filter(e -> (depth == 0 || e.depth() == depth) && e.n() >= measure.samples())
            .mapToDouble(measure.value())
            .toArray();
    return interval(List.of(set, stage, depth, measure.name()), values);
  }

  /**
   * The paired difference over the problems that both stages have.
   *
   * @return empty where there is none
   */
  Optional<Interval> difference(String set, String stage, String control, Measure measure) {
    Map<String, Evaluation> before =
        rows.getOrDefault(set, Map.of()).getOrDefault(control, Map.of());
    List<Double> differences = new ArrayList<>();
    for (Evaluation after : rows(set, stage)) {
      Evaluation same = before.get(after.problemId());
      if (same != null && Math.min(same.n(), after.n()) >= measure.samples()) {
        differences.add(measure.value().applyAsDouble(after) - measure.value().applyAsDouble(same));
      }
    }
    return interval(
        List.of(set, stage, control, measure.name()),
        differences.stream().mapToDouble(d -> d).toArray());
  }

  /**
   * @param name of what is averaged, from which the bootstrap's draws derive
   */
  private Optional<Interval> interval(List<Object> name, double[] values) {
    return values.length == 0
        ? Optional.empty()
        : Optional.of(
            known.computeIfAbsent(
                name, n -> BOOTSTRAP.mean(values, Seeds.derive(seed, "report", n))));
  }

  private Stream<Evaluation> all() {
    return rows.values().stream()
        .flatMap(m -> m.values().stream())
        .flatMap(m -> m.values().stream());
  }
}
