package io.atomforge.report;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.ReportData.Call;
import io.atomforge.report.ReportData.Evaluation;
import io.atomforge.report.Scores.Measure;
import io.atomforge.report.page.Html;
import io.atomforge.report.page.Ink;
import io.atomforge.report.page.RowChart;
import io.atomforge.report.page.RowChart.Bar;
import io.atomforge.report.page.RowChart.Mark;
import io.atomforge.report.page.RowChart.Row;
import io.atomforge.report.page.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What the failures of the evaluations are, and at which atom and which step they happen. */
final class FailureFigures {
  private final Scores scores;

  FailureFigures(Scores scores) {
    this.scores = scores;
  }

  /** What the samples came to, one panel per set. */
  String verdicts() {
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (String set : scores.sets()) {
      List<Row> rows = new ArrayList<>();
      for (String stage : scores.stages(set)) {
        Map<Ink, Double> shares = verdicts(set, stage);
        rows.add(
            new Row(
                Words.stage(stage),
                bars(shares),
                Words.fixed(shares.getOrDefault(Ink.PASSED, 0.0), 1) + " %"));
        shares.remove(Ink.PASSED);
        Map.Entry<Ink, Double> worst =
            shares.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        if (set.equals(scores.target()) && worst.getValue() > 0) {
          findings.add(
              "%s it is %s (%s %%)"
                  .formatted(
                      Words.at(stage),
                      Words.verdict(worst.getKey().name()),
                      Words.fixed(worst.getValue(), 1)));
        }
      }
      String title = "Samples of " + Words.set(set) + ", and % that passed";
      panels.add(Html.panel(title, RowChart.bars(rows)));
    }
    String target = Words.set(scores.target());
    return Html.figure(
        List.of(),
        panels,
        findings.isEmpty()
            ? "No sample of " + target + " failed."
            : "The most common failure on " + target + ": " + String.join("; ", findings) + ".",
        "SELECT run_id, problem_set, outcome, sum(samples) AS samples\n"
            + "FROM evaluations LATERAL VIEW explode(sampled_outcomes) o AS outcome, samples\n"
            + scores.where("GROUP BY 1, 2, 3 ORDER BY 2, 1, 3"));
  }

  private static List<Mark> bars(Map<Ink, Double> shares) {
    List<Mark> bars = new ArrayList<>();
    double from = 0;
    for (Ink verdict : Ink.VERDICTS) {
      double share = shares.getOrDefault(verdict, 0.0);
      if (share > 0) {
        String words = Words.verdict(verdict.name()) + " " + Words.fixed(share, 1) + " %";
        bars.add(new Bar(verdict, from, from + share, words));
        from += share;
      }
    }
    return bars;
  }

  private Map<Ink, Double> verdicts(String set, String stage) {
    Map<Ink, Double> counts = new EnumMap<>(Ink.class);
    Ink.VERDICTS.forEach(v -> counts.put(v, 0.0));
    scores
        .rows(set, stage)
        .forEach(
            row ->
                row.sampledOutcomes()
                    .forEach((o, n) -> counts.merge(Ink.verdict(o), (double) n, Double::sum)));
    double total = counts.values().stream().mapToDouble(n -> n).sum();
    counts.replaceAll((verdict, n) -> total == 0 ? 0 : 100 * n / total);
    return counts;
  }

  /**
   * How often the first try calls the function that each step of the chain asks for.
   *
   * @return empty where no program calls a function of a chain by its name
   */
  String steps() {
    if (scores.sets().isEmpty()) {
      return "";
    }
    ScoreFigures figures = new ScoreFigures(scores);
    List<String> panels = new ArrayList<>();
    List<String> findings = new ArrayList<>();
    for (String set : scores.sets()) {
      int longest =
          scores.stages(set).stream()
              .flatMap(stage -> scores.rows(set, stage).stream())
              .filter(FailureFigures::chained)
              .mapToInt(e -> e.calls().size())
              .max()
              .orElse(0);
      if (longest == 0) {
        continue;
      }
      List<String> places = IntStream.rangeClosed(1, longest).mapToObj(n -> "step " + n).toList();
      panels.add(
          figures.places(
              Words.capital(Words.set(set)) + ", % that call the function asked for",
              set,
              places,
              (stage, place) -> called(set, stage, place + 1)));
      if (set.equals(scores.target())) {
        String last = scores.stages(set).get(scores.stages(set).size() - 1);
        findings.add(
            Words.capital(Words.at(last))
                + ", "
                + Words.and(
                    IntStream.rangeClosed(1, longest)
                        .mapToObj(
                            n ->
                                called(set, last, n)
                                    .map(i -> Words.percent(i.mean()) + " at step " + n)
                                    .orElse(""))
                        .filter(s -> !s.isEmpty())
                        .toList())
                + " of the first tries on "
                + Words.set(set)
                + " call the function that this step of the chain asks for.");
      }
    }
    return panels.isEmpty()
        ? ""
        : Html.figure(
            figures.legend(),
            panels,
            String.join(" ", findings)
                + " Each step is counted by itself, even if an earlier step calls a wrong function."
                + " Bars are 95 % intervals.",
            "SELECT run_id, problem_set, step, avg(int(right)) AS called, count(*) AS problems\n"
                + "FROM v_chain_steps "
                + scores.where("AND depth > 1\nGROUP BY 1, 2, 3 ORDER BY 2, 3, 1"));
  }

  private Optional<Interval> called(String set, String stage, int step) {
    Measure right =
        new Measure("step " + step, e -> true, e -> e.calls().get(step - 1).right() ? 1 : 0);
    Predicate<Evaluation> reaches = e -> chained(e) && e.calls().size() >= step;
    return scores.mean(set, stage, "", reaches, right);
  }

  private static boolean chained(Evaluation e) {
    return e.calls().size() > 1;
  }

  /**
   * Problems that ask for an atom: all, solved, and those whose first try calls it in its place.
   */
  private record Tally(int chains, int solved, int called) {
    static final Tally NONE = new Tally(0, 0, 0);

    Tally plus(boolean passed, boolean right) {
      return new Tally(chains + 1, solved + (passed ? 1 : 0), called + (right ? 1 : 0));
    }

    double share() {
      return (double) solved / chains;
    }
  }

  private static String cell(Tally tally) {
    return tally.chains() == 0
        ? "–"
        : Words.fixed(100 * tally.share(), 1)
            + "<small>"
            + Words.percent((double) tally.called() / tally.chains())
            + "</small>";
  }

  /**
   * A table of the atoms, those that fail most often first.
   *
   * @return empty where no program calls a function of a chain by its name
   */
  String atoms() {
    Map<String, Map<String, Tally>> tallies = new TreeMap<>();
    for (String stage : scores.stages()) {
      for (String set : scores.sets()) {
        for (Evaluation e : scores.rows(set, stage)) {
          for (Call call : chained(e) ? e.calls() : List.<Call>of()) {
            tallies
                .computeIfAbsent(call.asked(), a -> new TreeMap<>())
                .compute(
                    stage,
                    (s, old) ->
                        (old == null ? Tally.NONE : old).plus(e.greedyPassed(), call.right()));
          }
        }
      }
    }
    if (tallies.isEmpty()) {
      return "";
    }
    List<String> stages = scores.stages();
    String last = stages.get(stages.size() - 1);
    Comparator<String> worst =
        Comparator.comparingDouble(
            a -> tallies.getOrDefault(a, Map.of()).getOrDefault(last, new Tally(1, 1, 1)).share());
    List<String> atoms = tallies.keySet().stream().sorted(worst).toList();
    List<List<String>> rows = new ArrayList<>();
    for (String atom : atoms) {
      Map<String, Tally> of = tallies.getOrDefault(atom, Map.of());
      int chains = of.values().stream().mapToInt(Tally::chains).max().orElse(0);
      List<String> row = new ArrayList<>(List.of("", Html.escape(atom), Words.count(chains)));
      stages.forEach(s -> row.add(cell(of.getOrDefault(s, Tally.NONE))));
      rows.add(row);
    }
    List<String> head = new ArrayList<>(List.of("Atom", "Chains with it"));
    stages.forEach(s -> head.add(Html.key(scores.ink(s), Words.stage(s) + ", %")));
    Tally most = tallies.getOrDefault(atoms.get(0), Map.of()).getOrDefault(last, Tally.NONE);
    return Html.figure(
        List.of(),
        List.of("<div class=\"wide tall\">" + Html.table("numbers sorts", head, rows) + "</div>\n"),
        "The large figure is the share of an atom's chains that the first try solves. The small"
            + " figure is the share in which the first try calls the atom at the step that asks for"
            + " it. %s, %s fails most often: %d of its %d"
                .formatted(
                    Words.capital(Words.at(last)),
                    atoms.get(0),
                    most.chains() - most.solved(),
                    most.chains())
            + " chains. On paper only the first dozen atoms are shown.",
        "SELECT asked AS atom_id, run_id, count(*) AS chains, avg(int(greedy_passed)) AS solved,"
            + " avg(int(right)) AS called\nFROM v_chain_steps "
            + scores.where("AND depth > 1\nGROUP BY 1, 2 ORDER BY 1, 2"));
  }
}
