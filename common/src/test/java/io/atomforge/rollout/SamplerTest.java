package io.atomforge.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {
  private static final int[] PROMPT = {1, 5, 6, 4};
  private static final long[] SEEDS = {11, 12, 13, 14, 15, 16, 17, 18};
  private static final int[] SOLUTION = IntStream.range(100, 120).toArray();

  private static final String TEXT = "Write a function that returns the largest number. Do so.";
  private static final Sampler.Rewording REWORDING = change -> change.apply(TEXT).chars().toArray();

  private static Sampler.Prefix prefix(int prefixes, int each, double greatest) {
    return new Sampler.Prefix(prefixes, each, greatest, 100, 0.2);
  }

  private static List<PromptTask.Start> starts(Sampler sampler, long step) {
    return sampler.starts(new Sampler.Origin(PROMPT, SEEDS, SOLUTION, step, 96, REWORDING));
  }

  private static int[] lengths(List<PromptTask.Start> starts) {
    return starts.stream().mapToInt(s -> s.given().length).toArray();
  }

  @ParameterizedTest
  @CsvSource({"0, 0.95", "25, 0.810876", "50, 0.475", "75, 0.139124", "100, 0", "130, 0"})
  void theLeastShareFallsByHalfACosine(int stepsDone, double least) {
    assertThat(prefix(1, 1, 0.95).least(stepsDone + 1)).isCloseTo(least, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"0, 20, 0", "0.04, 20, 0", "0.05, 20, 1", "0.5, 21, 10", "1, 20, 19", "0.9, 0, 0"})
  void aBeginningLeavesAtLeastOneTokenToWrite(double share, int length, int expected) {
    assertThat(Sampler.Prefix.length(share, length)).isEqualTo(expected);
  }

  @Test
  void onlyTheLastOfAGroupGoOnFromTheSolution() {
    List<PromptTask.Start> starts = starts(prefix(1, 1, 1), 1);
    assertThat(lengths(starts)).containsExactly(0, 0, 0, 0, 0, 0, 0, 19);
    assertThat(starts.get(7).given()).isEqualTo(Arrays.copyOf(SOLUTION, 19));
    assertThat(starts)
        .extracting(PromptTask.Start::seed)
        .containsExactly(11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L);
    assertThat(starts).allMatch(s -> s.prompt() == PROMPT);
  }

  @Test
  void ofShareZeroAllIsAsWithoutBeginnings() {
    assertThat(starts(prefix(1, 1, 0), 7))
        .usingRecursiveComparison()
        .isEqualTo(starts(new Sampler.Plain(), 7));
  }

  @Test
  void completionsOfOneBeginningShareItsLengthAndLaterStepsDrawShorterOnes() {
    int[] late = lengths(starts(prefix(3, 2, 0.95), 101));
    assertThat(late[0]).isZero();
    assertThat(late[1]).isZero();
    assertThat(late[2]).isEqualTo(late[3]);
    assertThat(late[4]).isEqualTo(late[5]);
    assertThat(late[6]).isEqualTo(late[7]);
    assertThat(Arrays.stream(late, 2, 8).distinct().count()).isGreaterThan(1);
    assertThat(lengths(starts(prefix(3, 2, 0.95), 1)))
        .containsExactly(0, 0, 19, 19, 19, 19, 19, 19);
  }

  @Test
  void aBeginningLeavesRoomBeforeTheGreatestLength() {
    Sampler.Origin tight = new Sampler.Origin(PROMPT, SEEDS, SOLUTION, 1, 8, REWORDING);
    assertThat(prefix(1, 1, 1).starts(tight).get(7).given()).hasSize(7);
  }

  @Test
  void theLastOfAGroupReadMistakesAndAreOtherwiseLikeTheFirst() {
    List<PromptTask.Start> starts = starts(new Sampler.Noisy(3, 1, 10), 1);
    assertThat(starts.subList(0, 5)).allMatch(s -> s.prompt() == PROMPT);
    int[] noisy = starts.get(5).prompt();
    assertThat(noisy).isNotEqualTo(PROMPT).isNotEqualTo(TEXT.chars().toArray());
    assertThat(starts.subList(5, 8)).allMatch(s -> s.prompt() == noisy);
    assertThat(starts).allMatch(s -> s.given().length == 0);
    assertThat(starts)
        .extracting(PromptTask.Start::seed)
        .containsExactly(11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L);
    assertThat(starts(new Sampler.Noisy(3, 1, 10), 1).get(7).prompt()).isEqualTo(noisy);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "0, 5", "1, 11", "1, 40"})
  void withoutMistakesAllIsAsInAPlainGroup(double strength, long step) {
    assertThat(starts(new Sampler.Noisy(3, strength, 10), step))
        .usingRecursiveComparison()
        .isEqualTo(starts(new Sampler.Plain(), step));
  }

  @Test
  void aToolSeesTheFirstWholeBlockAndTheCheckWhatStandsOutsideOfBlocks() {
    Sampler.ToolLoop tool = new Sampler.ToolLoop("<run>", "</run>", "<out>", "</out>", 2, 16);
    assertThat(tool.call("a = 1\n<run>print(a)")).isEmpty();
    assertThat(tool.call("</run> a <run>")).isEmpty();
    assertThat(tool.call("look: <run>\nprint(1)\n</run>")).contains("\nprint(1)\n");
    assertThat(tool.answer("x<run>1</run>y\n<run>\n2\n</run>z<run>")).isEqualTo("xy\nz<run>");
  }
}
