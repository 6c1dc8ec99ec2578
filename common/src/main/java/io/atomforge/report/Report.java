package io.atomforge.report;

import io.atomforge.report.ReportData.Kind;
import io.atomforge.report.page.Html;
import io.atomforge.report.page.Ink;
import io.atomforge.report.page.Words;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One page about one run, or about several arms beside each other: the answer first, then what it
 * rests on. The page loads nothing, and of scripts the browser runs its own alone, which sorts
 * tables and filters samples; whatever a model wrote is shown as text.
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
  private final TrainingFigures training;

  private Report(ReportData data) {
    this.data = data;
    scores = new Scores(data);
    curves = new Curves(data);
    training = new TrainingFigures(curves, Words::deed, scores::ink);
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
    String title = Html.escape(title());
    String script = resource("report.js");
    boolean run = data.kind() == Kind.RUN;
    return """
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'"/>
<title>%s</title>
<style>
%s</style>
</head>
<body>
<main>
<header>
<p class="kicker">Atomforge %s</p>
<h1>%s</h1>
%s</header>
"""
            .formatted(
                sha256(script),
                title,
                resource("report.css"),
                run ? "report" : "comparison",
                title,
                run ? Html.paragraph("question", QUESTION) : "")
        + sections(run).entrySet().stream()
            .map(s -> Html.section(s.getKey(), s.getValue().get(0), s.getValue().get(1)))
            .collect(Collectors.joining())
        + "</main>\n<script>"
        + script
        + "</script>\n</body>\n</html>\n";
  }

  private String title() {
    if (!data.title().isEmpty()) {
      return data.title();
    }
    List<String> arms = ReportData.arms(data.evaluated(), id -> true);
    return data.kind() == Kind.RUN
        ? "What do SFT and RL each add?"
        : Words.capital(Words.and(arms.stream().map(Words::stage).toList())) + " compared";
  }

  /** Name to heading and content. */
  private Map<String, List<String>> sections(boolean run) {
    String answer =
        Answer.of(data, scores).stream()
            .map(s -> Html.paragraph("", s))
            .collect(Collectors.joining());
    Origins origins = new Origins(data);
    String samples = new Samples(data.samples()).html();
    Map<String, List<String>> sections = new LinkedHashMap<>();
    sections.put("answer", List.of("Answer", answer));
    sections.put("scores", List.of("Scores", scores()));
    sections.put("training", List.of("Training", training()));
    sections.put("failures", List.of("Failures", failures()));
    sections.put(
        "samples",
        List.of(
            "What the models wrote",
            samples.isEmpty() ? Html.missing("No completions were kept to show.") : samples));
    if (run) {
      sections.put("problems", List.of("Problems", origins.problems()));
      sections.put("lineage", List.of("Where the data comes from", origins.lineage()));
      sections.put("run", List.of("The run", origins.run()));
    } else {
      sections.put("settings", List.of("Settings that differ", origins.settings()));
    }
    return sections;
  }

  private String scores() {
    if (scores.stages().isEmpty()) {
      return Html.missing("No checkpoint has been evaluated.");
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
            ? Html.missing("No samples were drawn, so there is no pass@k.")
            : figures.passAtK())
        + (depths.isEmpty() ? "" : "<h3>Longer chains</h3>\n" + depths);
  }

  private String training() {
    return (curves.sft().isEmpty()
            ? Html.missing("No SFT run has recorded a loss.")
            : "<h3>SFT</h3>\n" + training.sft())
        + (curves.rl().isEmpty()
            ? Html.missing("No RL run has recorded a reward.")
            : "<h3>RL</h3>\n" + training.rl())
        + training.costs();
  }

  private String failures() {
    FailureFigures figures = new FailureFigures(scores);
    String rollouts = training.verdicts();
    String steps = figures.steps();
    String atoms = figures.atoms();
    List<String> keys = new ArrayList<>();
    for (Ink v : Ink.VERDICTS) {
      keys.add(
          Html.key(
              v,
              v == Ink.OTHER
                  ? "limit, forbidden action, invalid test or sandbox error"
                  : Words.verdict(v.name())));
    }
    return "<h3>By verdict</h3>\n<p class=\"keys\">"
        + String.join("", keys)
        + "</p>\n"
        + Html.pair(
            scores.ks().isEmpty()
                ? Html.missing("No evaluated samples were judged.")
                : figures.verdicts(),
            rollouts.isEmpty() ? Html.missing("No verdicts of rollouts were recorded.") : rollouts)
        + (steps.isEmpty() ? "" : "<h3>By step of the chain</h3>\n" + steps)
        + (atoms.isEmpty() ? "" : "<h3>By atom</h3>\n" + atoms);
  }

  private static String resource(String name) {
    try (InputStream text = Report.class.getResourceAsStream(name)) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
