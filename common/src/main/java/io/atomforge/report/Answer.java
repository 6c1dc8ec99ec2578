package io.atomforge.report;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.Scores.Measure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What the scores show, in words; a difference is claimed only where its interval excludes zero.
 */
final class Answer {
  private Answer() {}

  /**
   * @return two sentences or more
   */
  static List<String> of(Scores scores) {
    Optional<String> baseline = scores.baseline();
    if (scores.stages().isEmpty()) {
      return List.of("Nothing has been evaluated yet, so there is no answer.");
    }
    List<String> sentences = new ArrayList<>();
    sentences.add(levels(scores, baseline.orElse(scores.stages().get(0))));
    if (baseline.isEmpty()) {
      sentences.add("No trained model was evaluated, so what SFT and RL add is still open.");
    } else if (scores.later().isEmpty()) {
      sentences.add("No RL run was evaluated, so what RL adds is still open.");
    }
    for (String stage : scores.later()) {
      sentences.add(gains(scores, stage, baseline.get()));
      sampled(scores, stage, baseline.get()).ifPresent(sentences::add);
    }
    return sentences;
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
    return Words.capital(Words.stage(stage))
        + ", the model's first try (greedy pass@1, 95 % interval) solves "
        + solved
        + start
        + ".";
  }

  private static String gains(Scores scores, String stage, String baseline) {
    Map<String, Interval> differences = new LinkedHashMap<>();
    for (String set : scores.sets()) {
      scores
          .difference(set, stage, baseline, Measure.GREEDY)
          .ifPresent(d -> differences.put(set, d));
    }
    String gained = list(differences, d -> d.low() > 0, d -> Words.gain(d) + " on %s");
    String lost =
        list(
            differences,
            d -> d.high() < 0,
            d -> Words.gain(new Interval(-d.mean(), -d.high(), -d.low())) + " on %s");
    String open =
        list(differences, d -> d.low() <= 0 && d.high() >= 0, d -> "%s (" + Words.points(d) + ")");
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
        ? Words.capital(Words.stage(stage)) + " no problem of the comparison was evaluated."
        : Words.capital(Words.deed(stage)) + " " + String.join("; it ", clauses) + ".";
  }

  private static String list(
      Map<String, Interval> differences,
      Predicate<Interval> which,
      Function<Interval, String> words) {
    return Words.and(
        differences.entrySet().stream()
            .filter(e -> which.test(e.getValue()))
            .map(e -> words.apply(e.getValue()).replace("%s", Words.set(e.getKey())))
            .toList());
  }

  /** Whether more first tries succeed, or also problems that no try solved before. */
  private static Optional<String> sampled(Scores scores, String stage, String baseline) {
    String set = scores.target();
    List<String> moves = new ArrayList<>();
    for (int k : scores.ks()) {
      scores
          .difference(set, stage, baseline, Measure.passAt(k))
          .ifPresent(d -> moves.add("pass@" + k + " by " + Words.points(d)));
    }
    return moves.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "With %s samples per problem of %s, %s moves %s."
                .formatted(scores.samples(), Words.set(set), Words.deed(stage), Words.and(moves)));
  }
}
