package io.atomforge.rollout;

import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.Parameters;
import io.atomforge.rollout.DifficultySearch.Beginning;
import io.atomforge.rollout.DifficultySearch.Line;
import io.atomforge.sandbox.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The lines that a model writes, for a search of difficulty.
 *
 * @param tasks by their names; their starts play no part
 * @param settings of a completion, whose limit counts from its first token; without stop texts
 */
public record SampledLines(
    RolloutSource rollouts,
    Parameters theta,
    Map<String, PromptTask> tasks,
    SamplingSettings settings)
    implements DifficultySearch.Policy {
  private static final String LINE_END = "\n";

  @Override
  public List<List<Line>> lines(List<Beginning> begun) {
    SamplingSettings untilLineEnd =
        new SamplingSettings(
            settings.temperature(),
            settings.topP(),
            settings.topK(),
            settings.minP(),
            settings.maxNewTokens(),
            settings.eosTokenId(),
            List.of(LINE_END));
    List<List<Trace>> traces = rollouts.sample(theta, prompts(begun), untilLineEnd);
    List<List<Line>> lines = new ArrayList<>();
    for (int i = 0; i < traces.size(); i++) {
      int before = begun.get(i).tokens().length;
      lines.add(traces.get(i).stream().map(trace -> line(trace, before)).toList());
    }
    return lines;
  }

  private Line line(Trace trace, int before) {
    int[] all = trace.tokens();
    boolean ended =
        all[all.length - 1] == settings.eosTokenId() || all.length >= settings.maxNewTokens();
    return new Line(Arrays.copyOfRange(all, before, all.length), ended, trace.outcome());
  }

  @Override
  public List<Outcome> outcomes(List<Beginning> begun) {
    return rollouts.sample(theta, prompts(begun), settings).stream()
        .map(traces -> traces.get(0).outcome())
        .toList();
  }

  private List<PromptTask> prompts(List<Beginning> begun) {
    return begun.stream().map(this::prompt).toList();
  }

  private PromptTask prompt(Beginning begun) {
    PromptTask task = Objects.requireNonNull(tasks.get(begun.taskId()), begun.taskId());
    List<PromptTask.Start> starts =
        Arrays.stream(begun.seeds())
            .mapToObj(seed -> new PromptTask.Start(seed, task.prompt(), begun.tokens()))
            .toList();
    return new PromptTask(task.task(), task.prompt(), starts);
  }
}
