package io.atomforge.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.ReportData.Completion;
import io.atomforge.report.ReportData.Evaluation;
import io.atomforge.report.ReportData.Run;
import io.atomforge.report.ReportData.Sample;
import io.atomforge.report.page.Html;
import io.atomforge.report.page.Words;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportTest {
  private static final ReportData WHOLE = ReportFixture.whole();
  private static final String PAGE = Report.html(WHOLE);
  private static final String COMPARISON = Report.html(ReportFixture.comparison());

  static List<String> pages() {
    return List.of(PAGE, COMPARISON);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aPageIsWellFormedAndLoadsNothingAndRunsItsOwnScriptAlone(String html) throws Exception {
    Document page = parse(html);
    List<String> names = new ArrayList<>();
    NodeList elements = page.getElementsByTagName("*");
    for (int i = 0; i < elements.getLength(); i++) {
      Element element = (Element) elements.item(i);
      names.add(element.getTagName());
      for (String attribute : List.of("src", "href", "xlink:href", "onload", "data")) {
        assertThat(element.hasAttribute(attribute)).as(attribute).isFalse();
      }
    }
    assertThat(names)
        .containsOnlyOnce("script")
        .doesNotContain("link", "iframe", "img", "object", "use");
    assertThat(html).doesNotContain("http://", "https://", "url(", "@import", "fetch(");
    byte[] script =
        page.getElementsByTagName("script")
            .item(0)
            .getTextContent()
            .getBytes(StandardCharsets.UTF_8);
    assertThat(html)
        .contains(
            "script-src 'sha256-"
                + Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(script)));
  }

  @Test
  void everySectionIsThere() throws Exception {
    List<String> sections = new ArrayList<>();
    NodeList all = parse(PAGE).getElementsByTagName("section");
    for (int i = 0; i < all.getLength(); i++) {
      sections.add(((Element) all.item(i)).getAttribute("id"));
    }
    assertThat(sections)
        .containsExactly(
            "answer", "scores", "training", "failures", "samples", "problems", "lineage", "run");
    assertThat(PAGE).doesNotContain("class=\"missing\"");
  }

  @Test
  void everyChartIsDescribedAndTakesItsColoursFromTheStyleSheet() throws Exception {
    NodeList charts = parse(PAGE).getElementsByTagName("svg");
    assertThat(charts.getLength()).isGreaterThan(20);
    for (int i = 0; i < charts.getLength(); i++) {
      Element chart = (Element) charts.item(i);
      assertThat(chart.getAttribute("aria-label") + chart.getAttribute("aria-hidden")).isNotBlank();
    }
    assertThat(PAGE.replaceAll("(?s)<style>.*?</style>", ""))
        .doesNotContain("rgb(", "fill=", "stroke=")
        .contains("style=\"color:var(--rl)\"");
  }

  @Test
  void everyFigureNamesItsSource() throws Exception {
    NodeList figures = parse(PAGE).getElementsByTagName("figure");
    assertThat(figures.getLength()).isEqualTo(12);
    for (int i = 0; i < figures.getLength(); i++) {
      NodeList sources = ((Element) figures.item(i)).getElementsByTagName("code");
      assertThat(sources.getLength()).isEqualTo(1);
      Element source = (Element) sources.item(0);
      assertThat(source.getTextContent())
          .contains(source.getAttribute("class").equals("sql") ? "FROM " : "stages.json");
    }
  }

  @Test
  void whatIsDrawnTellsItsValuesToThePointer() {
    assertThat(PAGE)
        .contains("<title>B-test, after RL: 47.3 % [")
        .contains("<title>after SFT, k = 5: 60.9 % [")
        .containsPattern("<title>step 420: 0\\.164 nats per token</title>")
        .contains("<title>V3 constant: 1,322</title>");
  }

  @Test
  void aProgramOfAnyLengthIsCut() {
    String endless = "x = 1\n".repeat(10_000);
    Sample sample =
        new Sample("atom", "p", "r", List.of(new Completion("after_rl", endless, "PASSED")));
    String page = Report.html(ReportFixture.data(List.of(), List.of(), List.of(), List.of(sample)));
    assertThat(page).contains("… and 57,999 more characters").hasSizeLessThan(40_000);
  }

  @Test
  void aTextIsNeverCutInsideACharacter() {
    assertThat(Html.bounded("😀".repeat(2_001)))
        .isEqualTo("😀".repeat(2_000) + "\n… and 1 more characters");
  }

  @Test
  void whatAModelWroteStaysText() throws Exception {
    String hostile =
        "</code></pre></body><script>alert('1')</script><img src=x"
            + " onerror=\"y\">\u0000\ud800&amp;😀";
    Sample sample =
        new Sample(hostile, hostile, hostile, List.of(new Completion(hostile, hostile, hostile)));
    Evaluation evaluation =
        new Evaluation(
            hostile, hostile, hostile, 1, 1, 1, true, true, Map.of(hostile, 1L), List.of());
    Document page =
        parse(
            Report.html(
                ReportFixture.data(List.of(), List.of(evaluation), List.of(), List.of(sample))));
    assertThat(page.getElementsByTagName("script").getLength()).isEqualTo(1);
    assertThat(page.getElementsByTagName("img").getLength()).isZero();
    Element opened = sample(page);
    assertThat(opened.getAttribute("data-set")).isEqualTo(Html.printable(hostile));
    assertThat(opened.getElementsByTagName("code").item(0).getTextContent())
        .isEqualTo(hostile.replace('\u0000', '\ufffd').replace('\ud800', '\ufffd'));
  }

  private static Element sample(Document page) {
    NodeList details = page.getElementsByTagName("details");
    return IntStream.range(0, details.getLength())
        .mapToObj(i -> (Element) details.item(i))
        .filter(d -> d.getAttribute("class").equals("sample"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSampleCanBeFoundByItsSetAndByTheVerdictOfEachArm() throws Exception {
    assertThat(PAGE)
        .contains(
            "data-set=\"b_test\" data-arm0=\"COMPILE_ERROR\" data-arm1=\"RUNTIME_ERROR\""
                + " data-arm2=\"PASSED\"")
        .contains("<option value=\"b_test\">B-test</option>")
        .containsPattern("After RL <select name=\"arm2\">.*<option value=\"PASSED\">passed<");
  }

  @Test
  void failuresAreToldByStepAndByAtom() {
    assertThat(PAGE)
        .containsPattern(
            "After RL, [\\d.]+.% at step 1, [\\d.]+.% at step 2 and [\\d.]+.% at step 3")
        .containsPattern("After RL, atom_16 fails most often: 37 of its 65 chains")
        .contains("FROM v_chain_steps WHERE run_id IN (&#39;before_sft&#39;");
  }

  @Test
  void problemsWhoseAtomsAreNotCalledByNameHaveNoFailuresByStep() {
    List<Evaluation> rows = evaluations("after_sft", "b_test", 5, 10);
    assertThat(Report.html(ReportFixture.data(List.of(), rows, List.of(), List.of())))
        .doesNotContain("By step", "By atom");
  }

  @Test
  void armsOfSeveralSeedsHaveIntervalsThatReachOverThem() {
    assertThat(COMPARISON)
        .contains("<h1>SFT, grpo and dapo compared</h1>")
        .contains("The scores are means over seeds 17, 18 and 19 of SFT and grpo; seed 17 of dapo.")
        .contains("small strokes are the seeds of an arm")
        .containsPattern(
            "38\\.5<small>\\[[^<]+</small><small class=\"seeds\">38\\.5 · 39\\.9 · 37\\.2<")
        .containsPattern("Compared with SFT on the first try, grpo adds .* on B.test")
        .contains("<th scope=\"row\">selection.type</th><td>–</td><td>all</td>");
  }

  @Test
  void anIntervalOverSeedsIsNeverTighterThanTheOneOverProblems() {
    List<Evaluation> rows = new ArrayList<>();
    List<Run> runs = new ArrayList<>();
    for (long seed = 1; seed <= 2; seed++) {
      runs.add(new Run("a-" + seed, "a", seed));
      rows.addAll(evaluations("a-" + seed, "b_test", 100, 200)); // the seeds agree
    }
    Scores scores = new Scores(comparison(runs, rows));
    Interval half = scores.mean("b_test", "a", Scores.Measure.GREEDY).orElseThrow();
    assertThat(half.mean()).isEqualTo(0.5);
    assertThat(half.high() - half.low()).isBetween(0.12, 0.16);
    rows.removeIf(e -> e.run().equals("a-2"));
    rows.addAll(evaluations("a-2", "b_test", 140, 200));
    half = new Scores(comparison(runs, rows)).mean("b_test", "a", Scores.Measure.GREEDY).get();
    assertThat(List.of(half.low(), half.mean(), half.high())).containsExactly(0.0, 0.6, 1.0);
  }

  @Test
  void seedsArePairedWithTheSameSeedOrWithTheOnlyOne() {
    List<Run> runs =
        List.of(
            new Run("a-1", "a", 1),
            new Run("a-2", "a", 2),
            new Run("b-1", "b", 1),
            new Run("b-2", "b", 2),
            new Run("c", "c", 3));
    List<Evaluation> rows = new ArrayList<>();
    rows.addAll(evaluations("a-1", "b_test", 20, 100));
    rows.addAll(evaluations("a-2", "b_test", 40, 100));
    rows.addAll(evaluations("b-1", "b_test", 25, 100));
    rows.addAll(evaluations("b-2", "b_test", 45, 100));
    rows.addAll(evaluations("c", "b_test", 10, 100));
    Scores scores = new Scores(comparison(runs, rows));
    Scores.Measure greedy = Scores.Measure.GREEDY;
    assertThat(scores.difference("b_test", "b", "a", greedy).get().mean()).isEqualTo(0.05);
    assertThat(scores.difference("b_test", "b", "c", greedy).get().mean()).isEqualTo(0.25);
    assertThat(scores.difference("b_test", "c", "a", greedy)).isEmpty();
  }

  @Test
  void problemsThatAreAllAlikeHaveAnIntervalOfTheirNumber() {
    List<Evaluation> rows = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      rows.add(new Evaluation("a", "b_test", "p" + i, 2, 0, 0, true, false, Map.of(), List.of()));
      rows.add(new Evaluation("b", "b_test", "p" + i, 2, 0, 0, true, false, Map.of(), List.of()));
    }
    Scores scores =
        new Scores(comparison(List.of(new Run("a", "a", 1), new Run("b", "b", 1)), rows));
    Interval none = scores.mean("b_test", "a", Scores.Measure.GREEDY).orElseThrow();
    assertThat(none.low()).isZero();
    assertThat(none.high()).isCloseTo(0.3085, within(1e-4)); // Clopper and Pearson: 0 of 10
    Interval difference =
        scores.difference("b_test", "b", "a", Scores.Measure.GREEDY).orElseThrow();
    assertThat(difference.low()).isEqualTo(-difference.high()).isNegative();
  }

  @Test
  void armsMayHaveDifferentNumbersOfSamples() {
    List<Run> runs = new ArrayList<>();
    List<Evaluation> rows = new ArrayList<>();
    for (int seed = 1; seed <= 2; seed++) {
      runs.add(new Run("a-" + seed, "a", seed));
      runs.add(new Run("b-" + seed, "b", seed));
      for (int p = 0; p < 10; p++) {
        boolean lost = p == 0;
        rows.add(
            new Evaluation(
                "a-" + seed, "b_test", "p" + p, 2, 16, 4, !lost, p < 5, Map.of(), List.of()));
        rows.add(
            new Evaluation(
                "b-" + seed, "b_test", "p" + p, 2, 1, 0, true, false, Map.of(), List.of()));
      }
    }
    ReportData data = comparison(runs, rows);
    Scores scores = new Scores(data);
    assertThat(scores.each("b_test", "a", Scores.Measure.passAt(5))).hasSize(2);
    assertThat(scores.each("b_test", "b", Scores.Measure.passAt(5))).isEmpty();
    Interval greedy = scores.mean("b_test", "a", Scores.Measure.GREEDY).orElseThrow();
    assertThat(greedy.mean()).isEqualTo(4 / 9.0);
    assertThat(Report.html(data)).contains("pass@5");
  }

  private static ReportData comparison(List<Run> runs, List<Evaluation> rows) {
    return bare(ReportData.Kind.COMPARISON, "", runs, rows);
  }

  /** Evaluations and nothing else. */
  private static ReportData bare(
      ReportData.Kind kind, String title, List<Run> runs, List<Evaluation> rows) {
    return new ReportData(
        kind,
        title,
        1,
        SeedSpread.NONE,
        runs,
        rows,
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        List.of(),
        List.of(),
        "",
        Map.of(),
        Map.of());
  }

  @Test
  void theSamePageComesFromTheSameData() {
    assertThat(Report.html(WHOLE)).isEqualTo(PAGE);
  }

  @Test
  void theAnswerStatesLevelsWithIntervals() {
    assertThat(answer(50, 80, 90))
        .contains("After SFT")
        .containsPattern("80\\.0 % \\[7\\d\\.\\d, 8\\d\\.\\d\\] of B-test")
        .contains("before SFT 50.0 % of B-test");
  }

  @Test
  void theAnswerSaysThatRlAdds() {
    assertThat(answer(0, 40, 80))
        .containsPattern("RL adds 40\\.0 points \\[3\\d\\.\\d, 4\\d\\.\\d\\]");
  }

  @Test
  void theAnswerSaysThatRlCosts() {
    assertThat(answer(0, 80, 40))
        .containsPattern("RL costs 40\\.0 points \\[3\\d\\.\\d, 4\\d\\.\\d\\]");
  }

  @Test
  void theAnswerClaimsNoDifferenceWhereTheIntervalHoldsZero() {
    assertThat(answer(0, 80, 81))
        .containsPattern(
            "RL makes no difference that the interval can show on B-test \\(\\+0\\.5 points"
                + " \\[0\\.0, ")
        .doesNotContain("RL adds");
  }

  @Test
  void theAnswerTellsEverySampledDifferenceThatTheTableShows() {
    assertThat(Report.answer(WHOLE))
        .containsPattern(
            "With 10 samples per problem, RL raises pass@1 by .*4\\.7\\] on C-test; it raises"
                + " pass@5 by")
        .containsPattern("; the intervals of the other 4 sampled differences include zero\\.");
  }

  @Test
  void theAnswerTellsWhatWasTrainedOnAndThatItIsOneSeed() {
    assertThat(Report.answer(WHOLE))
        .contains("Run sft trained on 2,410 examples of composite_a, 300 of atom.")
        .contains("one run with seed 17");
  }

  @Test
  void whereTheSpreadBetweenSeedsIsKnownOneSeedClaimsNoMore() {
    ReportData known =
        new ReportData(
            WHOLE.kind(),
            "",
            17,
            new SeedSpread(3, Map.of("b_test", 30.0)),
            WHOLE.evaluated(),
            WHOLE.evaluations(),
            WHOLE.trained(),
            WHOLE.metrics(),
            WHOLE.trainedOn(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            List.of(),
            List.of(),
            "",
            Map.of(),
            Map.of());
    assertThat(Report.answer(WHOLE)).containsPattern("first try, RL adds [^;]* on B-test");
    assertThat(Report.answer(known))
        .containsPattern("no difference that the interval can show on .*B-test")
        .contains(
            "Between 3 runs of this configuration with different seeds, the differences had a"
                + " standard deviation of 30.0 points on B-test, which their intervals include.");
  }

  @ParameterizedTest
  @CsvSource({"0.0004, 0.05, 0", "0.0006, 0.05, 1", "-0.05, -0.0004, 0", "-0.05, -0.0006, -1"})
  void aDifferenceIsShownOnlyWhereThePrintedIntervalExcludesZero(
      double low, double high, int shown) {
    assertThat(Words.shown(new Interval((low + high) / 2, low, high))).isEqualTo(shown);
  }

  @Test
  void aTextThatIsNotPythonIsASyntaxErrorEverywhere() {
    assertThat(PAGE)
        .contains("before SFT it is syntax error (100.0\u00a0%)")
        .doesNotContain("compile error");
  }

  @Test
  void aRunWithoutRlIsReportedAsSuch() throws Exception {
    List<Evaluation> rows =
        WHOLE.evaluations().stream().filter(e -> !e.run().equals("after_rl")).toList();
    ReportData data =
        ReportFixture.data(ReportFixture.STAGES, rows, ReportFixture.sft(), WHOLE.samples());
    assertThat(Report.answer(data))
        .contains("No RL run was evaluated, so what RL adds is still open.");
    assertThat(Report.html(data)).contains("No RL run has recorded a reward.");
    parse(Report.html(data));
  }

  @Test
  void anEmptyRunStillMakesAPage() throws Exception {
    ReportData data = bare(ReportData.Kind.RUN, "Empty", List.of(), List.of());
    assertThat(Report.answer(data))
        .isEqualTo("Nothing has been evaluated yet, so there is no answer.");
    parse(Report.html(data));
  }

  @Test
  void otherStagesAndSetsPassThrough() {
    List<Evaluation> rows = new ArrayList<>();
    rows.addAll(evaluations("after_sft", "MBPP", 20, 100));
    rows.addAll(evaluations("after_rl_dapo", "MBPP", 60, 100));
    ReportData data = ReportFixture.data(List.of(), rows, List.of(), List.of());
    assertThat(Report.answer(data)).contains("RL dapo adds 40.0 points", "on MBPP");
    assertThat(Report.html(data)).contains("after RL dapo", "MBPP");
  }

  /**
   * The answer where so many of 200 problems of B-test are solved before SFT, after SFT, after RL.
   */
  private static String answer(int... percents) {
    List<Evaluation> rows = new ArrayList<>();
    for (int s = 0; s < percents.length; s++) {
      rows.addAll(
          evaluations(
              ReportFixture.STAGES.get(s),
              "b_test",
              percents[s] == 81 ? 161 : 2 * percents[s],
              200));
    }
    return Report.answer(ReportFixture.data(ReportFixture.STAGES, rows, List.of(), List.of()));
  }

  private static List<Evaluation> evaluations(String stage, String set, int solved, int problems) {
    List<Evaluation> rows = new ArrayList<>();
    for (int p = 0; p < problems; p++) {
      boolean passed = p < solved;
      rows.add(
          new Evaluation(
              stage,
              set,
              "p" + p,
              2,
              1,
              passed ? 1 : 0,
              true,
              passed,
              Map.of(passed ? "PASSED" : "TIMEOUT", 1L),
              List.of()));
    }
    return rows;
  }

  private static Document parse(String page) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(page)));
  }
}
