package io.atomforge.rollout;

import io.atomforge.generation.Completion;
import io.atomforge.random.Seeds;
import io.atomforge.rollout.Trace.Role;
import io.atomforge.task.Judged;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A completion on its way to a {@link Trace}. */
final class Draft {
  private final PromptTask task;
  private final int sample;
  private int[] tokens;
  private Role[] roles;

  /** What the policy wrote between insertions. */
  private final List<String> stretches = new ArrayList<>();

  /** One per token; of inserted tokens without meaning. */
  private float[] logProbs;

  private int segment;
  private int insertions;
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
    return insertions == 0 ? start().seed() : Seeds.derive(start().seed(), "round", insertions);
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

  /** What the policy wrote between insertions, in order. */
  List<String> stretches() {
    return List.copyOf(stretches);
  }

  /** Insertions so far. */
  int insertions() {
    return insertions;
  }

  /**
   * The policy has written.
   *
   * @param text of the completion's tokens, without a stop text
   * @param ended whether the end token or a stop text came
   */
  void write(Completion completion, String text, boolean ended) {
    segment = tokens.length;
    append(completion.tokens(), completion.logProbs(), Role.WRITTEN);
    stretches.add(text);
    finished = ended;
  }

  /** Puts tokens behind what the policy wrote, in the place of the end token if that came. */
  void insert(int[] inserted, int endToken) {
    int last = tokens.length - 1;
    if (last >= segment && tokens[last] == endToken) {
      tokens = Arrays.copyOf(tokens, last);
      roles = Arrays.copyOf(roles, last);
      logProbs = Arrays.copyOf(logProbs, last);
    }
    append(inserted, new float[inserted.length], Role.TOOL);
    insertions++;
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
