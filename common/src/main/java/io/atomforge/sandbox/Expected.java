package io.atomforge.sandbox;

import io.atomforge.value.Equality;
import io.atomforge.value.Value;
import io.atomforge.value.Values;

/** The value that a probe must have, and what counts as equal to it. */
record Expected(Value value, Equality equality) {
  /**
   * @throws IllegalArgumentException if {@code json} is not a {@link Values} text
   */
  static Expected of(String json, Equality equality) {
    return new Expected(Values.parse(json), equality);
  }
}
