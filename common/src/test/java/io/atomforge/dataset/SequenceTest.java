package io.atomforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SequenceTest {
  @Test
  void learnsTheCompletionAndNotThePrompt() {
    Sequence sequence = sequence(new int[] {1, 3, 9, 4}, new int[] {7, 2});
    assertThat(sequence.tokens()).containsExactly(1, 3, 9, 4, 7, 2);
    assertThat(sequence.lossMask()).containsExactly(0, 0, 0, 0, 1, 1);
    assertThat(sequence.length()).isEqualTo(6);
    assertThat(sequence.learnedTokens()).isEqualTo(2);
  }

  @Test
  void equalsAnotherOfTheSameContents() {
    Sequence one = sequence(new int[] {1}, new int[] {7, 2});
    assertThat(one).isEqualTo(sequence(new int[] {1}, new int[] {7, 2}));
    assertThat(one).hasSameHashCodeAs(sequence(new int[] {1}, new int[] {7, 2}));
    assertThat(one).isNotEqualTo(sequence(new int[] {1, 7}, new int[] {2}));
    assertThat(one).isNotEqualTo(sequence(new int[] {1}, new int[] {8, 2}));
  }

  @Test
  void refusesWhatCannotBeLearned() {
    assertThatThrownBy(() -> sequence(new int[0], new int[] {7, 2}))
        .hasMessageContaining("the first masked");
    assertThatThrownBy(() -> sequence(new int[] {1, 2}, new int[0]))
        .hasMessageContaining("learns a token");
    assertThatThrownBy(() -> new Sequence("s", "p", "m", new int[] {1, 2}, new int[] {0, 2}, 1))
        .hasMessageContaining("0 and 1");
    assertThatThrownBy(() -> Sequence.of("s", "p", "m", new int[] {1}, new int[] {2}, Double.NaN))
        .hasMessageContaining("weight NaN");
  }

  private static Sequence sequence(int[] prompt, int[] completion) {
    return Sequence.of("s", "p", "m", prompt, completion, 1);
  }
}
