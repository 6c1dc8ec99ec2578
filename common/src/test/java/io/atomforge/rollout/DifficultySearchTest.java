package io.atomforge.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.rollout.DifficultySearch.Beginning;
import io.atomforge.rollout.DifficultySearch.Difficulty;
import io.atomforge.rollout.DifficultySearch.Line;
import io.atomforge.sandbox.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DifficultySearchTest {
  private static final DifficultySearch.Settings SETTINGS = new DifficultySearch.Settings(1, 3, 20);

  /** Child i of a line is the line of token i; the rest of a completion has an outcome. */
  private static class Numbered implements DifficultySearch.Policy {
    final List<Beginning> begun = new ArrayList<>();
    final List<Beginning> grown = new ArrayList<>();
    private final Function<Beginning, Outcome> judge;

    Numbered(Function<Beginning, Outcome> judge) {
      this.judge = judge;
    }

    @Override
    public List<List<Line>> lines(List<Beginning> beginnings) {
      grown.addAll(beginnings);
      return beginnings.stream()
          .map(b -> IntStream.range(0, b.seeds().length).mapToObj(this::line).toList())
          .toList();
    }

    Line line(int i) {
      return new Line(new int[] {i}, false, Outcome.COMPILE_ERROR);
    }

    @Override
    public List<Outcome> outcomes(List<Beginning> beginnings) {
      begun.addAll(beginnings);
      return beginnings.stream().map(judge).toList();
    }
  }

  private static Numbered always(Outcome outcome) {
    return new Numbered(b -> outcome);
  }

  private static List<Difficulty> rate(long seed, DifficultySearch.Policy policy, String... tasks) {
    return new DifficultySearch(SETTINGS, seed).rate(List.of(tasks), policy, open -> {});
  }

  @Test
  void whatIsAlwaysRightTakesOneIteration() {
    assertThat(rate(1, always(Outcome.PASSED), "p", "q"))
        .containsExactly(new Difficulty("p", 1, true, 0), new Difficulty("q", 1, true, 0));
  }

  @Test
  void whatIsAlwaysWrongIsUnsolvedAfterTheLastIteration() {
    Numbered policy = always(Outcome.WRONG_ANSWER);
    assertThat(rate(1, policy, "p")).containsExactly(new Difficulty("p", 20, false, 0));
    assertThat(policy.begun).hasSize(20);
    assertThat(policy.grown).hasSize(20);
    assertThat(policy.grown).allMatch(b -> b.seeds().length == 3);
    assertThat(policy.begun).allMatch(b -> b.seeds().length == 1);
  }

  @Test
  void aFaultOfTheSandboxIsCounted() {
    assertThat(rate(1, always(Outcome.SANDBOX_ERROR), "p"))
        .containsExactly(new Difficulty("p", 20, false, 20));
  }

  /** V = 0.5, N_parent = 10, N_child = 2 and c = 1. */
  @Test
  void aChildScoresItsMeanValueAndWhatIsNotKnownOfIt() {
    assertThat(LineTree.score(0.5, 1, 10, 2)).isCloseTo(1.57298, within(1e-5));
    assertThat(LineTree.score(0.5, 2, 10, 2)).isCloseTo(2.64597, within(1e-5));
    assertThat(LineTree.score(0.5, 0, 10, 2)).isEqualTo(0.5);
    assertThat(LineTree.score(0, 0, 10, 0)).isInfinite();
  }

  private static int[] next(LineTree tree) {
    tree.select();
    return tree.tokens();
  }

  private static List<Line> lines(int... tokens) {
    return Arrays.stream(tokens)
        .mapToObj(t -> new Line(new int[] {t}, false, Outcome.COMPILE_ERROR))
        .toList();
  }

  @Test
  void aChildWithoutVisitsComesFirstAndThenTheOneThatScoresMost() {
    LineTree tree = new LineTree(1);
    assertThat(next(tree)).isEmpty();
    tree.expand(lines(5, 6, 7), 1);
    assertThat(tree.tokens()).containsExactly(6);
    tree.backUp(1);
    assertThat(next(tree)).containsExactly(5);
    tree.expand(lines(8), 0);
    tree.backUp(0);
    assertThat(next(tree)).containsExactly(7);
    tree.backUp(0);
    // Visited once each; the value of 6 is 1.
    assertThat(next(tree)).containsExactly(6);
    tree.expand(lines(9, 4), 0);
    assertThat(tree.tokens()).containsExactly(6, 9);
    tree.backUp(0);
    // 6: 1/2 + sqrt(ln 4 / 2) = 1.33255; 5 and 7: 0 + sqrt(ln 4 / 1) = 1.17741.
    assertThat(next(tree)).containsExactly(6, 4);
    tree.backUp(0);
    // 6: 1/3 + sqrt(ln 5 / 3) = 1.06578; 5 and 7: 0 + sqrt(ln 5 / 1) = 1.26864, 5 being first.
    assertThat(next(tree)).containsExactly(5, 8);
  }

  /** The first iteration tries any of three lines, the next two go on behind the other two. */
  @Test
  void aLineThatLeadsToSuccessIsFoundInAsManyIterationsAsThereAreLines() {
    Map<Integer, Long> counts = new TreeMap<>();
    for (long seed = 0; seed < 60; seed++) {
      Numbered policy =
          new Numbered(b -> b.tokens()[0] == 2 ? Outcome.PASSED : Outcome.RUNTIME_ERROR);
      Difficulty found = rate(seed, policy, "p").get(0);
      assertThat(found.solved()).isTrue();
      counts.merge(found.iterations(), 1L, Long::sum);
    }
    // The unvisited ones come in order: the last one is tried at once or after the other two.
    assertThat(counts).containsOnlyKeys(1, 3);
    assertThat(counts.get(1)).isBetween(10L, 30L);
  }

  @Test
  void aCompletionThatHasEndedIsJudgedAndNotWrittenOn() {
    for (Outcome outcome : List.of(Outcome.WRONG_ANSWER, Outcome.PASSED)) {
      Numbered policy =
          new Numbered(b -> Outcome.RUNTIME_ERROR) {
            @Override
            Line line(int i) {
              return new Line(new int[] {i}, true, outcome);
            }
          };
      boolean passed = outcome == Outcome.PASSED;
      assertThat(rate(1, policy, "p"))
          .containsExactly(new Difficulty("p", passed ? 1 : 20, passed, 0));
      assertThat(policy.begun).isEmpty();
      assertThat(policy.grown).hasSize(1);
    }
  }

  private static Numbered byChance() {
    return new Numbered(b -> b.seeds()[0] % 5 == 0 ? Outcome.PASSED : Outcome.WRONG_ANSWER);
  }

  @Test
  void aSearchComesFromItsSeedAndTaskAndNotFromItsNeighbours() {
    String[] tasks = IntStream.range(0, 40).mapToObj(i -> "p" + i).toArray(String[]::new);
    List<Difficulty> together = rate(7, byChance(), tasks);
    assertThat(rate(7, byChance(), tasks)).isEqualTo(together);
    List<Difficulty> alone =
        Arrays.stream(tasks).map(task -> rate(7, byChance(), task).get(0)).toList();
    assertThat(alone).isEqualTo(together);
    assertThat(rate(8, byChance(), tasks)).isNotEqualTo(together);
    assertThat(together.stream().map(Difficulty::iterations).distinct()).hasSizeGreaterThan(4);
  }

  @Test
  void noTwoDrawsOfASearchShareASeed() {
    Numbered policy = always(Outcome.WRONG_ANSWER);
    rate(3, policy, "p", "q");
    List<Long> seeds = new ArrayList<>();
    policy.grown.forEach(b -> Arrays.stream(b.seeds()).forEach(seeds::add));
    policy.begun.forEach(b -> Arrays.stream(b.seeds()).forEach(seeds::add));
    assertThat(seeds).hasSize(2 * 20 * 4).doesNotHaveDuplicates();
  }

  @Test
  void aTaskThatIsSolvedIsNotAskedAgain() {
    Numbered policy =
        new Numbered(b -> b.taskId().equals("easy") ? Outcome.PASSED : Outcome.TIMEOUT);
    List<Integer> open = new ArrayList<>();
    new DifficultySearch(SETTINGS, 1).rate(List.of("easy", "hard"), policy, open::add);
    assertThat(open).hasSize(20).containsOnly(1);
    assertThat(policy.begun.stream().collect(Collectors.groupingBy(Beginning::taskId)))
        .hasEntrySatisfying("easy", asked -> assertThat(asked).hasSize(1))
        .hasEntrySatisfying("hard", asked -> assertThat(asked).hasSize(20));
  }
}
