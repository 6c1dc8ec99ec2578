package io.atomforge.rl;

import io.atomforge.synthesis.TestCase;
import java.io.Serializable;
import java.util.List;

/**
 * A problem to sample for.
 *
 * @param prompt token ids of the rendered prompt
 * @param seeds one per sample; empty for one greedy completion
 */
public record PromptTask(
    String problemId, String entryPoint, int[] prompt, long[] seeds, List<TestCase> tests)
    implements Serializable {
  public PromptTask {
    tests = List.copyOf(tests);
  }

  /** The same prompt for one greedy completion. */
  public PromptTask greedy() {
    return new PromptTask(problemId, entryPoint, prompt, new long[0], tests);
  }

  /** Completions wanted. */
  public int samples() {
    return Math.max(1, seeds.length);
  }
}
