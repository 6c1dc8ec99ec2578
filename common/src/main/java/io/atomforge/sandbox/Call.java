package io.atomforge.sandbox;

import io.atomforge.value.Value;
import io.atomforge.value.Values;

/**
 * One call of a program's entry point, its arguments as {@link Values} JSON.
 *
 * @param argsJson array of the positional arguments
 * @param kwargsJson object of the named arguments, {@code {}} if there are none
 */
public record Call(String argsJson, String kwargsJson) implements Probe {
  /**
   * @throws IllegalArgumentException if one is not a value, or not of the kind named above
   */
  public Call {
    if (!(Values.parse(argsJson) instanceof Value.Sequence args) || args.tuple()) {
      throw new IllegalArgumentException("args must be a JSON array, got " + argsJson);
    }
    if (!(Values.parse(kwargsJson) instanceof Value.Dict kwargs) || !kwargs.hasTextKeys()) {
      throw new IllegalArgumentException("kwargs must be a JSON object, got " + kwargsJson);
    }
  }

  /** A call without named arguments. */
  public Call(String argsJson) {
    this(argsJson, "{}");
  }
}
