package io.atomforge.rollout;

import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.Tokenizer;
import java.util.List;

/**
 * Puts text into completions between the stretches that the policy writes. What it puts there is
 * {@link Trace.Role#TOOL}, and depends on the completion alone.
 */
public interface Inserter {
  /**
   * A completion at the place of an insertion.
   *
   * @param seed of the completion
   * @param number insertions before this one
   * @param stretches what the policy wrote between insertions, one or more, without stop texts
   */
  record Pause(Task task, long seed, int number, List<String> stretches) {
    public Pause {
      stretches = List.copyOf(stretches);
    }
  }

  /**
   * Text to insert.
   *
   * @param output what a program came to, between the other two; cut at {@link #maxOutputTokens}
   */
  record Insertion(String before, String output, String after) {}

  /** Insertions of a completion, at most. */
  int most();

  /** Tokens of an output, at most. */
  int maxOutputTokens();

  /**
   * Whether the policy is interrupted here, before it has ended.
   *
   * @param written tokens since the last insertion, shape (T,)
   */
  boolean interrupts(Tokenizer tokenizer, int[] written);

  /** Whether the policy goes on where it has ended, behind an insertion that has room. */
  boolean goesOn();

  /** Runs programs where it needs to; called on a thread of the sandbox. */
  Insertion insertion(Pause pause, Sandbox sandbox, AtomLibrary library);

  /**
   * What is judged.
   *
   * @param stretches as in {@link Pause}, up to the last
   */
  String answer(List<String> stretches);
}
