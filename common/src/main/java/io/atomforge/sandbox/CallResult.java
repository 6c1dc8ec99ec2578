package io.atomforge.sandbox;

import io.atomforge.value.Excerpt;
import io.atomforge.value.Values;

/**
 * One call's end.
 *
 * @param outcome of an {@link Execution}: PASSED if a value came back, whatever it is
 * @param outputJson the value as {@link Values} JSON that parses, empty if none came back
 * @param error what went wrong, empty if nothing did; bounded and printable
 * @param wallMs wall-clock milliseconds as the program's process tells them; no verdict rests on it
 */
public record CallResult(Outcome outcome, String outputJson, String error, double wallMs) {
  /** How the error begins where a call returned what is not a value. */
  static final String UNSERIALISABLE = "UNSERIALISABLE";

  public CallResult {
    error = error.isEmpty() ? error : Excerpt.message(error);
  }

  static CallResult failed(Outcome outcome, String error) {
    return new CallResult(outcome, "", error, 0);
  }
}
