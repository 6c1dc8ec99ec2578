package io.atomforge.rl;

import io.atomforge.task.Task;
import java.io.Serializable;

/**
 * A task to sample for.
 *
 * @param prompt token ids of the rendered prompt
 * @param seeds one per sample; empty for one greedy completion
 */
public record PromptTask(Task task, int[] prompt, long[] seeds) implements Serializable {
  /** The same prompt for one greedy completion. */
  public PromptTask greedy() {
    return new PromptTask(task, prompt, new long[0]);
  }

  /** Completions wanted. */
  public int samples() {
    return Math.max(1, seeds.length);
  }
}
