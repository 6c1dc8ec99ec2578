package io.atomforge.tables;

import io.atomforge.rl.Reward;
import io.atomforge.rl.RolloutBatch;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.task.Judged;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A row of {@link Tables#ROLLOUTS}. */
public record RolloutRow(
    String runId,
    long step,
    String problemId,
    String groupId,
    int sample,
    String prompt,
    int[] sampledPrompt,
    String completion,
    int[] tokens,
    String roles,
    float[] logprobs,
    double reward,
    Map<String, Double> rewardParts,
    double advantage,
    String outcome,
    String finishReason,
    int passed,
    int total,
    boolean answered,
    boolean visiblePassed,
    String trust,
    double wallMs,
    double cpuMs,
    double planAgreement,
    double stepShare) {
  /**
   * The rows of a step.
   *
   * @param advantages mean over the tokens of each sample, group by group
   */
  public static List<RolloutRow> of(
      String runId, long step, RolloutBatch batch, double[] advantages) {
    List<RolloutRow> rows = new ArrayList<>();
    for (int g = 0; g < batch.groups().size(); g++) {
      RolloutBatch.Group group = batch.groups().get(g);
      String id = group.task().task().taskId();
      for (RolloutBatch.Sample s : group.samples()) {
        Trace r = s.trace();
        rows.add(
            new RolloutRow(
                runId,
                step,
                id,
                runId + "/" + step + "/" + g,
                r.sample(),
                group.task().task().prompt(),
                Arrays.equals(r.sampledPrompt(), r.prompt()) ? new int[0] : r.sampledPrompt(),
                r.completion(),
                r.tokens(),
                r.roleLetters(),
                r.logProbs(),
                s.reward(),
                s.scored().parts(),
                advantages[rows.size()],
                r.outcome().name(),
                r.finished() ? "stop" : "length",
                r.judged().passed(),
                r.judged().total(),
                r.judged().answered(),
                r.judged().visiblePassed(),
                r.judged().trust().word(),
                r.judged().wallMs(),
                r.judged().cpuMs(),
                r.judged().planAgreement(),
                r.judged().stepShare()));
      }
    }
    return rows;
  }

  /** Whether it passed; one that was cut counts as failed. */
  public boolean solved() {
    return outcome.equals(Outcome.PASSED.name()) && finishReason.equals("stop");
  }

  /** The number of the group within its step. */
  public int group() {
    return Integer.parseInt(groupId.substring(groupId.lastIndexOf('/') + 1));
  }

  /**
   * The completion, as it was learned from; of its verdict all but the words.
   *
   * @param promptIds token ids of the prompt
   */
  public Trace trace(int[] promptIds) {
    return new Trace(
        problemId,
        sample,
        promptIds,
        sampledPrompt.length == 0 ? promptIds : sampledPrompt,
        completion,
        tokens,
        Trace.roles(roles),
        logprobs,
        finishReason.equals("stop"),
        new Judged(
            Outcome.valueOf(outcome),
            passed,
            total,
            visiblePassed,
            answered,
            trusted(),
            "",
            wallMs,
            cpuMs,
            "",
            planAgreement,
            stepShare),
        rewardParts.getOrDefault(Reward.RewardModel.NAME, Trace.NOT_ASKED));
  }

  /** Rows of earlier versions, whose tests were all of calls, do not say. */
  private Trust trusted() {
    return trust == null ? Trust.VALUES : Trust.of(trust);
  }
}
