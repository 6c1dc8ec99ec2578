package io.atomforge.rl;

import io.atomforge.sandbox.Outcome;
import io.atomforge.task.Judged;
import java.io.Serializable;

/**
 * One sampled completion with its verdict.
 *
 * @param sample 0, 1, ... within the task's group
 * @param tokens sampled ids, the end token included if it came
 * @param logProbs natural log-probability of each at the sampling temperature
 * @param finished whether the end token came
 */
public record Rollout(
    String taskId,
    int sample,
    String completion,
    int[] tokens,
    float[] logProbs,
    boolean finished,
    Judged judged)
    implements Serializable {
  public Outcome outcome() {
    return judged.outcome();
  }
}
