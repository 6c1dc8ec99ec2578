package io.atomforge.rollout;

import io.atomforge.sandbox.Outcome;
import io.atomforge.task.Judged;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * One completion of a task: what it was sampled from, who put each of its tokens there, and what
 * its check said.
 *
 * @param sample 0, 1, ... within the task's group
 * @param prompt token ids that the completion is learned behind
 * @param sampledPrompt token ids that it was sampled behind; mostly the same
 * @param completion its text up to a stop text, without special tokens
 * @param tokens ids of the completion, shape (T,), the end token included if it came
 * @param roles shape (T,); at least one token is learned
 * @param logProbs natural log-probability of each learned token under the policy that sampled, at
 *     the sampling temperature, shape (N,); 0 of given ones if the sampler gives none to learn from
 * @param finished whether the end token or a stop text came
 * @param modelReward what a reward model says of it, 0 to 1; {@link #NOT_ASKED} where none was
 */
public record Trace(
    String taskId,
    int sample,
    int[] prompt,
    int[] sampledPrompt,
    String completion,
    int[] tokens,
    Role[] roles,
    float[] logProbs,
    boolean finished,
    Judged judged,
    double modelReward)
    implements Serializable {

  /** The {@link #modelReward} of a completion about which no reward model was asked. */
  public static final double NOT_ASKED = -1;

  /** Of which no reward model was asked. */
  public Trace(
      String taskId,
      int sample,
      int[] prompt,
      int[] sampledPrompt,
      String completion,
      int[] tokens,
      Role[] roles,
      float[] logProbs,
      boolean finished,
      Judged judged) {
    this(
        taskId,
        sample,
        prompt,
        sampledPrompt,
        completion,
        tokens,
        roles,
        logProbs,
        finished,
        judged,
        NOT_ASKED);
  }

  /** The same with what a reward model says of it, 0 to 1. */
  public Trace rewarded(double byModel) {
    return new Trace(
        taskId,
        sample,
        prompt,
        sampledPrompt,
        completion,
        tokens,
        roles,
        logProbs,
        finished,
        judged,
        byModel);
  }

  /** Who put a token there. */
  public enum Role {
    /** The policy. */
    WRITTEN('w'),
    /** The sampler, as an example to learn from and to go on from. */
    GIVEN('g'),
    /** The sampler, as the output of a tool or as a hint; never learned. */
    TOOL('t');

    private final char letter;

    Role(char letter) {
      this.letter = letter;
    }

    /** Whether the loss sees the token. */
    public boolean learned() {
      return this != TOOL;
    }
  }

  /**
   * @throws IllegalArgumentException if the arrays do not match or nothing is learned
   */
  public Trace {
    long learned = Arrays.stream(roles).filter(Role::learned).count();
    if (roles.length != tokens.length || learned != logProbs.length || learned == 0) {
      throw new IllegalArgumentException(
          "Completion %d of %s has %d tokens, %d roles, of which %d are learned, and %d scores"
              .formatted(sample, taskId, tokens.length, roles.length, learned, logProbs.length));
    }
  }

  /** A completion that the policy wrote from its first token to its last. */
  public static Trace written(
      String taskId,
      int sample,
      int[] prompt,
      String completion,
      int[] tokens,
      float[] logProbs,
      boolean finished,
      Judged judged) {
    Role[] roles = new Role[tokens.length];
    Arrays.fill(roles, Role.WRITTEN);
    return new Trace(
        taskId, sample, prompt, prompt, completion, tokens, roles, logProbs, finished, judged);
  }

  public Outcome outcome() {
    return judged.outcome();
  }

  /** Whether it passed; one that was cut counts as failed, whatever its check says. */
  public boolean solved() {
    return finished && outcome() == Outcome.PASSED;
  }

  /** Places in {@code tokens} of those that the loss sees, ascending, shape (N,). */
  public int[] learned() {
    return IntStream.range(0, roles.length).filter(t -> roles[t].learned()).toArray();
  }

  /** How many tokens the loss sees, N. */
  public int learnedLength() {
    return logProbs.length;
  }

  /** How many tokens have a role. */
  public int count(Role role) {
    return (int) Arrays.stream(roles).filter(r -> r == role).count();
  }

  /** The log-probabilities of what the policy wrote. */
  public float[] writtenLogProbs() {
    int[] learned = learned();
    float[] written = new float[count(Role.WRITTEN)];
    int n = 0;
    for (int i = 0; i < learned.length; i++) {
      if (roles[learned[i]] == Role.WRITTEN) {
        written[n++] = logProbs[i];
      }
    }
    return written;
  }

  /** The roles as text: one letter per token, w, g or t. */
  public String roleLetters() {
    StringBuilder letters = new StringBuilder();
    for (Role role : roles) {
      letters.append(role.letter);
    }
    return letters.toString();
  }

  /**
   * @param letters as {@link #roleLetters} gives them
   */
  public static Role[] roles(String letters) {
    return letters
        .chars()
        .mapToObj(
            c ->
                Arrays.stream(Role.values())
                    .filter(role -> role.letter == c)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("No role is " + (char) c)))
        .toArray(Role[]::new);
  }
}
