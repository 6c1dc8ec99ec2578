package io.atomforge.sandbox;

import io.atomforge.value.Excerpt;
import java.util.Collections;
import java.util.List;

/**
 * What running a program showed, before any value is compared.
 *
 * @param outcome PASSED if it ran to its end, even if calls failed; else what ended it
 * @param calls one per call, in order; those that did not happen carry {@code outcome}
 * @param detail the reason, bounded and printable, empty if PASSED
 * @param wallMs wall-clock milliseconds from clone to end, measured outside the program
 * @param cpuMs user and system CPU milliseconds, measured by the kernel
 * @param peakMemoryKib peak resident memory in KiB, an idle Python's share included
 * @param isolation the level at which it ran
 */
public record Execution(
    Outcome outcome,
    List<CallResult> calls,
    String detail,
    double wallMs,
    double cpuMs,
    long peakMemoryKib,
    IsolationLevel isolation) {
  /** The detail of a program whose worker died under it. */
  static final String WORKER_LOST = "WORKER_LOST";

  public Execution {
    calls = List.copyOf(calls);
    detail = detail.isEmpty() ? detail : Excerpt.message(detail);
  }

  /**
   * Whether the same program would end the same way again, so that this may stand for it. Not so
   * where the machine had a part in it: its clock, a kill from outside, or a fault of the sandbox.
   */
  boolean isRepeatable() {
    return switch (outcome) {
      case SANDBOX_ERROR -> false;
      case TIMEOUT -> !detail.startsWith("WALL");
      case RUNTIME_ERROR -> !detail.equals(WORKER_LOST) && !detail.equals("SIGNAL 9");
      default -> true;
    };
  }

  /** A program of which nothing is known but why. */
  static Execution failed(Outcome outcome, String detail, Program program, IsolationLevel level) {
    CallResult call = CallResult.failed(outcome, detail);
    List<CallResult> calls = Collections.nCopies(program.calls().size(), call);
    return new Execution(outcome, calls, detail, 0, 0, 0, level);
  }
}
