package io.atomforge.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.Parameters;
import io.atomforge.rollout.DifficultySearch.Beginning;
import io.atomforge.rollout.DifficultySearch.Line;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.task.Check;
import io.atomforge.task.Judged;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampledLinesTest {
  private static final int EOS = 2;
  private static final int[] PROMPT = {9, 8};

  /** Writes these tokens behind what is given, whatever is asked. */
  private static final class Given implements RolloutSource {
    private final List<PromptTask> prompts = new ArrayList<>();
    private final List<List<String>> stops = new ArrayList<>();
    private final int[][] written;

    Given(int[]... written) {
      this.written = written;
    }

    @Override
    public List<List<Trace>> sample(
        Parameters theta, List<PromptTask> asked, SamplingSettings settings) {
      prompts.addAll(asked);
      stops.add(settings.stop());
      assertThat(settings.temperature()).isEqualTo(0.5);
      assertThat(settings.topP()).isEqualTo(0.9);
      assertThat(settings.maxNewTokens()).isEqualTo(6);
      return asked.stream()
          .map(p -> IntStream.range(0, p.samples()).mapToObj(i -> trace(p, i)).toList())
          .toList();
    }

    private Trace trace(PromptTask task, int sample) {
      int[] given = task.starts().get(sample).given();
      int[] tokens = IntStream.concat(IntStream.of(given), IntStream.of(written[sample])).toArray();
      Outcome outcome = sample == 0 ? Outcome.PASSED : Outcome.WRONG_ANSWER;
      Judged judged = new Judged(outcome, 0, 1, false, true, Trust.VALUES, "", 0, 0);
      return Trace.written("t", sample, PROMPT, "", tokens, new float[tokens.length], true, judged);
    }

    @Override
    public long cached() {
      return 0;
    }
  }

  private static SampledLines policy(RolloutSource source) {
    Task task = new Task("t", "", "", new ResponseFormat.Program(), new Check.Text("x"), false);
    return new SampledLines(
        source,
        null,
        Map.of("t", new PromptTask(task, PROMPT, new long[0])),
        new SamplingSettings(0.5, 0.9, 0, 0, 6, EOS, List.of()));
  }

  private static final Beginning BEGUN =
      new Beginning("t", new int[] {5, 6, 7}, new long[] {31, 32, 33});

  @Test
  void aLineIsWhatStandsBehindItsBeginningUpToALineEnd() {
    Given source = new Given(new int[] {4}, new int[] {4, EOS}, new int[] {4, 4, 4});
    List<Line> lines = policy(source).lines(List.of(BEGUN)).get(0);
    assertThat(source.stops).containsExactly(List.of("\n"));
    List<PromptTask.Start> starts = source.prompts.get(0).starts();
    assertThat(starts).extracting(PromptTask.Start::seed).containsExactly(31L, 32L, 33L);
    assertThat(starts)
        .allSatisfy(
            start -> {
              assertThat(start.given()).containsExactly(5, 6, 7);
              assertThat(start.prompt()).isEqualTo(PROMPT);
            });
    assertThat(lines)
        .extracting(line -> Arrays.toString(line.tokens()) + " " + line.ended())
        .containsExactly("[4] false", "[4, 2] true", "[4, 4, 4] true");
    assertThat(lines)
        .extracting(Line::outcome)
        .containsExactly(Outcome.PASSED, Outcome.WRONG_ANSWER, Outcome.WRONG_ANSWER);
  }

  @Test
  void aRolloutGoesOnBeyondLineEnds() {
    Given source = new Given(new int[] {4, EOS});
    Beginning one = new Beginning("t", new int[0], new long[] {31});
    assertThat(policy(source).outcomes(List.of(one, one)))
        .containsExactly(Outcome.PASSED, Outcome.PASSED);
    assertThat(source.stops).containsExactly(List.of());
  }
}
