package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.task.Judged;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RewardTest {
  private static final int[] PROMPT = {1, 5};
  private static final Reward BINARY = new Reward.Binary();
  private static final List<Reward> ALL =
      List.of(
          BINARY,
          new Reward.Fraction(),
          new Reward.Ladder(),
          new Reward.Partial(0.1),
          new Reward.MutationScore(0.4),
          new Reward.Format(),
          new Reward.LengthWindow(3, 5),
          new Reward.Gated(BINARY, 1, new Reward.Ladder()));

  private record Config(Rewards reward) {}

  private static Trace rollout(
      Outcome outcome, int passed, int total, int length, boolean finished) {
    Judged judged = new Judged(outcome, passed, total, false, true, Trust.VALUES, "", 0, 0);
    return Trace.written(
        "p", 0, PROMPT, "code", new int[length], new float[length], finished, judged);
  }

  private static Trace passed(int length) {
    return rollout(Outcome.PASSED, 4, 4, length, true);
  }

  private static Trace wrong(int length) {
    return rollout(Outcome.WRONG_ANSWER, 1, 4, length, true);
  }

  private static Rewards read(String yaml) {
    return new ConfigLoader().layer("conf/x.yaml", "reward: " + yaml).bind(Config.class).reward();
  }

  @ParameterizedTest
  @CsvSource({"0.2, 3", "0.3, 6", "0.3, 12"})
  void testCasesThatFindAllMutantsHaveTheGreatestMutationScoreExactly(double aligned, int mutants) {
    Trace all = rollout(Outcome.PASSED, mutants + 1, mutants + 1, 3, true);
    Reward score = new Reward.MutationScore(aligned);
    assertThat(score.values(List.of(all))).containsExactly(score.most());
  }

  @ParameterizedTest
  @CsvSource({"PASSED, true, 1", "WRONG_ANSWER, true, 1", "WRONG_ANSWER, false, 0"})
  void theVisibleTestsAloneDecide(Outcome outcome, boolean visiblePassed, double value) {
    int passed = outcome == Outcome.PASSED ? 4 : 2;
    Judged judged = new Judged(outcome, passed, 4, visiblePassed, true, Trust.VALUES, "", 0, 0);
    Trace trace = Trace.written("p", 0, PROMPT, "code", new int[3], new float[3], true, judged);
    assertThat(new Reward.Visible().values(List.of(trace))).containsExactly(value);
  }

  @ParameterizedTest
  @CsvSource({
    "PASSED, 4, 1, 1, 1, 1, 1, 1, 1",
    "WRONG_ANSWER, 3, 0, 0.75, -0.3, 0.1, 0.8, 1, 0",
    "WRONG_ANSWER, 1, 0, 0.25, -0.3, 0.1, 0.4, 1, 0",
    "WRONG_ANSWER, 0, 0, 0, -0.3, 0.1, 0, 1, 0",
    "RUNTIME_ERROR, 1, 0, 0.25, -0.6, 0, 0.4, 1, 0",
    "TIMEOUT, 2, 0, 0.5, -0.6, 0, 0.6, 1, 0",
    "MEMORY_LIMIT, 0, 0, 0, -0.6, 0, 0, 1, 0",
    "OUTPUT_LIMIT, 0, 0, 0, -0.6, 0, 0, 1, 0",
    "FORBIDDEN, 0, 0, 0, -0.6, 0, 0, 1, 0",
    "COMPILE_ERROR, 0, 0, 0, -1, 0, -1, 0, 0"
  })
  void ofEachOutcomeIsTheTablesEntry(
      Outcome outcome,
      int passed,
      double binary,
      double fraction,
      double ladder,
      double partial,
      double mutationScore,
      double format,
      double gated) {
    List<Trace> group = List.of(rollout(outcome, passed, 4, 4, true));
    assertThat(ALL)
        .extracting(reward -> reward.values(group)[0])
        .containsExactly(binary, fraction, ladder, partial, mutationScore, format, 1.0, gated);
  }

  @ParameterizedTest
  @CsvSource({
    "<plan>a</plan><answer>b</answer>, 1",
    "' \n<plan>\na < b\n</plan>\n<answer>\nb\n</answer>\n', 1",
    "<plan></plan><answer></answer>, 1",
    "<answer>b</answer>, 0",
    "<plan>a</plan>, 0",
    "<plan>a</plan><answer>b, 0",
    "<answer>b</answer><plan>a</plan>, 0",
    "<plan>a</plan>b<answer>b</answer>, 0",
    "a<plan>a</plan><answer>b</answer>, 0",
    "<plan>a</plan><answer>b</answer>c, 0",
    "<plan>a</plan><plan>a</plan><answer>b</answer>, 0",
    "<plan><plan>a</plan></plan><answer>b</answer>, 0",
    "<plan>a</plan><answer>b</answer><answer>b</answer>, 0",
    "<plan><answer>a</answer></plan><answer>b</answer>, 0",
    "<plan><plan>a</plan><answer>b</answer>, 0",
    "<plan>a</plan><answer><answer>b</answer>, 0",
    "<plan>a</plan><answer>b</plan></answer>, 0",
    "<think>a</think><answer>b</answer>, 0",
    "b, 0"
  })
  void tagsStandOnceEachAndInOrder(String completion, double value) {
    Judged judged = new Judged(Outcome.WRONG_ANSWER, 0, 4, false, true, Trust.VALUES, "", 0, 0);
    Trace trace = Trace.written("p", 0, PROMPT, completion, new int[3], new float[3], true, judged);
    assertThat(new Reward.Tagged("plan").values(List.of(trace))).containsExactly(value);
  }

  private static Trace text(String completion) {
    Judged judged = new Judged(Outcome.WRONG_ANSWER, 0, 4, false, true, Trust.VALUES, "", 0, 0);
    return Trace.written("p", 0, PROMPT, completion, new int[3], new float[3], true, judged);
  }

  @ParameterizedTest
  @CsvSource({
    "<think>a</think><answer>b</answer>, 1, 0, 1",
    "' <answer>b</answer>\n<think>a</think>', 0, 1, 0",
    "<answer>b</answer>, 0, 0, 1",
    "<answer>b</answer>c, 0, 0, 0",
    "<answer>b<think>a</think></answer>, 0, 0, 0",
    "<answer>b</think></answer>, 0, 0, 0",
    "<think>a</think>, 0, 0, 0",
    "<answer>b</answer><answer>b</answer>, 0, 0, 0",
    "b, 0, 0, 0"
  })
  void blocksStandInOneOfTheOrders(
      String completion, double thinking, double after, double adaptive) {
    assertThat(List.of("[[think, answer]]", "[[answer, think]]", "[[think, answer], [answer]]"))
        .extracting(
            orders ->
                read("{type: ordered, orders: " + orders + "}")
                    .scores(List.of(text(completion)))
                    .get(0)
                    .sum())
        .containsExactly(thinking, after, adaptive);
  }

  /** Where all completions of a group have one form, the free choice is that form. */
  @ParameterizedTest
  @CsvSource({
    "<think>a</think><answer>%s</answer>, '[[think, answer]]'",
    "<answer>%s</answer>, '[[answer]]'"
  })
  void aChoiceOfFormsOfWhichOneIsSeenIsThatForm(String form, String order) {
    List<Trace> group = List.of(text(form.formatted("b")), text(form.formatted("c") + "."));
    assertThat(read("{type: ordered, orders: [[think, answer], [answer]]}").scores(group))
        .extracting(Rewards.Score::sum)
        .isEqualTo(
            read("{type: ordered, orders: " + order + "}").scores(group).stream()
                .map(Rewards.Score::sum)
                .toList())
        .containsExactly(1.0, 0.0);
  }

  @Test
  void anOrderHasEachTagOnce() {
    for (String orders : List.of("[]", "[[]]", "[[a, a]]", "[[A]]")) {
      assertThatThrownBy(() -> read("{type: ordered, orders: " + orders + "}"))
          .hasMessageContaining("orders must be lists of words");
    }
  }

  @Test
  void aTagIsAWord() {
    assertThatThrownBy(() -> new Reward.Tagged("answer"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Reward.Tagged("a>b")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ofACutOffCompletionIsTheSmallestOfItsKind() {
    List<Trace> cut = List.of(rollout(Outcome.PASSED, 4, 4, 4, false));
    assertThat(ALL)
        .extracting(reward -> reward.values(cut)[0])
        .containsExactly(0.0, 0.0, -1.0, 0.0, -1.0, 0.0, 0.0, 0.0);
  }

  @Test
  void aTextWithoutAnAnswerIsNotInTheFormat() {
    Judged none = new Judged(Outcome.WRONG_ANSWER, 0, 1, false, false, Trust.VALUES, "", 0, 0);
    Trace prose = Trace.written("p", 0, PROMPT, "prose", new int[4], new float[4], true, none);
    assertThat(new Reward.Format().values(List.of(prose))).containsExactly(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"SANDBOX_ERROR", "INVALID_TEST"})
  void ofAnOutcomeThatDoesNotJudgeTheProgramDoesNotExist(Outcome outcome) {
    List<Trace> lost = List.of(rollout(outcome, 0, 4, 4, true));
    for (Reward reward : ALL) {
      assertThatThrownBy(() -> reward.values(lost))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("drop the sample");
    }
  }

  @ParameterizedTest
  @CsvSource({"PASSED, 3, 4", "WRONG_ANSWER, 5, 4", "WRONG_ANSWER, -1, 4", "COMPILE_ERROR, 0, 0"})
  void ofImpossibleCountsDoesNotExist(Outcome outcome, int passed, int total) {
    List<Trace> impossible = List.of(rollout(outcome, passed, total, 4, true));
    for (Reward reward : ALL) {
      assertThatThrownBy(() -> reward.values(impossible))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(outcome + " with " + passed + " of " + total);
    }
  }

  @Test
  void aWindowTakesBothItsEnds() {
    List<Trace> group = List.of(wrong(2), wrong(3), wrong(5), wrong(6));
    assertThat(new Reward.LengthWindow(3, 5).values(group)).containsExactly(0, 1, 1, 0);
  }

  @Test
  void behindAGateOnlyRightAnswersGain() {
    Reward window = new Reward.LengthWindow(3, 5);
    List<Trace> group = List.of(passed(4), wrong(4), passed(9));
    assertThat(new Reward.Gated(BINARY, 1, window).values(group)).containsExactly(1, 0, 0);
  }

  @Test
  void aGateMayAskForMoreThanOneRightAnswerOfTheGroup() {
    Reward bonus = new Reward.Gated(BINARY, 2, new Reward.LengthWindow(3, 5));
    assertThat(bonus.values(List.of(passed(4), wrong(4), wrong(4)))).containsExactly(0, 0, 0);
    assertThat(bonus.values(List.of(passed(4), passed(9), wrong(4)))).containsExactly(1, 0, 0);
  }

  /** With G completions, a mean over many groups has an error of about 1 / sqrt(groups). */
  @Test
  void shuffledValuesStayInTheGroupAndSayNothingAboutTheirCompletions() {
    Reward shuffled = new Reward.Shuffled(BINARY);
    double ofWrong = 0;
    int groups = 4000;
    for (int g = 0; g < groups; g++) {
      List<Trace> group = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        group.add(i == 3 ? wrong(2) : passed(4));
      }
      group.add(passed(5 + g)); // no two groups are equal
      double[] values = shuffled.values(group);
      assertThat(Arrays.stream(values).sum()).isEqualTo(8);
      assertThat(shuffled.values(group)).isEqualTo(values);
      ofWrong += values[3];
    }
    assertThat(ofWrong / groups).isCloseTo(8.0 / 9, within(0.02));
    assertThat(read("{type: shuffled, reward: {type: ladder}}").scores(List.of(passed(4))))
        .extracting(Rewards.Score::sum)
        .containsExactly(1.0);
  }

  private static Trace planned(Outcome outcome, double agreement) {
    int passed = outcome == Outcome.PASSED ? 4 : 1;
    Judged judged =
        new Judged(outcome, passed, 4, false, true, Trust.VALUES, "", 0, 0, "", agreement, 0);
    return Trace.written("p", 0, PROMPT, "code", new int[4], new float[4], true, judged);
  }

  @ParameterizedTest
  @CsvSource({
    "2, -0.3, 0",
    "2, 0, 0",
    "2, 0.2, 0.4",
    "2, 0.5, 1",
    "2, 1, 1",
    "0, 1, 0",
    "1, 0.7, 0.7"
  })
  void aPlanThatIsKeptToIsWorthItsCosineTimesTheFactorAndOneAtMost(
      double factor, double cosine, double value) {
    assertThat(new Reward.PlanAgreement(factor).values(List.of(planned(Outcome.PASSED, cosine))))
        .containsExactly(value);
  }

  /** VideoRFT: right answers alone gain from agreement, and without the factor it is GRPO's. */
  @Test
  void agreementBehindTheGateIsIgnoredWhereTheAnswerIsWrong() {
    List<Trace> group = List.of(planned(Outcome.PASSED, 0.5), planned(Outcome.WRONG_ANSWER, 1));
    String gated =
        "{type: gated, gate: {type: binary}, at_least: 1, reward: {type: plan_agreement, factor: %s}}";
    assertThat(read("[{type: binary}, " + gated.formatted("2.0") + "]").scores(group))
        .extracting(Rewards.Score::sum)
        .containsExactly(2.0, 0.0);
    assertThat(read("[{type: binary}, " + gated.formatted("0.0") + "]").scores(group))
        .extracting(Rewards.Score::sum)
        .containsExactly(1.0, 0.0);
    assertThatThrownBy(() -> new Reward.PlanAgreement(-1)).hasMessageContaining("factor must be 0");
  }

  private static Trace stepping(Outcome outcome, double share, boolean finished) {
    int passed = outcome == Outcome.PASSED ? 4 : 1;
    Judged judged =
        new Judged(outcome, passed, 4, false, true, Trust.VALUES, "", 0, 0, "", 0, share);
    return Trace.written("p", 0, PROMPT, "code", new int[4], new float[4], finished, judged);
  }

  /** Outcome and process: R = binary + eta * share; without its weight it is binary alone. */
  @ParameterizedTest
  @CsvSource({
    "PASSED, 1, true, 1.2, 1",
    "WRONG_ANSWER, 0.75, true, 0.15, 0",
    "RUNTIME_ERROR, 0.5, true, 0.1, 0",
    "WRONG_ANSWER, 0, true, 0, 0",
    "WRONG_ANSWER, 0.75, false, 0, 0",
    "PASSED, 1, false, 0, 0"
  })
  void rightStepsEarnTheirShareOfTheWeight(
      Outcome outcome, double share, boolean finished, double value, double binary) {
    String rewards = "[{type: binary}, {type: process, weight: %s}]";
    List<Trace> group = List.of(stepping(outcome, share, finished));
    assertThat(read(rewards.formatted("0.2")).scores(group).get(0).sum())
        .isCloseTo(value, within(1e-12));
    assertThat(read(rewards.formatted("0")).scores(group).get(0).sum())
        .isEqualTo(BINARY.values(group)[0])
        .isEqualTo(binary);
    assertThat(read(rewards.formatted("0.2")).scores(group).get(0).parts())
        .containsEntry("process", finished ? share : 0);
  }

  @Test
  void severalAddUpWithTheirWeightsAndAreToldApart() {
    Rewards rewards =
        read(
            "[{type: binary, weight: 2}, {type: format}, {type: gated, weight: 0.2, at_least: 2,"
                + " gate: {type: binary}, reward: {type: length_window, shortest: 3, longest:"
                + " 5}}]");
    List<Rewards.Score> scores = rewards.scores(List.of(passed(4), passed(9), wrong(4)));
    assertThat(scores.get(0).parts())
        .isEqualTo(Map.of("binary", 1.0, "format", 1.0, "length_window", 1.0));
    assertThat(scores.get(2).parts())
        .isEqualTo(Map.of("binary", 0.0, "format", 1.0, "length_window", 0.0));
    assertThat(scores.get(0).sum()).isCloseTo(3.2, within(1e-12));
    assertThat(scores.get(1).sum()).isCloseTo(3.0, within(1e-12));
    assertThat(scores.get(2).sum()).isCloseTo(1.0, within(1e-12));
  }

  @Test
  void whatARewardModelSaysIsTheValueOfACompletionThatEnded() {
    assertThat(Reward.RewardModel.of(0)).isEqualTo(0.5);
    assertThat(Reward.RewardModel.of(Math.log(3))).isCloseTo(0.75, within(1e-12));
    assertThat(List.of(Reward.RewardModel.of(-800), Reward.RewardModel.of(800)))
        .containsExactly(0.0, 1.0);
    Trace cut = rollout(Outcome.COMPILE_ERROR, 0, 4, 9, false);
    List<Trace> group = List.of(passed(3).rewarded(0.75), wrong(3).rewarded(0.5), cut);
    Rewards rewards =
        read("[{type: binary, weight: 0.8}, {type: reward_model, checkpoint: rm, weight: 0.2}]");
    assertThat(rewards.rewardModel()).contains("rm");
    List<Rewards.Score> scores = rewards.scores(group);
    assertThat(scores.get(0).sum()).isCloseTo(0.8 + 0.2 * 0.75, within(1e-12));
    assertThat(scores.get(1).sum()).isCloseTo(0.2 * 0.5, within(1e-12));
    assertThat(scores.get(2).parts()).isEqualTo(Map.of("binary", 0.0, "reward_model", 0.0));
    String gated =
        "{type: gated, gate: {type: binary}, at_least: 1,"
            + " reward: {type: reward_model, checkpoint: rm}}";
    assertThat(read(gated).rewardModel()).contains("rm");
    assertThat(read(gated).scores(group))
        .extracting(Rewards.Score::sum)
        .containsExactly(0.75, 0., 0.);
    assertThat(read("{type: binary}").rewardModel()).isEmpty();
    assertThatThrownBy(() -> rewards.scores(List.of(passed(3))))
        .hasMessage("No reward model was asked about a completion of p");
  }

  @Test
  void aPartWithoutWeightChangesNoReward() {
    List<Trace> group = List.of(passed(3).rewarded(0.75), wrong(3).rewarded(0.5));
    assertThat(
            read("[{type: binary}, {type: reward_model, checkpoint: rm, weight: 0}]").scores(group))
        .extracting(Rewards.Score::sum)
        .containsExactlyElementsOf(
            read("{type: binary}").scores(group).stream().map(Rewards.Score::sum).toList());
  }

  @Test
  void oneAloneNeedsNoList() {
    assertThat(read("{type: ladder}")).isEqualTo(Rewards.of(new Reward.Ladder()));
    assertThat(read("{type: ladder, weight: 0.5}"))
        .isEqualTo(new Rewards(List.of(new Rewards.Part(new Reward.Ladder(), 0.5))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|conf/x.yaml: reward: name one reward or more, each once, got []",
        "[{type: binary}, {type: binary}]|reward: name one reward or more, each once",
        "[{type: binary, weight: much}]|reward.0: weight must be a number, got \"much\"",
        "[{type: binary}, {type: fracton}]|reward.1: unknown type 'fracton'",
        "[{type: binary, wieght: 1}]|reward.0.wieght: unknown key",
        "{type: reward_model, checkpoint: ' '}|reward: checkpoint must name a reward model",
        "{type: shuffled, reward: {type: reward_model, checkpoint: rm}}|reward: shuffled must have",
        "{type: length_window, shortest: 3, longest: 2}|reward: shortest must be 1 or more",
        "{type: gated, gate: {type: binary}, at_least: 0, reward: {type: format}}|reward: at_least"
      })
  void whatIsWrongIsSaidWithItsPlace(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
