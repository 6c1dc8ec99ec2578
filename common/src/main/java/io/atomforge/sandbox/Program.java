package io.atomforge.sandbox;

import java.util.List;
import java.util.Objects;

/**
 * A program and how to call it. Its top level runs once, as the module {@code program}, then each
 * call in order in the same process.
 *
 * @param code Python source text
 * @param entryPoint name of the function that the source defines
 */
public record Program(String code, String entryPoint, List<Call> calls) {
  public Program {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(entryPoint, "entryPoint");
    calls = List.copyOf(calls);
  }
}
