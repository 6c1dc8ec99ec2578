package io.atomforge.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.task.Judged;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleDivergenceTest {
  private static Trace trace(int[] prompt, int[] tokens, float... logProbs) {
    Judged judged = new Judged(Outcome.PASSED, 1, 1, false, true, Trust.VALUES, "", 0, 0);
    return Trace.written("t", 0, prompt, "x", tokens, logProbs, true, judged);
  }

  @Test
  void theDivergenceOfATaskIsTheMeanDifferenceOverItsOwnTokens() {
    // The other model gives token i the log-probability -i.
    SampleDivergence divergence = new SampleDivergence(new TokenIds(0.5), null, 2);
    List<List<Trace>> sampled =
        List.of(
            List.of(trace(new int[] {9, 9}, new int[] {1, 2, 3}, -0.5f, -1, -1)),
            List.of(),
            List.of(
                trace(new int[] {7}, new int[] {4}, -1),
                trace(new int[] {7}, new int[] {2, 2, 2, 2}, -3, -2, -2, -2)));
    double[] kl = divergence.of(sampled, 0.5);
    assertThat(kl).hasSize(3);
    assertThat(kl[0]).isCloseTo((0.5 + 1 + 2) / 3, within(1e-6));
    assertThat(kl[1]).isZero();
    assertThat(kl[2]).isCloseTo((3 - 1 + 0 + 0 + 0) / 5.0, within(1e-6));
  }
}
