package io.atomforge.dataset;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.atomforge.synthesis.Problem;

/** What the model writes: the wiring alone, or a complete program. */
public enum Style {
  CALL,
  INLINE;

  public String completion(Problem problem) {
    return (this == CALL ? problem.referenceCall() : problem.referenceInline()).stripTrailing();
  }

  @JsonCreator
  static Style of(String name) {
    for (Style style : values()) {
      if (style.name().equalsIgnoreCase(name)) {
        return style;
      }
    }
    throw new IllegalArgumentException("response_style must be call or inline, got " + name);
  }
}
