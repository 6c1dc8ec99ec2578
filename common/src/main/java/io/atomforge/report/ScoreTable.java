package io.atomforge.report;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.Scores.Measure;
import io.atomforge.report.page.Html;
import io.atomforge.report.page.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every score with its interval, then every difference: a group of rows per problem set. */
final class ScoreTable {
  private final Scores scores;
  private final List<Measure> measures;

  private ScoreTable(Scores scores) {
    this.scores = scores;
    this.measures = scores.measures();
  }

  static String html(Scores scores) {
    ScoreTable table = new ScoreTable(scores);
    return table.levels() + (scores.later().isEmpty() ? "" : table.differences());
  }

  private String levels() {
    List<List<String>> rows = new ArrayList<>();
    for (String set : scores.sets()) {
      rows.add(group(set));
      for (String stage : scores.stages(set)) {
        List<String> row =
            new ArrayList<>(List.of("", Html.key(scores.ink(stage), Words.stage(stage))));
        measures.forEach(m -> row.add(level(set, stage, m)));
        rows.add(row);
      }
    }
    String seeds =
        scores.overSeeds() ? " The small figures below a mean are the values of its seeds." : "";
    return Html.table("numbers sorts", head("% of problems solved"), rows)
        + Html.paragraph(
            "note",
            "Percent of problems, with "
                + intervals()
                + "."
                + seeds
                + " pass@k is the unbiased estimate from "
                + scores.samples(scores.stages())
                + " samples per problem.");
  }

  private String differences() {
    String baseline = scores.baseline().orElseThrow();
    List<List<String>> rows = new ArrayList<>();
    for (String set : scores.sets()) {
      List<List<String>> some = new ArrayList<>();
      for (String stage : scores.later()) {
        List<String> row =
            new ArrayList<>(
                List.of(
                    "",
                    Html.key(scores.ink(stage), Words.deed(stage) + " − " + Words.deed(baseline))));
        measures.forEach(m -> row.add(difference(scores.difference(set, stage, baseline, m))));
        some.add(row);
      }
      if (some.stream().anyMatch(row -> row.stream().skip(2).anyMatch(c -> !c.equals("–")))) {
        rows.add(group(set));
        rows.addAll(some);
      }
    }
    return Html.table("numbers sorts", head("Difference in points"), rows)
        + Html.paragraph(
            "note",
            "Differences are in points, paired by problem"
                + (scores.overSeeds() ? " and by seed" : "")
                + "; they are bold where the printed interval excludes zero. The intervals are not"
                + " corrected for multiple comparisons: of twenty differences that are truly zero,"
                + " about one is bold.");
  }

  private List<String> head(String first) {
    List<String> head = new ArrayList<>(List.of(first));
    measures.forEach(m -> head.add(m.name()));
    return head;
  }

  private List<String> group(String set) {
    return List.of(
        "group",
        Html.prose(Words.capital(Words.set(set)))
            + " <small>"
            + Words.count(scores.problems(set))
            + " problems</small>");
  }

  private String level(String set, String stage, Measure measure) {
    Optional<Interval> level = scores.mean(set, stage, measure);
    List<Double> each = scores.each(set, stage, measure);
    String seeds =
        each.isEmpty()
            ? ""
            : each.stream()
                .map(v -> Words.fixed(100 * v, 1))
                .collect(Collectors.joining(" · ", "<small class=\"seeds\">", "</small>"));
    return level
        .map(i -> Words.fixed(100 * i.mean(), 1) + range(Words.range(i, false)) + seeds)
        .orElse("–");
  }

  private static String difference(Optional<Interval> difference) {
    return difference
        .map(
            i -> {
              String mean = Words.signed(i.mean());
              return (Words.shown(i) != 0 ? "<b>" + mean + "</b>" : mean)
                  + range(Words.range(i, true));
            })
        .orElse("–");
  }

  /** What the intervals of scores cover. */
  private String intervals() {
    return scores.overSeeds()
        ? "95 % intervals over seeds and problems; an arm with one seed has a bootstrap interval"
            + " over problems"
        : "95 % bootstrap intervals over problems (10,000 resamples)";
  }

  private static String range(String range) {
    return "<small>" + range + "</small>";
  }
}
