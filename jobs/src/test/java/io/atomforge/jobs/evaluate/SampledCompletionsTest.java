package io.atomforge.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.generation.SamplingSettings;
import io.atomforge.jobs.run.Sampling;
import io.atomforge.model.Parameters;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.RolloutSource;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.task.Check;
import io.atomforge.task.Judged;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.BpeTrainer;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SampledCompletionsTest {
  private static final Tokenizer TOKENIZER =
      Tokenizer.of(BpeTrainer.train(Map.of(), 261, ChatTemplate.SPECIAL_TOKENS));

  private static Trace trace(Outcome outcome, String results, float... logProbs) {
    int passed = outcome == Outcome.PASSED ? 1 : 0;
    Judged judged =
        new Judged(outcome, passed, 1, false, true, Trust.VALUES, "", 0, 0, results, 0, 0);
    return Trace.written(
        "t", 0, new int[] {1}, "x", new int[logProbs.length], logProbs, true, judged);
  }

  /** Gives every task these completions; the first one is the greedy one too. */
  private record Given(List<Trace> traces) implements RolloutSource {
    @Override
    public List<List<Trace>> sample(
        Parameters theta, List<PromptTask> prompts, SamplingSettings settings) {
      List<List<Trace>> all = new ArrayList<>();
      prompts.forEach(p -> all.add(traces.subList(0, p.samples())));
      return all;
    }

    @Override
    public long cached() {
      return 0;
    }
  }

  private static EvaluationRow row(Trace... traces) {
    SampledCompletions completions =
        new SampledCompletions(
            new Given(List.of(traces)),
            new ReferenceLikelihood(null, TOKENIZER, 8),
            Optional.empty(),
            null,
            TOKENIZER,
            new Sampling(0.8, 1, 0, 0, 8, List.of(), 4),
            traces.length,
            17,
            "run",
            "m/step-1");
    Task task = new Task("t", "", "", new ResponseFormat.Program(), new Check.Text("x"), false);
    return completions.rows("set", List.of(new Asked(task, 0, "")), part -> {}).get(0);
  }

  @Test
  void theVoteIsForTheResultsOfMostAndTheLikeliestIsWhatTheModelBelievesIn() {
    EvaluationRow row =
        row(
            trace(Outcome.WRONG_ANSWER, "b", -0.1f, -0.1f),
            trace(Outcome.PASSED, "a", -1),
            trace(Outcome.PASSED, "a", -2, -2, -2),
            trace(Outcome.RUNTIME_ERROR, "", -3),
            trace(Outcome.SANDBOX_ERROR, "", -0.01f));
    assertThat(row.n()).isEqualTo(4);
    assertThat(row.entropy()).isCloseTo((0.2 + 1 + 6 + 3 + 0.01) / 8, within(1e-6));
    assertThat(row.c()).isEqualTo(2);
    assertThat(row.votes()).isEqualTo(2);
    assertThat(row.votePassed()).isTrue();
    assertThat(row.likeliestPassed()).isFalse();
    assertThat(PassRates.of(List.of(row)).get("set"))
        .containsEntry("greedy", 0.0)
        .containsEntry("pass@1", 0.5)
        .containsEntry("vote", 1.0)
        .containsEntry("likeliest", 0.0);
  }

  @Test
  void withoutResultsNobodyVotes() {
    EvaluationRow row =
        row(trace(Outcome.RUNTIME_ERROR, "", -1), trace(Outcome.COMPILE_ERROR, "", -1));
    assertThat(row.votes()).isZero();
    assertThat(row.votePassed()).isFalse();
    assertThat(PassRates.of(List.of(row)).get("set")).doesNotContainKeys("vote", "likeliest");
  }
}
