package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.rl.PromptHistory.Visit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromptFilterTest {
  /** Visits with four completions each, of which so many passed. */
  private static List<Visit> visits(int... passed) {
    return IntStream.range(0, passed.length).mapToObj(i -> new Visit(i, passed[i], 4)).toList();
  }

  @Test
  void aPromptIsLearnableIfItPassesNowAndThenInItsLastVisits() {
    PromptFilter filter = new PromptFilter.Learnable("", 2, 0.25, 0.75);
    assertThat(filter.keeps(List.of())).as("never visited").isTrue();
    assertThat(filter.keeps(visits(0))).isFalse();
    assertThat(filter.keeps(visits(1))).isTrue();
    assertThat(filter.keeps(visits(4, 2, 0))).as("2 of the last 8").isTrue();
    assertThat(filter.keeps(visits(4, 1, 0))).as("1 of the last 8").isFalse();
    assertThat(filter.keeps(visits(0, 2, 4))).as("6 of the last 8").isTrue();
    assertThat(filter.keeps(visits(0, 3, 4))).as("7 of the last 8").isFalse();
  }

  /** Of one rollout in ten thousand, RIF-RFT's bound, so that it keeps exactly what once passed. */
  @Test
  void rifKeepsExactlyThePromptsOfWhichACompletionPassed() {
    PromptFilter filter = new PromptFilter.Learnable("rif-samples", 1, 0.0001, 1);
    for (int passed = 0; passed <= 4; passed++) {
      assertThat(filter.keeps(visits(passed))).as("passed %d of 4", passed).isEqualTo(passed > 0);
    }
  }

  @Test
  void aHardPromptMayNeverPass() {
    PromptFilter filter = new PromptFilter.Hard("", 1, 0.25);
    assertThat(filter.keeps(visits(4, 0))).isTrue();
    assertThat(filter.keeps(visits(0, 1))).isTrue();
    assertThat(filter.keeps(visits(0, 2))).isFalse();
  }

  @Test
  void aPromptIsDroppedWhenItsLastVisitsPassedWhole() {
    PromptFilter filter = new PromptFilter.SolvedDropped("", 2);
    assertThat(filter.keeps(visits())).isTrue();
    assertThat(filter.keeps(visits(4))).as("solved once").isTrue();
    assertThat(filter.keeps(visits(4, 3))).isTrue();
    assertThat(filter.keeps(visits(3, 4, 4))).isFalse();
  }

  /** A search is a visit of as many completions as it made iterations, of which the last passed. */
  @Test
  void aPromptIsHardIfItsSearchTookLongOrDidNotSolveIt() {
    PromptFilter filter = new PromptFilter.Difficulty("search", 3);
    assertThat(filter.readsSearches()).isTrue();
    assertThat(filter.keeps(List.of())).as("not searched").isTrue();
    assertThat(filter.keeps(List.of(new Visit(0, 1, 1)))).isFalse();
    assertThat(filter.keeps(List.of(new Visit(0, 1, 3)))).isFalse();
    assertThat(filter.keeps(List.of(new Visit(0, 1, 4)))).isTrue();
    assertThat(filter.keeps(List.of(new Visit(0, 0, 20)))).as("unsolved").isTrue();
    assertThat(filter.keeps(List.of(new Visit(0, 0, 2)))).as("unsolved of 2 at most").isTrue();
    assertThat(new PromptFilter.Hard("rollouts", 1, 0.25).readsSearches()).isFalse();
  }

  @Test
  void boundsThatNoPromptCanMeetAreRefused() {
    assertThatThrownBy(() -> new PromptFilter.Learnable("", 1, 0.5, 0.4))
        .hasMessageContaining("0.5 and 0.4");
    assertThatThrownBy(() -> new PromptFilter.SolvedDropped("", 0)).hasMessageContaining("got 0");
    assertThatThrownBy(() -> new PromptFilter.Difficulty("search", -1))
        .hasMessage("above must be 0 or more, got -1");
    assertThatThrownBy(() -> new PromptFilter.Difficulty("", 3))
        .hasMessageContaining("must name a run of RateDifficulty");
  }

  @Test
  void aHistoryTellsWhatWasKnownAtAStepAndCountsVerdictsAlone() {
    PromptHistory history = new PromptHistory();
    history.add("p", new Visit(1, 0, 4));
    history.add("p", new Visit(3, 0, 0));
    history.add("p", new Visit(5, 2, 3));
    assertThat(history.upTo("p", 4)).containsExactly(new Visit(1, 0, 4));
    assertThat(history.upTo("p", 5)).hasSize(2);
    assertThat(history.upTo("q", 5)).isEmpty();
  }
}
