package io.atomforge.rollout;

import io.atomforge.generation.Completion;
import io.atomforge.random.Seeds;
import io.atomforge.rollout.Trace.Role;
import io.atomforge.task.Judged;
import java.util.Arrays;

/** A completion on its way to a {@link Trace}. */
final class Draft {
  private final PromptTask task;
  private final int sample;
  private int[] tokens;
  private Role[] roles;

  /** One per token; of a tool's tokens without meaning. */
  private float[] logProbs;

  private int segment;
  private int calls;
  private boolean finished;

  Draft(PromptTask task, int sample) {
    this.task = task;
    this.sample = sample;
    tokens = new int[0];
    roles = new Role[0];
    logProbs = new float[0];
    append(start().given(), new float[start().given().length], Role.GIVEN);
  }

  PromptTask task() {
    return task;
  }

  PromptTask.Start start() {
    return task.starts().get(sample);
  }

  /** The seed of what the policy writes next. */
  long seed() {
    return calls == 0 ? start().seed() : Seeds.derive(start().seed(), "round", calls);
  }

  /** What the policy reads before it writes on. */
  int[] context() {
    int[] prompt = start().prompt();
    int[] context = Arrays.copyOf(prompt, prompt.length + tokens.length);
    System.arraycopy(tokens, 0, context, prompt.length, tokens.length);
    return context;
  }

  /** Tokens so far. */
  int length() {
    return tokens.length;
  }

  int[] tokens() {
    return tokens;
  }

  /** The tokens before what the policy wrote last. */
  int[] before() {
    return Arrays.copyOf(tokens, segment);
  }

  /** What the policy and the sampler put there, without a tool's output. */
  int[] withoutOutput() {
    int n = 0;
    int[] kept = new int[tokens.length];
    for (int t = 0; t < tokens.length; t++) {
      if (roles[t] != Role.TOOL) {
        kept[n++] = tokens[t];
      }
    }
    return Arrays.copyOf(kept, n);
  }

  /** How often the tool has answered. */
  int calls() {
    return calls;
  }

  /** The policy has written. */
  void write(Completion completion) {
    segment = tokens.length;
    append(completion.tokens(), completion.logProbs(), Role.WRITTEN);
    finished = completion.finished();
  }

  /** The tool has answered. */
  void answer(int[] output) {
    append(output, new float[output.length], Role.TOOL);
    calls++;
  }

  /** There is no room for what should follow. */
  void cut() {
    finished = false;
  }

  /**
   * @param scores of the given tokens
   */
  void scoreGiven(float[] scores) {
    System.arraycopy(scores, 0, logProbs, 0, scores.length);
  }

  private void append(int[] more, float[] scores, Role role) {
    int length = tokens.length;
    tokens = Arrays.copyOf(tokens, length + more.length);
    System.arraycopy(more, 0, tokens, length, more.length);
    logProbs = Arrays.copyOf(logProbs, tokens.length);
    System.arraycopy(scores, 0, logProbs, length, more.length);
    roles = Arrays.copyOf(roles, tokens.length);
    Arrays.fill(roles, length, tokens.length, role);
  }

  Trace trace(String text, Judged judged) {
    float[] learned = new float[tokens.length];
    int n = 0;
    for (int t = 0; t < tokens.length; t++) {
      if (roles[t].learned()) {
        learned[n++] = logProbs[t];
      }
    }
    return new Trace(
        task.task().taskId(),
        sample,
        task.prompt(),
        start().prompt(),
        text,
        tokens,
        roles,
        Arrays.copyOf(learned, n),
        finished,
        judged);
  }
}
