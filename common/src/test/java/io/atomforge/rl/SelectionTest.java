package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.task.Judged;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private static final int[] PROMPT = {1, 5};
  private static final List<Trace> GROUP =
      Stream.of("a", "b", "a", "c").map(SelectionTest::rollout).toList();

  private static Trace rollout(String completion) {
    Judged judged = new Judged(Outcome.PASSED, 1, 1, false, true, Trust.VALUES, "", 0, 0);
    return Trace.written("p", 0, PROMPT, completion, new int[1], new float[1], true, judged);
  }

  @Test
  void groupsWithoutVarianceAreNotLearnedFrom() {
    Selection mixed = new Selection.MixedGroups(4);
    assertThat(mixed.keep(GROUP, new double[] {1, 1, 1, 1})).containsOnly(false);
    assertThat(mixed.keep(GROUP, new double[] {0, 0, 0, 0})).containsOnly(false);
    assertThat(mixed.keep(GROUP, new double[] {0, 1, 0, 0})).containsOnly(true);
    assertThat(mixed.rounds()).isEqualTo(4);
  }

  @Test
  void acceptedAreTheDifferentCompletionsWithEnoughReward() {
    assertThat(new Selection.Accepted(1).keep(GROUP, new double[] {1, 0.5, 1, 1}))
        .containsExactly(true, false, false, true);
  }

  @Test
  void allKeepsAll() {
    assertThat(new Selection.All().keep(GROUP, new double[4])).containsOnly(true);
    assertThat(new Selection.All().rounds()).isOne();
  }
}
