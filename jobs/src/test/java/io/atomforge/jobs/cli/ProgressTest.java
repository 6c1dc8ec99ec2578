package io.atomforge.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void aLineSaysHowFarTheJobIsAndHowLongItTakes() {
    assertThat(Progress.line("sft", 0, 10, 40, "loss 0.5", 20))
        .isEqualTo("sft 10/40 | loss 0.5 | eta 1m00s");
    assertThat(Progress.line("sft", 30, 35, 40, "", 5)).isEqualTo("sft 35/40 | eta 5s");
    assertThat(Progress.line("sft", 0, 40, 40, "", 75)).isEqualTo("sft 40/40 | took 1m15s");
    assertThat(Progress.line("sft", 0, 0, 40, "", 3)).isEqualTo("sft 0/40 | eta unknown");
    assertThat(Progress.line("generate", 0, 7, Progress.UNKNOWN, "prompts", 3))
        .isEqualTo("generate 7 | prompts | took 3s");
  }
}
