package io.atomforge.tables;

import io.atomforge.rl.Rollout;
import io.atomforge.rl.RolloutBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A row of {@link Tables#ROLLOUTS}. */
public record RolloutRow(
    String runId,
    long step,
    String problemId,
    String groupId,
    int sample,
    String prompt,
    String completion,
    int[] tokens,
    float[] logprobs,
    double reward,
    Map<String, Double> rewardParts,
    double advantage,
    String outcome,
    String finishReason,
    int passed,
    int total,
    boolean visiblePassed,
    double wallMs,
    double cpuMs) {
  /**
   * The rows of a step.
   *
   * @param advantages mean over the tokens of each sample, group by group
   * @param promptText gives a problem's prompt
   */
  public static List<RolloutRow> of(
      String runId,
      long step,
      RolloutBatch batch,
      double[] advantages,
      UnaryOperator<String> promptText) {
    List<RolloutRow> rows = new ArrayList<>();
    for (int g = 0; g < batch.groups().size(); g++) {
      RolloutBatch.Group group = batch.groups().get(g);
      String id = group.task().task().taskId();
      for (RolloutBatch.Sample s : group.samples()) {
        Rollout r = s.rollout();
        rows.add(
            new RolloutRow(
                runId,
                step,
                id,
                runId + "/" + step + "/" + g,
                r.sample(),
                promptText.apply(id),
                r.completion(),
                r.tokens(),
                r.logProbs(),
                s.reward(),
                s.scored().parts(),
                advantages[rows.size()],
                r.outcome().name(),
                r.finished() ? "stop" : "length",
                r.judged().passed(),
                r.judged().total(),
                r.judged().visiblePassed(),
                r.judged().wallMs(),
                r.judged().cpuMs()));
      }
    }
    return rows;
  }
}
