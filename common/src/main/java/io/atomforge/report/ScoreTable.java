package io.atomforge.report;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.Scores.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every score with its interval: a group of rows per problem set, a row per stage. */
final class ScoreTable {
  private ScoreTable() {}

  static String html(Scores scores) {
    List<Measure> measures = scores.measures();
    List<List<String>> rows = new ArrayList<>();
    for (String set : scores.sets()) {
      List<String> stages = scores.stages(set);
      int problems = scores.rows(set, stages.get(0)).size();
      String name = Html.prose(Words.capital(Words.set(set)));
      rows.add(List.of("group", name + " <small>" + Words.count(problems) + " problems</small>"));
      for (String stage : stages) {
        List<String> row =
            new ArrayList<>(List.of("", Html.key(scores.ink(stage), Words.stage(stage))));
        measures.forEach(m -> row.add(cell(scores.mean(set, stage, m), false)));
        rows.add(row);
      }
      for (String stage : scores.later()) {
        String baseline = scores.baseline().orElseThrow();
        String against = Html.escape(Words.deed(stage) + " − " + Words.deed(baseline));
        List<String> row = new ArrayList<>(List.of("difference", against));
        measures.forEach(m -> row.add(cell(scores.difference(set, stage, baseline, m), true)));
        rows.add(row);
      }
    }
    List<String> head = new ArrayList<>(List.of("% of problems"));
    measures.forEach(m -> head.add(m.name()));
    return Html.table("numbers", head, rows)
        + Html.paragraph(
            "note",
            "Percent of problems, with 95 % bootstrap intervals over problems (10,000 resamples)."
                + " Differences are in points and paired by problem; they are bold where the"
                + " printed interval excludes zero. No allowance is made for the number of"
                + " intervals: of twenty differences that are truly zero, about one is bold. pass@k"
                + " is the unbiased estimate from "
                + scores.samples()
                + " samples per problem.");
  }

  private static String cell(Optional<Interval> score, boolean difference) {
    if (score.isEmpty()) {
      return "–";
    }
    Interval i = score.get();
    String mean = difference ? Words.signed(i.mean()) : Words.fixed(100 * i.mean(), 1);
    return (difference && Words.shown(i) != 0 ? "<b>" + mean + "</b>" : mean)
        + "<small>"
        + Words.range(i, difference)
        + "</small>";
  }
}
