package io.atomforge.report;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.ReportData.Kind;
import io.atomforge.report.Scores.Measure;
import io.atomforge.report.page.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the scores show, in words; a difference is claimed only where its interval excludes zero.
 */
final class Answer {
  private Answer() {}

  /**
   * @return two sentences or more
   */
  static List<String> of(ReportData data, Scores scores) {
    Optional<String> baseline = scores.baseline();
    if (scores.stages().isEmpty()) {
      return List.of("Nothing has been evaluated yet, so there is no answer.");
    }
    List<String> sentences = new ArrayList<>();
    sentences.add(levels(scores, baseline.orElse(scores.stages().get(0))));
    if (baseline.isEmpty()) {
      sentences.add("No trained model was evaluated, so what SFT and RL add is still open.");
    } else if (scores.later().isEmpty() && data.kind() == Kind.RUN) {
      sentences.add("No RL run was evaluated, so what RL adds is still open.");
    }
    for (String stage : scores.later()) {
      String start =
          data.kind() == Kind.RUN
              ? "On the first try, "
              : "Compared with " + Words.stage(baseline.get()) + " on the first try, ";
      sentences.add(gains(scores, stage, baseline.get(), start));
      sampled(scores, stage, baseline.get()).ifPresent(sentences::add);
    }
    data.trainedOn().forEach((what, on) -> sentences.add(what + " trained on " + on + "."));
    sentences.add(reach(data, scores));
    return sentences;
  }

  /** How far the intervals reach: to other problems, or to other seeds too. */
  private static String reach(ReportData data, Scores scores) {
    Map<Set<Long>, List<String>> arms = new LinkedHashMap<>();
    for (String stage : scores.stages()) {
      arms.computeIfAbsent(scores.seeds(stage), s -> new ArrayList<>()).add(Words.stage(stage));
    }
    SeedSpread spread = data.seedSpread();
    List<String> known =
        scores.sets().stream()
            .filter(spread.points()::containsKey)
            .map(set -> "%.1f points on %s".formatted(spread.points().get(set), Words.set(set)))
            .toList();
    if (!scores.overSeeds() && !known.isEmpty()) {
      return "All scores come from one run with seed %s. Between %d runs of this configuration with different seeds, the differences had a standard deviation of %s, which their intervals include. All other intervals show only how much the scores depend on the choice of problems. RunExperiment runs more seeds."
          .formatted(data.seed(), spread.runs(), Words.and(known));
    }
    if (!scores.overSeeds()) {
      return arms.size() == 1
          ? "All scores come from one run with seed %s. The intervals show how much the scores depend on the choice of problems; they do not show how much the scores depend on the seed."
              .formatted(arms.keySet().iterator().next().iterator().next())
          : "Every arm has one seed. The intervals show how much the scores depend on the choice of problems; they do not show how much the scores depend on the seed.";
    }
    String seeds =
        arms.entrySet().stream()
            .map(
                e ->
                    (e.getKey().size() == 1 ? "seed " : "seeds ")
                        + Words.and(e.getKey().stream().map(n -> "" + n).toList())
                        + (arms.size() == 1 ? "" : " of " + Words.and(e.getValue())))
            .collect(Collectors.joining("; "));
    return "The scores are means over "
        + seeds
        + ". The intervals show how much a mean depends on the choice of seeds and problems. The interval of an arm with one seed covers only the choice of problems.";
  }

  private static String levels(Scores scores, String stage) {
    Map<String, Interval> levels = new LinkedHashMap<>();
    List<String> before = new ArrayList<>();
    boolean solvedBefore = false;
    for (String set : scores.sets()) {
      scores.mean(set, stage, Measure.GREEDY).ifPresent(i -> levels.put(set, i));
      Optional<Interval> start =
          stage.equals("before_sft")
              ? Optional.empty()
              : scores.mean(set, "before_sft", Measure.GREEDY);
      start.ifPresent(i -> before.add(Words.percent(i.mean()) + " of " + Words.set(set)));
      solvedBefore |= start.isPresent() && start.get().mean() > 0;
    }
    String solved =
        Words.and(
            levels.entrySet().stream()
                .map(e -> Words.level(e.getValue()) + " of " + Words.set(e.getKey()))
                .toList());
    String start =
        before.isEmpty()
            ? ""
            : solvedBefore ? "; before SFT " + Words.and(before) : "; before SFT it solved none";
    return (stage.startsWith("after_") || stage.startsWith("before_")
            ? Words.capital(Words.stage(stage)) + ", the model's first try"
            : "The first try of " + Words.stage(stage))
        + " (greedy pass@1, 95 % interval) solves "
        + solved
        + start
        + ".";
  }

  private static String gains(Scores scores, String stage, String baseline, String start) {
    Map<String, Interval> differences = new LinkedHashMap<>();
    for (String set : scores.sets()) {
      scores
          .difference(set, stage, baseline, Measure.GREEDY)
          .ifPresent(d -> differences.put(set, d));
    }
    String gained = list(differences, 1, d -> Words.gain(d) + " on %s");
    String lost = list(differences, -1, d -> Words.loss(d) + " on %s");
    String open = list(differences, 0, d -> "%s (" + Words.points(d) + ")");
    List<String> clauses = new ArrayList<>();
    if (!gained.isEmpty()) {
      clauses.add("adds " + gained);
    }
    if (!lost.isEmpty()) {
      clauses.add("costs " + lost);
    }
    if (!open.isEmpty()) {
      clauses.add("makes no difference that the interval can show on " + open);
    }
    return differences.isEmpty()
        ? Words.capital(Words.stage(stage)) + ", no problem of the comparison was evaluated."
        : start + Words.deed(stage) + " " + String.join("; it ", clauses) + ".";
  }

  private static String list(
      Map<String, Interval> differences, int sign, Function<Interval, String> words) {
    return Words.and(
        differences.entrySet().stream()
            .filter(e -> Words.shown(e.getValue()) == sign)
            .map(e -> words.apply(e.getValue()).replace("%s", Words.set(e.getKey())))
            .toList());
  }

  /** Every set and k whose sampled difference is shown, so that no figure of the table is new. */
  private static Optional<String> sampled(Scores scores, String stage, String baseline) {
    List<String> moves = new ArrayList<>();
    int all = 0;
    int shown = 0;
    for (int k : scores.ks()) {
      Map<String, Interval> differences = new LinkedHashMap<>();
      for (String set : scores.sets()) {
        scores
            .difference(set, stage, baseline, Measure.passAt(k))
            .ifPresent(d -> differences.put(set, d));
      }
      String gained = list(differences, 1, d -> Words.gain(d) + " on %s");
      String lost = list(differences, -1, d -> Words.loss(d) + " on %s");
      if (!gained.isEmpty()) {
        moves.add("raises pass@" + k + " by " + gained);
      }
      if (!lost.isEmpty()) {
        moves.add("lowers pass@" + k + " by " + lost);
      }
      all += differences.size();
      shown += (int) differences.values().stream().filter(d -> Words.shown(d) != 0).count();
    }
    if (all == 0) {
      return Optional.empty();
    }
    String start =
        "With %s samples per problem, ".formatted(scores.samples(List.of(baseline, stage)));
    int rest = all - shown;
    String others =
        rest == 1
            ? "the interval of the other sampled difference includes zero."
            : "the intervals of the other " + rest + " sampled differences include zero.";
    return Optional.of(
        shown == 0
            ? start
                + "the intervals of all "
                + all
                + " differences that "
                + Words.deed(stage)
                + " makes include zero."
            : start
                + Words.deed(stage)
                + " "
                + String.join("; it ", moves)
                + (rest == 0 ? "." : "; " + others));
  }
}
