package io.atomforge.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.evaluation.Interval;
import io.atomforge.report.ReportData.Completion;
import io.atomforge.report.ReportData.Evaluation;
import io.atomforge.report.ReportData.Sample;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportTest {
  private static final ReportData WHOLE = ReportFixture.whole();
  private static final String PAGE = Report.html(WHOLE);

  @Test
  void thePageIsWellFormedAndLoadsNothing() throws Exception {
    Document page = parse(PAGE);
    List<String> names = new ArrayList<>();
    NodeList elements = page.getElementsByTagName("*");
    for (int i = 0; i < elements.getLength(); i++) {
      Element element = (Element) elements.item(i);
      names.add(element.getTagName());
      for (String attribute : List.of("src", "href", "xlink:href", "onload", "data")) {
        assertThat(element.hasAttribute(attribute)).as(attribute).isFalse();
      }
    }
    assertThat(names).doesNotContain("script", "link", "iframe", "img", "object", "use");
    assertThat(PAGE).doesNotContain("http://", "https://", "url(", "@import");
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
            "answer", "scores", "training", "verdicts", "problems", "samples", "lineage", "run");
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
    assertThat(figures.getLength()).isEqualTo(9);
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
        .containsPattern(
            "<title>step 420: training 0\\.\\d+ nats per token, validation 0\\.164 nats")
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
        new Evaluation(hostile, hostile, hostile, 1, 1, 1, true, Map.of(hostile, 1L));
    Document page =
        parse(
            Report.html(
                ReportFixture.data(List.of(), List.of(evaluation), List.of(), List.of(sample))));
    assertThat(page.getElementsByTagName("script").getLength()).isZero();
    assertThat(page.getElementsByTagName("img").getLength()).isZero();
    Element article = (Element) page.getElementsByTagName("article").item(0);
    assertThat(article.getElementsByTagName("code").item(0).getTextContent())
        .isEqualTo(hostile.replace('\u0000', '\ufffd').replace('\ud800', '\ufffd'));
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
        .contains("no other of the 12 sampled differences can be told from zero");
  }

  @Test
  void theAnswerTellsWhatWasTrainedOnAndThatItIsOneSeed() {
    assertThat(Report.answer(WHOLE))
        .contains("Run sft trained on 2,410 examples of composite_a, 300 of atom.")
        .contains("one run with seed 17");
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
        WHOLE.evaluations().stream().filter(e -> !e.stage().equals("after_rl")).toList();
    ReportData data =
        ReportFixture.data(ReportFixture.STAGES, rows, ReportFixture.sft(), WHOLE.samples());
    assertThat(Report.answer(data))
        .contains("No RL run was evaluated, so what RL adds is still open.");
    assertThat(Report.html(data)).contains("No RL run has recorded a reward.");
    parse(Report.html(data));
  }

  @Test
  void anEmptyRunStillMakesAPage() throws Exception {
    ReportData data =
        new ReportData(
            "Empty", 1, List.of(), List.of(), List.of(), Map.of(), Map.of(), Map.of(), Map.of(),
            List.of(), List.of(), "", Map.of(), Map.of(), 0);
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
              passed,
              Map.of(passed ? "PASSED" : "TIMEOUT", 1L)));
    }
    return rows;
  }

  private static Document parse(String page) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(page)));
  }
}
