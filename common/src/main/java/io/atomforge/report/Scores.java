package io.atomforge.report;

import io.atomforge.evaluation.Bootstrap;
import io.atomforge.evaluation.Hierarchical;
import io.atomforge.evaluation.Interval;
import io.atomforge.evaluation.PassAtK;
import io.atomforge.random.Seeds;
import io.atomforge.report.ReportData.Evaluation;
import io.atomforge.report.ReportData.Kind;
import io.atomforge.report.ReportData.Run;
import io.atomforge.report.page.Html;
import io.atomforge.report.page.Ink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The evaluations as means with 95 % intervals. */
final class Scores {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(10_000, 0.95);
  private static final List<String> KNOWN_SETS = List.of("atom", "a_test", "b_test", "c_test");

  /**
   * What is averaged.
   *
   * @param known whether a problem has the value
   */
  record Measure(String name, Predicate<Evaluation> known, ToDoubleFunction<Evaluation> value) {
    static final Measure GREEDY =
        new Measure("greedy pass@1", Evaluation::greedyJudged, e -> e.greedyPassed() ? 1 : 0);

    static Measure passAt(int k) {
      return new Measure("pass@" + k, e -> e.n() >= k, e -> PassAtK.estimate(e.n(), e.c(), k));
    }
  }

  private final ReportData data;
  private final List<String> stages;
  private final List<String> sets;
  private final Map<String, Map<String, Map<Long, Map<String, Evaluation>>>> rows = new HashMap<>();
  private final Map<List<Object>, Interval> known = new HashMap<>();

  Scores(ReportData data) {
    this.data = data;
    Map<String, Run> runs = new HashMap<>();
    data.evaluated().forEach(run -> runs.put(run.id(), run));
    Set<String> setNames = new LinkedHashSet<>(KNOWN_SETS);
    Set<String> measured = new HashSet<>();
    for (Evaluation e : data.evaluations()) {
      Run run = Objects.requireNonNull(runs.get(e.run()), e.run());
      measured.add(e.run());
      setNames.add(e.problemSet());
      rows.computeIfAbsent(e.problemSet(), s -> new HashMap<>())
          .computeIfAbsent(run.arm(), s -> new TreeMap<>())
          .computeIfAbsent(run.seed(), s -> new TreeMap<>())
          .put(e.problemId(), e);
    }
    sets = setNames.stream().filter(rows::containsKey).toList();
    stages = ReportData.arms(data.evaluated(), measured::contains);
  }

  /** Evaluated arms, in order. */
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
   * The arm that later ones are compared with: the first one; in a run the one after SFT, or else
   * the first that follows the start.
   */
  Optional<String> baseline() {
    if (data.kind() == Kind.COMPARISON) {
      return stages.stream().findFirst();
    }
    return stages.contains("after_sft")
        ? Optional.of("after_sft")
        : stages.stream().filter(s -> !s.equals("before_sft")).findFirst();
  }

  /** The arms after the baseline. */
  List<String> later() {
    return baseline()
        .map(b -> stages.subList(stages.indexOf(b) + 1, stages.size()))
        .orElse(List.of());
  }

  /** Of all seeds. */
  List<Evaluation> rows(String set, String stage) {
    return bySeed(set, stage).values().stream().flatMap(m -> m.values().stream()).toList();
  }

  private Map<Long, Map<String, Evaluation>> bySeed(String set, String stage) {
    return rows.getOrDefault(set, Map.of()).getOrDefault(stage, Map.of());
  }

  /** The seeds of an arm, ascending. */
  Set<Long> seeds(String stage) {
    return sets.stream()
        .flatMap(set -> bySeed(set, stage).keySet().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** How many different problems an arm was asked. */
  long problems(String set) {
    return rows.getOrDefault(set, Map.of()).values().stream()
        .flatMap(m -> m.values().stream())
        .flatMap(m -> m.keySet().stream())
        .distinct()
        .count();
  }

  /** Whether an interval covers the choice of seeds. */
  boolean overSeeds() {
    return stages.stream().anyMatch(s -> seeds(s).size() > 1);
  }

  /** The depths of a set's problems, ascending. */
  List<Integer> depths(String set) {
    return stages(set).stream()
        .flatMap(stage -> rows(set, stage).stream())
        .map(Evaluation::depth)
        .distinct()
        .sorted()
        .toList();
  }

  /** Of 1, 5 and 10, those that an arm has samples for. */
  List<Integer> ks() {
    int most = data.evaluations().stream().mapToInt(Evaluation::n).max().orElse(0);
    return Stream.of(1, 5, 10).filter(k -> k <= most).toList();
  }

  /** The end of a statement about the rows that these scores are made of. */
  String where(String rest) {
    return Html.where(data.evaluations().stream().map(Evaluation::run).distinct(), rest);
  }

  /** Greedy pass@1, and the pass@k that the samples allow. */
  List<Measure> measures() {
    return Stream.concat(Stream.of(Measure.GREEDY), ks().stream().map(Measure::passAt)).toList();
  }

  /** The same colour for the same arm everywhere, also for one that was not evaluated. */
  Ink ink(String arm) {
    return Ink.arm(
        arm,
        ReportData.arms(
            Stream.concat(data.evaluated().stream(), data.trained().stream()).toList(),
            id -> true));
  }

  /** How many samples a problem has at some arms: "20", or "10 to 20". */
  String samples(Collection<String> arms) {
    IntSummaryStatistics n =
        arms.stream()
            .flatMap(arm -> sets.stream().flatMap(set -> rows(set, arm).stream()))
            .mapToInt(Evaluation::n)
            .summaryStatistics();
    return n.getMin() == n.getMax() ? "" + n.getMax() : n.getMin() + " to " + n.getMax();
  }

  /**
   * @return empty where the set was not evaluated at this arm
   */
  Optional<Interval> mean(String set, String stage, Measure measure) {
    return mean(set, stage, "", e -> true, measure);
  }

  /**
   * @param which problems to average, by the name that the draws derive from
   */
  Optional<Interval> mean(
      String set, String stage, String name, Predicate<Evaluation> which, Measure measure) {
    List<Map<String, Double>> values = new ArrayList<>();
    for (Map<String, Evaluation> problems : bySeed(set, stage).values()) {
      Map<String, Double> of = new TreeMap<>();
      problems.values().stream()
          .filter(e -> measure.known().test(e) && which.test(e))
          .forEach(e -> of.put(e.problemId(), measure.value().applyAsDouble(e)));
      values.add(of);
    }
    // A share is never outside of 0 to 1, which the interval over seeds does not know.
    return interval(List.of(set, stage, name, measure.name()), values)
        .map(i -> new Interval(i.mean(), Math.max(0, i.low()), Math.min(1, i.high())));
  }

  /** The mean of each seed of an arm that has one; of several seeds alone. */
  List<Double> each(String set, String stage, Measure measure) {
    Map<Long, Map<String, Evaluation>> seeds = bySeed(set, stage);
    return seeds.size() < 2
        ? List.of()
        : seeds.values().stream()
            .map(
                m ->
                    m.values().stream()
                        .filter(measure.known())
                        .mapToDouble(measure.value())
                        .average())
            .filter(OptionalDouble::isPresent)
            .map(OptionalDouble::getAsDouble)
            .toList();
  }

  /**
   * The paired difference over the problems that both arms have with the same seed; one seed of the
   * control is the pair of every seed. The interval covers the choice of seeds too if there are
   * several, or if their spread is known.
   *
   * @return empty where there is none
   */
  Optional<Interval> difference(String set, String stage, String control, Measure measure) {
    List<Map<String, Double>> differences = new ArrayList<>();
    Map<Long, Map<String, Evaluation>> controls = bySeed(set, control);
    bySeed(set, stage)
        .forEach(
            (seed, problems) -> {
              Map<String, Evaluation> before =
                  controls.size() == 1
                      ? controls.values().iterator().next()
                      : controls.getOrDefault(seed, Map.of());
              Map<String, Double> of = new TreeMap<>();
              problems.forEach(
                  (id, after) -> {
                    Evaluation same = before.get(id);
                    if (same != null && measure.known().test(same) && measure.known().test(after)) {
                      of.put(
                          id,
                          measure.value().applyAsDouble(after)
                              - measure.value().applyAsDouble(same));
                    }
                  });
              differences.add(of);
            });
    Optional<Interval> difference =
        interval(List.of(set, stage, control, measure.name()), differences);
    return differences.size() == 1
        ? difference.map(d -> data.seedSpread().widened(set, d))
        : difference;
  }

  /**
   * Over problems by the bootstrap, or by the exact bound of Clopper and Pearson (1934) where all
   * are alike; of several seeds over seeds and problems.
   *
   * @param name of what is averaged, from which the bootstrap's draws derive
   * @param values of the problems, for each seed
   */
  private Optional<Interval> interval(List<Object> name, List<Map<String, Double>> values) {
    List<Map<String, Double>> seeds = values.stream().filter(v -> !v.isEmpty()).toList();
    return seeds.isEmpty()
        ? Optional.empty()
        : Optional.of(known.computeIfAbsent(name, n -> interval(n, seeds, data.seed())));
  }

  private static Interval interval(List<Object> name, List<Map<String, Double>> seeds, long seed) {
    if (seeds.size() > 1) {
      return Hierarchical.mean(seeds);
    }
    double[] problems = new TreeMap<>(seeds.get(0)).values().stream().mapToDouble(v -> v).toArray();
    double first = problems[0];
    if (Arrays.stream(problems).allMatch(v -> v == first)) {
      // All draws are equal, so the bootstrap says nothing. The share of problems that differ has
      // this exact bound: with a greater share, n alike would be less likely than 2.5 %.
      double bound = 1 - Math.pow(0.025, 1.0 / problems.length);
      return new Interval(first, first - bound, first + bound);
    }
    return BOOTSTRAP.mean(problems, Seeds.derive(seed, "report", name));
  }
}
