package io.atomforge.rollout;

import io.atomforge.task.Task;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * A task to sample for.
 *
 * @param prompt token ids of the rendered prompt, which completions are learned behind
 * @param starts one per completion, at least one
 */
public record PromptTask(Task task, int[] prompt, List<Start> starts) implements Serializable {
  /**
   * What a completion begins with.
   *
   * @param seed what is drawn for it comes from
   * @param prompt token ids that it is sampled behind
   * @param given token ids that it goes on from; mostly none
   */
  public record Start(long seed, int[] prompt, int[] given) implements Serializable {}

  public PromptTask {
    starts = List.copyOf(starts);
  }

  /**
   * Completions that begin with nothing.
   *
   * @param seeds one per completion; empty for one greedy completion
   */
  public PromptTask(Task task, int[] prompt, long[] seeds) {
    this(
        task,
        prompt,
        Arrays.stream(seeds.length == 0 ? new long[1] : seeds)
            .mapToObj(seed -> new Start(seed, prompt, new int[0]))
            .toList());
  }

  /** The same prompt for one greedy completion. */
  public PromptTask greedy() {
    return new PromptTask(task, prompt, new long[0]);
  }

  /** The same for the first of its completions alone. */
  public PromptTask single() {
    return new PromptTask(task, prompt, starts.subList(0, 1));
  }

  /** Completions wanted. */
  public int samples() {
    return starts.size();
  }
}
