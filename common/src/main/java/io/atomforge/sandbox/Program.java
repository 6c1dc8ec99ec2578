package io.atomforge.sandbox;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A program and what it is asked to do. Its top level runs once, as the module {@code program},
 * then each probe in order in the same process.
 *
 * @param code Python source text
 * @param entryPoint name of the function that the source defines; empty if no {@link Call} needs it
 * @param calls what to do: one {@link Probe.Input}, or calls and expressions, of which the last may
 *     be a {@link Probe.Script} instead
 * @param afterFailure what follows a probe that gives no value
 */
public record Program(
    String code, String entryPoint, List<? extends Probe> calls, AfterFailure afterFailure) {

  /** Whether the probes after one that failed are of interest. */
  public enum AfterFailure {
    /** All run. */
    GO_ON,
    /** None runs: they are {@link Outcome#NOT_RUN}. */
    STOP
  }

  /**
   * @throws IllegalArgumentException if the probes are not combined as described
   */
  public Program {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(entryPoint, "entryPoint");
    Objects.requireNonNull(afterFailure, "afterFailure");
    calls = List.copyOf(calls);
    for (int i = 0; i < calls.size(); i++) {
      boolean misplaced =
          calls.get(i) instanceof Probe.Input && calls.size() > 1
              || calls.get(i) instanceof Probe.Script && i < calls.size() - 1
              || calls.get(i) instanceof Call && entryPoint.isEmpty();
      if (misplaced) {
        throw new IllegalArgumentException(
            "An input stands alone, a script last, and a call needs an entry point; probe "
                + (i + 1 + " of " + calls.size() + " does not"));
      }
    }
  }

  /** A program whose probes all run. */
  public Program(String code, String entryPoint, List<? extends Probe> calls) {
    this(code, entryPoint, calls, AfterFailure.GO_ON);
  }

  /** Whether it is run with a standard input, so that what it prints is its value. */
  boolean readsInput() {
    return !calls.isEmpty() && calls.get(0) instanceof Probe.Input;
  }

  /** The script that runs beside the program, if there is one. */
  Optional<Probe.Script> script() {
    return !calls.isEmpty() && calls.get(calls.size() - 1) instanceof Probe.Script script
        ? Optional.of(script)
        : Optional.empty();
  }
}
