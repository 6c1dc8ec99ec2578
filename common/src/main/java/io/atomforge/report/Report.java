package io.atomforge.report;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.Chart.Part;
import io.atomforge.report.Chart.Row;
import io.atomforge.report.ReportData.Completion;
import io.atomforge.report.ReportData.Sample;
import io.atomforge.report.Scores.Measure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
          + " that it only ever saw alone?";

  private static final Map<String, String> SETS =
      Map.of(
          "atom", "each atomic function by itself; all of them are trained on",
          "a_test", "unseen chains of atoms that are trained on in other chains",
          "b_test", "chains of atoms that are only ever trained on alone",
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
   * @return a complete HTML document
   */
  public static String html(ReportData data) {
    return new Report(data).page();
  }

  /**
   * @return plain text, one sentence a line
   */
  public static String answer(ReportData data) {
    return String.join("\n", Answer.of(new Scores(data)));
  }

  private String page() {
    String answer =
        Answer.of(scores).stream().map(s -> Html.paragraph("", s)).collect(Collectors.joining());
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
        <meta name="color-scheme" content="light dark"/>
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
        <section id="answer" class="answer">
        <h2>Answer</h2>
        %s</section>
        """
            .formatted(
                Html.escape(data.title()),
                style(),
                Html.escape(data.title()),
                Html.escape(QUESTION),
                answer)
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
      return Html.paragraph("missing", "No checkpoint has been evaluated.");
    }
    ScoreFigures figures = new ScoreFigures(scores);
    StringBuilder keys = new StringBuilder("<p class=\"keys\">");
    scores
        .stages()
        .forEach(s -> keys.append(Html.key(Ink.stage(s, scores.stages()), Words.stage(s))));
    StringBuilder sets = new StringBuilder("<dl class=\"sets\">\n");
    for (String set : scores.sets()) {
      if (SETS.containsKey(set)) {
        sets.append(
            "<div><dt>%s</dt><dd>%s</dd></div>\n"
                .formatted(Words.capital(Words.set(set)), SETS.get(set)));
      }
    }
    return sets
        + "</dl>\n"
        + keys
        + "</p>\n"
        + figures.overview()
        + table()
        + (scores.ks().isEmpty()
            ? Html.paragraph("missing", "No samples were drawn, so there is no pass@k.")
            : "<h3>More tries</h3>\n" + figures.passAtK())
        + (figures.depths().isEmpty() ? "" : "<h3>Longer chains</h3>\n" + figures.depths());
  }

  private String table() {
    List<Measure> measures = new ArrayList<>(List.of(Measure.GREEDY));
    scores.ks().forEach(k -> measures.add(Measure.passAt(k)));
    List<List<String>> rows = new ArrayList<>();
    for (String set : scores.sets()) {
      int problems = scores.rows(set, scores.stages(set).get(0)).size();
      List<String> heading =
          new ArrayList<>(
              List.of(
                  "group",
                  "%s <small>%s problems</small>"
                      .formatted(
                          Html.escape(Words.capital(Words.set(set))), Words.count(problems))));
      measures.forEach(m -> heading.add(""));
      rows.add(heading);
      for (String stage : scores.stages(set)) {
        rows.add(
            cells(
                "",
                Html.key(Ink.stage(stage, scores.stages()), Words.stage(stage)),
                measures,
                m -> scores.mean(set, stage, m),
                i -> Words.fixed(100 * i.mean(), 1) + "<small>" + Words.range(i, false)));
      }
      for (String stage : scores.later()) {
        String baseline = scores.baseline().orElseThrow();
        if (scores.difference(set, stage, baseline, Measure.GREEDY).isPresent()) {
          rows.add(
              cells(
                  "difference",
                  Html.escape(Words.deed(stage) + " − " + Words.deed(baseline)),
                  measures,
                  m -> scores.difference(set, stage, baseline, m),
                  i ->
                      (i.low() > 0 || i.high() < 0
                              ? "<b>" + Words.signed(i.mean()) + "</b>"
                              : Words.signed(i.mean()))
                          + "<small>"
                          + Words.range(i, true)));
        }
      }
    }
    List<String> head = new ArrayList<>(List.of("%"));
    measures.forEach(m -> head.add(m.name()));
    return Html.table("numbers", head, rows)
        + Html.paragraph(
            "note",
            ("Percent of problems, with 95 %% bootstrap intervals over problems (10,000 resamples)."
                    + " Differences are in points, paired by problem; bold where the interval"
                    + " excludes zero. pass@k is the unbiased estimate from %s samples per problem.")
                .formatted(scores.samples()));
  }

  private interface Cell {
    Optional<Interval> of(Measure measure);
  }

  private interface CellHtml {
    String of(Interval interval);
  }

  private static List<String> cells(
      String style, String nameHtml, List<Measure> measures, Cell cell, CellHtml html) {
    List<String> row = new ArrayList<>(List.of(style, nameHtml));
    measures.forEach(m -> row.add(cell.of(m).map(i -> html.of(i) + "</small>").orElse("–")));
    return row;
  }

  private String training() {
    TrainingFigures figures = new TrainingFigures(curves);
    StringBuilder out = new StringBuilder();
    for (String run : curves.sftRuns()) {
      out.append(heading("SFT", run, curves.sftRuns())).append(figures.sft(run));
    }
    if (curves.sftRuns().isEmpty()) {
      out.append(Html.paragraph("missing", "No SFT run has recorded a loss."));
    }
    for (String run : curves.rlRuns()) {
      out.append(heading("RL", run, curves.rlRuns())).append(figures.rl(run, ink(run)));
    }
    if (curves.rlRuns().isEmpty()) {
      out.append(Html.paragraph("missing", "No RL run has recorded a reward."));
    }
    return out.toString();
  }

  /** The run's stage has the run's colour. */
  private Ink ink(String run) {
    int index = curves.rlRuns().indexOf(run);
    return index < scores.later().size()
        ? Ink.stage(scores.later().get(index), scores.stages())
        : Ink.RL;
  }

  private static String heading(String name, String run, List<String> runs) {
    return "<h3>%s</h3>\n".formatted(runs.size() == 1 ? name : name + " " + Html.escape(run));
  }

  private String verdicts() {
    TrainingFigures training = new TrainingFigures(curves);
    StringBuilder keys = new StringBuilder("<p class=\"keys\">");
    for (Ink verdict : Ink.VERDICTS) {
      keys.append(
          Html.key(
              verdict,
              verdict == Ink.OTHER ? "memory, output or sandbox" : Words.verdict(verdict.name())));
    }
    String rollouts =
        curves.rlRuns().stream().map(training::verdicts).collect(Collectors.joining());
    return keys
        + "</p>\n<div class=\"pair\">\n"
        + (scores.ks().isEmpty()
            ? Html.paragraph("missing", "No evaluated samples were judged.")
            : new ScoreFigures(scores).verdicts())
        + (rollouts.isEmpty()
            ? Html.paragraph("missing", "No verdicts of rollouts were recorded.")
            : rollouts)
        + "</div>\n";
  }

  private String problems() {
    long refused = data.rejections().values().stream().mapToLong(n -> n).sum();
    long kept =
        data.kept().values().stream()
            .flatMap(splits -> splits.values().stream())
            .mapToLong(n -> n)
            .sum();
    StringBuilder out = new StringBuilder();
    if (!data.spaces().isEmpty()) {
      out.append("<dl class=\"facts\">\n");
      data.spaces()
          .forEach(
              (name, number) ->
                  out.append(
                      "<div><dt>%s</dt><dd>%s</dd></div>\n"
                          .formatted(Html.escape(name), Html.escape(number))));
      out.append("</dl>\n");
    }
    out.append("<div class=\"pair\">\n");
    if (refused > 0) {
      List<Row> rows = new ArrayList<>();
      data.rejections()
          .forEach(
              (stage, n) ->
                  rows.add(
                      new Row(
                          Words.capital(Words.verdict(stage)),
                          List.of(new Part(Ink.SFT, n)),
                          Words.count(n))));
      Map.Entry<String, Long> most =
          data.rejections().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
      String caption =
          "Of %s candidates %s became problems (%s). The check that refused most, %s, refused %s."
              .formatted(
                  Words.count(refused + kept),
                  Words.count(kept),
                  Words.percent((double) kept / (refused + kept)),
                  Words.verdict(most.getKey()),
                  Words.count(most.getValue()));
      out.append(
          Html.figure(
              List.of(Html.panel("Candidates refused, by check", Chart.bars(caption, rows))),
              caption));
    } else {
      out.append(Html.paragraph("missing", "No candidate was refused."));
    }
    return out + kept() + "</div>\n";
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
    return rows.isEmpty()
        ? Html.paragraph("missing", "No problems were kept.")
        : Html.table("numbers", head, rows);
  }

  private String samples() {
    StringBuilder out = new StringBuilder();
    String set = "";
    for (Sample sample : data.samples()) {
      if (!sample.problemSet().equals(set)) {
        set = sample.problemSet();
        out.append("<h3>%s</h3>\n".formatted(Html.escape(Words.capital(Words.set(set)))));
      }
      out.append("<article>\n")
          .append("<p class=\"prompt\">" + Html.escape(sample.prompt()) + "</p>\n");
      out.append("<div class=\"codes\">\n<div><h4>Reference</h4>")
          .append(Html.code(sample.reference()))
          .append("</div>\n");
      for (Completion c : sample.completions()) {
        out.append(
            "<div><h4>%s %s</h4>%s</div>\n"
                .formatted(
                    Html.escape(Words.capital(Words.stage(c.stage()))),
                    Html.chip(c.outcome()),
                    Html.code(c.text())));
      }
      out.append("</div>\n</article>\n");
    }
    return out.isEmpty()
        ? Html.paragraph("missing", "No completions were kept to show.")
        : out.toString();
  }

  private String lineage() {
    List<List<String>> rows =
        data.lineage().stream()
            .map(
                t ->
                    List.of(
                        "",
                        "<code>" + Html.escape(t.table()) + "</code>",
                        Words.count(t.rows()),
                        Long.toString(t.version()),
                        Html.escape(t.job()),
                        t.reads().isEmpty()
                            ? "–"
                            : t.reads().stream()
                                .map(r -> "<code>" + Html.escape(r) + "</code>")
                                .collect(Collectors.joining(" "))))
            .toList();
    return rows.isEmpty()
        ? Html.paragraph("missing", "No table has been written.")
        : Html.table("words", List.of("Table", "Rows", "Version", "Written by", "From"), rows);
  }

  private String run() {
    List<Row> rows = new ArrayList<>();
    data.stageSeconds()
        .forEach(
            (stage, seconds) ->
                rows.add(
                    new Row(
                        stage, List.of(new Part(Ink.MUTED, seconds)), Words.duration(seconds))));
    StringBuilder out = new StringBuilder("<div class=\"pair\">\n");
    if (!rows.isEmpty()) {
      Map.Entry<String, Double> longest =
          data.stageSeconds().entrySet().stream()
              .max(Comparator.comparingDouble(Map.Entry::getValue))
              .orElseThrow();
      String caption =
          "The run took %s; %s took longest, %s."
              .formatted(
                  Words.duration(data.totalSeconds()),
                  longest.getKey(),
                  Words.duration(longest.getValue()));
      out.append(Html.figure(List.of(Html.panel("Wall time", Chart.bars(caption, rows))), caption));
    }
    out.append(
        "<dl class=\"facts\">\n<div><dt>Seed</dt><dd>%d</dd></div>\n".formatted(data.seed()));
    data.environment()
        .forEach(
            (name, value) ->
                out.append(
                    "<div><dt>%s</dt><dd>%s</dd></div>\n"
                        .formatted(Html.escape(name), Html.escape(value))));
    return out
        + "</dl>\n</div>\n<details><summary>Effective config</summary>\n"
        + Html.code(data.config())
        + "</details>\n";
  }

  private static String style() {
    try (InputStream css = Report.class.getResourceAsStream("report.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
