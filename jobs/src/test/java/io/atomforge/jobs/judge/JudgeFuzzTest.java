package io.atomforge.jobs.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The first trials of what {@code deploy/bench.sh fuzz} goes on with. */
class JudgeFuzzTest {
  @Test
  void everyProgramAndLineHasAnEndWithAName() throws IOException {
    try (JudgeFuzz fuzz = new JudgeFuzz()) {
      for (int i = 0; i < 60; i++) {
        Random random = new Random(i);
        assertThat(i % 2 == 0 ? fuzz.program(random) : fuzz.line(random))
            .as("trial " + i)
            .isEmpty();
      }
      assertThat(fuzz.ends())
          .containsKeys("PASSED", "WRONG_ANSWER", "RUNTIME_ERROR", "refused line");
    }
  }
}
