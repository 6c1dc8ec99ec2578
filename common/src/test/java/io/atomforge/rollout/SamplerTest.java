package io.atomforge.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.task.Check;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import java.util.ArrayList;
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
    ToolCalls tool =
        new ToolCalls(new Sampler.ToolLoop("<run>", "</run>", "<out>", "</out>", 2, 16));
    assertThat(tool.call("a = 1\n<run>print(a)")).isEmpty();
    assertThat(tool.call("</run> a <run>")).isEmpty();
    assertThat(tool.call("look: <run>\nprint(1)\n</run>")).contains("\nprint(1)\n");
    assertThat(tool.answer(List.of("x<run>1</run>", "y\n<run>\n2\n</run>", "z<run>")))
        .isEqualTo("xy\nz<run>");
  }

  private static Sampler.Hints hints(String... texts) {
    return new Sampler.Hints(List.of(texts), 2, 8);
  }

  /** A hint without {@code {output}} asks nothing of the sandbox. */
  private static String drawn(Sampler.Hints hints, long seed, int number) {
    Check check = new Check.Text("");
    Task task = new Task("t", "", "", new ResponseFormat.Program(), check, false);
    Inserter.Pause pause = new Inserter.Pause(task, seed, number, List.of("x"));
    Sandbox sandbox = Sandbox.shared(SandboxSettings.DEFAULT);
    AtomLibrary none = new AtomLibrary(List.of());
    return hints.inserter().orElseThrow().insertion(pause, sandbox, none).before();
  }

  @Test
  void aHintIsChosenByTheCompletionAndTheNumberOfTheInsertion() {
    Sampler.Hints hints = hints("a", "b", "c", "d");
    List<String> all = new ArrayList<>();
    for (long seed = 0; seed < 40; seed++) {
      for (int number = 0; number < 2; number++) {
        all.add(drawn(hints, seed, number));
        assertThat(drawn(hints, seed, number)).isEqualTo(all.get(all.size() - 1));
      }
    }
    assertThat(all).containsOnly("a", "b", "c", "d");
    assertThat(IntStream.range(0, 40).filter(i -> all.get(2 * i).equals(all.get(2 * i + 1))))
        .as("seeds whose two hints are the same")
        .hasSizeBetween(3, 20);
  }

  @Test
  void whatThePolicyWroteBehindTheLastHintIsJudgedUnlessItIsBlank() {
    Inserter hints = hints("a").inserter().orElseThrow();
    assertThat(hints.answer(List.of("first", "second", "third"))).isEqualTo("third");
    assertThat(hints.answer(List.of("first", "second", " \n"))).isEqualTo("second");
    assertThat(hints.answer(List.of("first"))).isEqualTo("first");
    assertThat(hints.answer(List.of("", " "))).isEmpty();
  }

  @Test
  void hintsThatCannotBeInsertedAreRefused() {
    assertThatThrownBy(() -> hints("a", " ")).hasMessageContaining("hints must be texts");
    assertThatThrownBy(() -> hints("{output} {output}")).hasMessageContaining("{output} once");
    assertThatThrownBy(() -> new Sampler.Hints(List.of("a"), -1, 8))
        .hasMessage("insertions must be 0 or more, got -1");
    assertThatThrownBy(() -> new Sampler.Hints(List.of("a"), 1, 0))
        .hasMessage("max_output_tokens must be 1 or more, got 0");
    assertThat(hints().inserter()).isEmpty();
  }
}
