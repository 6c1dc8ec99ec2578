package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CurriculumTest {
  @Test
  void stagesFollowEachOtherAndTheLastOneStays() {
    Curriculum staged = new Curriculum.Staged(List.of(8, 16, 24), 2, 0.3);
    assertThat(LongStream.rangeClosed(1, 9).mapToInt(step -> staged.length(step, 99)))
        .containsExactly(8, 8, 16, 16, 24, 24, 24, 24, 24);
    assertThat(LongStream.rangeClosed(1, 9).filter(step -> staged.entropy(step).isPresent()))
        .containsExactly(1L, 3L, 5L);
    assertThat(staged.entropy(3)).hasValue(0.3);
    assertThat(staged.greatestLength()).hasValue(24);
    assertThat(staged.changes()).isTrue();
  }

  @Test
  void withoutStagesNothingChanges() {
    Curriculum constant = new Curriculum.Constant();
    assertThat(constant.length(7, 99)).isEqualTo(99);
    assertThat(constant.entropy(1)).isEmpty();
    assertThat(constant.changes()).isFalse();
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> new Curriculum.Staged(List.of(), 1, 0.3))
        .hasMessageContaining("lengths must be 1 or more each, got []");
    assertThatThrownBy(() -> new Curriculum.Staged(List.of(0), 1, 0.3))
        .hasMessageContaining("lengths must be");
    assertThatThrownBy(() -> new Curriculum.Staged(List.of(1), 0, 0.3))
        .hasMessageContaining("stage_steps must be 1 or more");
    assertThatThrownBy(() -> new Curriculum.Staged(List.of(1), 1, Double.NaN))
        .hasMessageContaining("target_entropy above 0, got 1 and NaN");
  }
}
