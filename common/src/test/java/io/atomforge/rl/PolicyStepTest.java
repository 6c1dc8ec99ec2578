package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.Parameters;
import io.atomforge.rl.RolloutBatch.Sample;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.RolloutSource;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.task.Check;
import io.atomforge.task.Judged;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolicyStepTest {
  private static final Task TASK =
      new Task("p", "", "", new ResponseFormat.Program(), new Check.Text(""), true);

  /**
   * Completions that are cut at their limit and wrong; the verdict of one of each call is known.
   */
  private static final class Cut implements RolloutSource {
    @Override
    public List<List<Trace>> sample(
        Parameters policy, List<PromptTask> prompts, SamplingSettings settings) {
      Judged judged = new Judged(Outcome.WRONG_ANSWER, 0, 1, false, true, Trust.VALUES, "", 0, 0);
      return prompts.stream()
          .map(
              asked ->
                  IntStream.range(0, asked.samples())
                      .mapToObj(
                          s ->
                              Trace.written(
                                  "p",
                                  s,
                                  asked.prompt(),
                                  "",
                                  new int[settings.maxNewTokens()],
                                  new float[settings.maxNewTokens()],
                                  false,
                                  judged))
                      .toList())
          .toList();
    }

    @Override
    public long cached() {
      return 1;
    }
  }

  private static PolicyStep step(boolean greedyBaseline) {
    return new PolicyStep(
        new Cut(),
        null,
        new PolicyStep.Settings(
            SamplingSettings.sampling(1, 3, 2),
            new RolloutBatch.Scoring(
                Rewards.of(new Reward.Binary()),
                new Overlong.Filter(),
                new Selection.MixedGroups(1),
                3),
            greedyBaseline));
  }

  /** Neither a group of one nor a cut completion is learned from; the probe measures both. */
  @Test
  void allCompletionsAreDrawnWhateverTheSelectionKeeps() {
    PromptTask one = new PromptTask(TASK, new int[] {1}, new long[] {7});
    PolicyStep step = step(false);
    assertThat(step.draw(null, () -> List.of(one)).rollouts().samples()).noneMatch(Sample::counts);
    assertThat(step.drawAll(null, List.of(one)).samples()).hasSize(1).allMatch(Sample::counts);
  }

  @Test
  void knownVerdictsAreAShareOfAllThatWereAskedFor() {
    PromptTask three = new PromptTask(TASK, new int[] {1}, new long[] {7, 8, 9});
    assertThat(step(false).draw(null, () -> List.of(three)).metrics())
        .contains(entry("perf/cache_hit_ratio", 1 / 3.0));
    assertThat(step(true).draw(null, () -> List.of(three)).metrics())
        .contains(entry("perf/cache_hit_ratio", 2 / 4.0));
  }
}
