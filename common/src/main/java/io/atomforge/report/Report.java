package io.atomforge.report;

import io.atomforge.report.ReportData.Completion;
import io.atomforge.report.ReportData.Sample;
import io.atomforge.report.ReportData.TableState;
import io.atomforge.report.RowChart.Bar;
import io.atomforge.report.RowChart.Row;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One page about one run: the answer first, then what it rests on. The page loads nothing and runs
 * no script; whatever a model wrote is shown as text.
 */
public final class Report {
  private static final String QUESTION =
      "What did supervised fine-tuning (SFT) teach a small code model, and what did reinforcement"
          + " learning (RL) add, on chains of atoms like those it trained on and on chains of atoms"
          + " that it never saw chained?";

  private static final Map<String, String> SETS =
      Map.of(
          "atom", "each atomic function by itself; all of them are trained on",
          "a_test", "unseen chains of atoms that are trained on in other chains",
          "b_test", "chains of atoms that are trained on, but never in a chain",
          "c_test", "chains that mix both kinds of atoms, or are longer than any in training");

  private final ReportData data;
  private final Scores scores;
  private final Curves curves;

  private Report(ReportData data) {
    this.data = data;
    scores = new Scores(data);
    curves = new Curves(data.metrics());
  }

  /**
   * @return a complete HTML document, well-formed as XML too
   */
  public static String html(ReportData data) {
    return new Report(data).page();
  }

  /**
   * @return plain text, one sentence a line
   */
  public static String answer(ReportData data) {
    return String.join("\n", Answer.of(data, new Scores(data)));
  }

  private String page() {
    String answer =
        Answer.of(data, scores).stream()
            .map(s -> Html.paragraph("", s))
            .collect(Collectors.joining());
    String title = Html.escape(data.title());
    return """
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>%s</title>
<style>
%s</style>
</head>
<body>
<main>
<header>
<p class="kicker">Atomforge report</p>
<h1>%s</h1>
<p class="question">%s</p>
</header>
"""
            .formatted(title, style(), title, QUESTION)
        + Html.section("answer", "Answer", answer)
        + Html.section("scores", "Scores", scores())
        + Html.section("training", "Training", training())
        + Html.section("verdicts", "Verdicts", verdicts())
        + Html.section("problems", "Problems", problems())
        + Html.section("samples", "What the model wrote", samples())
        + Html.section("lineage", "Where the data comes from", lineage())
        + Html.section("run", "The run", run())
        + "</main>\n</body>\n</html>\n";
  }

  private String scores() {
    if (scores.stages().isEmpty()) {
      return missing("No checkpoint has been evaluated.");
    }
    Map<String, String> sets = new LinkedHashMap<>();
    scores.sets().stream()
        .filter(SETS::containsKey)
        .forEach(s -> sets.put(Words.capital(Words.set(s)), SETS.get(s)));
    ScoreFigures figures = new ScoreFigures(scores);
    String depths = figures.depths();
    return Html.facts("sets", sets)
        + figures.overview()
        + ScoreTable.html(scores)
        + "<h3>More tries</h3>\n"
        + (scores.ks().isEmpty()
            ? missing("No samples were drawn, so there is no pass@k.")
            : figures.passAtK())
        + (depths.isEmpty() ? "" : "<h3>Longer chains</h3>\n" + depths);
  }

  private String training() {
    TrainingFigures figures = new TrainingFigures(curves);
    List<String> sft = curves.sftRuns();
    List<String> rl = curves.rlRuns();
    StringBuilder out = new StringBuilder();
    sft.forEach(run -> out.append(heading("SFT", run, sft)).append(figures.sft(run)));
    if (sft.isEmpty()) {
      out.append(missing("No SFT run has recorded a loss."));
    }
    rl.forEach(run -> out.append(heading("RL", run, rl)).append(figures.rl(run, ink(run))));
    if (rl.isEmpty()) {
      out.append(missing("No RL run has recorded a reward."));
    }
    return out.toString();
  }

  private static String heading(String name, String run, List<String> runs) {
    return "<h3>" + name + (runs.size() == 1 ? "" : " " + Html.escape(run)) + "</h3>\n";
  }

  /** The runs and the stages after the baseline are taken to be in the same order. */
  private Ink ink(String run) {
    int index = curves.rlRuns().indexOf(run);
    return index < scores.later().size() ? scores.ink(scores.later().get(index)) : Ink.RL;
  }

  private String verdicts() {
    TrainingFigures training = new TrainingFigures(curves);
    String rollouts =
        curves.rlRuns().stream().map(training::verdicts).collect(Collectors.joining());
    List<String> keys = new ArrayList<>();
    for (Ink v : Ink.VERDICTS) {
      keys.add(
          Html.key(
              v,
              v == Ink.OTHER
                  ? "limit, forbidden, invalid test or sandbox"
                  : Words.verdict(v.name())));
    }
    return keys(keys)
        + Html.pair(
            scores.ks().isEmpty()
                ? missing("No evaluated samples were judged.")
                : new ScoreFigures(scores).verdicts(),
            rollouts.isEmpty() ? missing("No verdicts of rollouts were recorded.") : rollouts);
  }

  private String problems() {
    return (data.spaces().isEmpty()
            ? missing("The space of chains was not counted.")
            : "<h3>Chains of atoms that fit together</h3>\n" + Html.facts("facts", data.spaces()))
        + Html.pair(rejections(), kept());
  }

  private String rejections() {
    List<Row> rows = new ArrayList<>();
    data.rejections().forEach((check, n) -> rows.add(bar(Words.check(check), n, Words.count(n))));
    long refused = data.rejections().values().stream().mapToLong(n -> n).sum();
    if (refused == 0) {
      return missing("No candidate was refused.");
    }
    long kept =
        data.kept().values().stream().flatMap(m -> m.values().stream()).mapToLong(n -> n).sum();
    Map.Entry<String, Long> most =
        data.rejections().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    String caption =
        "Of %s candidates %s became problems (%s). Most were refused by %s: %s."
            .formatted(
                Words.count(refused + kept),
                Words.count(kept),
                Words.percent((double) kept / (refused + kept)),
                Words.check(most.getKey()),
                Words.count(most.getValue()));
    return Html.figure(
        List.of(),
        List.of(Html.panel("Candidates refused, by check", RowChart.bars(rows))),
        caption,
        "SELECT stage, count(*) AS candidates FROM rejections GROUP BY 1 ORDER BY 1");
  }

  private static Row bar(String name, double length, String text) {
    return new Row(name, List.of(new Bar(Ink.MUTED, 0, length, name + ": " + text)), text);
  }

  private String kept() {
    Set<String> splits = new LinkedHashSet<>();
    data.kept().values().forEach(s -> splits.addAll(s.keySet()));
    List<List<String>> rows = new ArrayList<>();
    data.kept()
        .forEach(
            (family, counts) -> {
              List<String> row = new ArrayList<>(List.of("", Html.escape(family)));
              splits.forEach(s -> row.add(Words.count(counts.getOrDefault(s, 0L))));
              rows.add(row);
            });
    List<String> head = new ArrayList<>(List.of("Problems kept"));
    splits.forEach(s -> head.add(Html.escape(s)));
    return rows.isEmpty() ? missing("No problems were kept.") : Html.table("numbers", head, rows);
  }

  private String samples() {
    StringBuilder out = new StringBuilder();
    String set = "";
    for (Sample sample : data.samples()) {
      if (!sample.problemSet().equals(set)) {
        set = sample.problemSet();
        out.append("<h3>" + Html.escape(Words.capital(Words.set(set))) + "</h3>\n");
      }
      out.append(
          "<article>\n<p class=\"prompt\">"
              + Html.escape(Html.bounded(sample.prompt()))
              + "</p>\n");
      int cards = 1 + sample.completions().size();
      out.append("<div class=\"codes\" style=\"--columns:" + (cards == 3 ? 3 : 2) + "\">\n");
      out.append(Html.code("Reference", "", sample.reference()));
      for (Completion c : sample.completions()) {
        out.append(Html.code(Words.capital(Words.stage(c.stage())), c.outcome(), c.text()));
      }
      out.append("</div>\n</article>\n");
    }
    return out.isEmpty() ? missing("No completions were kept to show.") : out.toString();
  }

  private String lineage() {
    List<List<String>> rows = new ArrayList<>();
    for (TableState t : data.lineage()) {
      String reads = t.reads().isEmpty() ? "–" : Html.escape(String.join(", ", t.reads()));
      rows.add(
          List.of(
              "",
              Html.escape(t.table()),
              Words.count(t.rows()),
              Long.toString(t.version()),
              Html.escape(t.job()),
              reads));
    }
    return rows.isEmpty()
        ? missing("No table has been written.")
        : Html.table("words", List.of("Table", "Rows", "Version", "Written by", "From"), rows);
  }

  private String run() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Seed", Long.toString(data.seed()));
    facts.putAll(data.environment());
    return Html.pair(times(), Html.facts("facts", facts))
        + "<details><summary>Effective config</summary>\n<pre><code>"
        + Html.escape(data.config())
        + "</code></pre>\n</details>\n";
  }

  private String times() {
    List<Row> rows = new ArrayList<>();
    data.stageSeconds().forEach((stage, s) -> rows.add(bar(stage, s, Words.duration(s))));
    if (rows.isEmpty()) {
      return missing("No stage has been timed.");
    }
    Map.Entry<String, Double> longest =
        data.stageSeconds().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    String caption =
        "The run took %s, of which %s took %s."
            .formatted(
                Words.duration(data.totalSeconds()),
                longest.getKey(),
                Words.duration(longest.getValue()));
    return Html.figure(
        List.of(),
        List.of(Html.panel("Wall time", RowChart.bars(rows))),
        caption,
        "The pipeline notes when a stage ends, in pipeline/stages.json beside the checkpoints; no"
            + " table has it.");
  }

  private static String keys(List<String> keysHtml) {
    return "<p class=\"keys\">" + String.join("", keysHtml) + "</p>\n";
  }

  private static String missing(String text) {
    return Html.paragraph("missing", text);
  }

  private static String style() {
    try (InputStream css = Report.class.getResourceAsStream("report.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
