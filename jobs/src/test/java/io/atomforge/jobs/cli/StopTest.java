package io.atomforge.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopTest {
  @Test
  void aStoppedJobSaysWhatIsSavedAndHowToGoOn() {
    assertThat(Stop.line("TrainSft", "step 20 of run sft", List.of("checkpoints", "step_metrics")))
        .isEqualTo(
            "TrainSft: stopped; saved up to step 20 of run sft; give the same command to go on");
    assertThat(Stop.line("SynthesizeProblems", "", List.of("candidates")))
        .isEqualTo(
            "SynthesizeProblems: stopped; saved table candidates; give the same command to go on");
    assertThat(Stop.line("Query", "", List.of()))
        .isEqualTo("Query: stopped; nothing was saved; give the same command to begin again");
  }
}
