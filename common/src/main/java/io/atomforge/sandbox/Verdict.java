package io.atomforge.sandbox;

import io.atomforge.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program judged by its calls.
 *
 * @param outcome PASSED if every call passed, else that of the first call that did not
 * @param passed calls whose value is the expected one
 * @param total calls
 * @param calls one per call, in order, compared
 * @param detail why the first failing call failed; of a PASSED, the trust if a {@link Probe.Script}
 *     had a part in it, else empty
 * @param wallMs as in {@link Execution}; so are {@code cpuMs}, {@code peakMemoryKib}, {@code
 *     isolation}
 * @param trust how far the program could have had a hand in it
 * @param repeatable whether judging the program again gives the same, measured times aside; not so
 *     where the machine's clock or a fault of the sandbox had a part in it
 */
public record Verdict(
    Outcome outcome,
    int passed,
    int total,
    List<CallResult> calls,
    String detail,
    double wallMs,
    double cpuMs,
    long peakMemoryKib,
    IsolationLevel isolation,
    Trust trust,
    boolean repeatable) {
  public Verdict {
    calls = List.copyOf(calls);
  }

  /**
   * Compares what a program returned with what it should have. A program that did not run to its
   * end fails its last call at least, whatever it claimed before.
   *
   * @param expected one per call
   * @param options of which {@code afterFailure} counts
   */
  static Verdict of(Execution execution, List<Expected> expected, JudgeOptions options) {
    List<CallResult> calls = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      CallResult call = execution.calls().get(i);
      boolean last = i == expected.size() - 1;
      boolean failed = i > 0 && calls.get(i - 1).outcome() != Outcome.PASSED;
      if (failed && options.afterFailure() == Program.AfterFailure.STOP) {
        calls.add(CallResult.failed(Outcome.NOT_RUN, "an earlier call failed"));
      } else if (last && execution.outcome() != Outcome.PASSED && passed(call)) {
        calls.add(CallResult.failed(execution.outcome(), execution.detail()));
      } else {
        calls.add(compared(call, expected.get(i)));
      }
    }
    return of(execution, calls, execution.isRepeatable());
  }

  /** The verdict over calls that are compared already. */
  static Verdict of(Execution execution, List<CallResult> calls, boolean repeatable) {
    Optional<CallResult> failure = calls.stream().filter(c -> !passed(c)).findFirst();
    return new Verdict(
        failure.map(CallResult::outcome).orElse(Outcome.PASSED),
        (int) calls.stream().filter(Verdict::passed).count(),
        calls.size(),
        calls,
        failure.map(CallResult::error).orElse(""),
        execution.wallMs(),
        execution.cpuMs(),
        execution.peakMemoryKib(),
        execution.isolation(),
        Trust.VALUES,
        repeatable);
  }

  /** This verdict, which rests on a script that was trusted so far. */
  Verdict restingOn(Trust newTrust) {
    String newDetail = outcome == Outcome.PASSED ? newTrust.word() : detail;
    return new Verdict(
        outcome,
        passed,
        total,
        calls,
        newDetail,
        wallMs,
        cpuMs,
        peakMemoryKib,
        isolation,
        newTrust,
        repeatable);
  }

  /** This verdict with another end of its last call. */
  Verdict withLast(CallResult last) {
    List<CallResult> changed = new ArrayList<>(calls);
    changed.set(total - 1, last);
    CallResult failure = changed.stream().filter(c -> !passed(c)).findFirst().orElseThrow();
    return new Verdict(
        failure.outcome(),
        passed,
        total,
        changed,
        failure.error(),
        wallMs,
        cpuMs,
        peakMemoryKib,
        isolation,
        trust,
        repeatable);
  }

  private static boolean passed(CallResult call) {
    return call.outcome() == Outcome.PASSED;
  }

  private static CallResult compared(CallResult call, Expected expected) {
    if (!passed(call)) {
      return call;
    }
    String output = call.outputJson();
    return Room.reading(
            output.length(),
            () -> Values.difference(expected.value(), Values.parse(output), expected.equality()))
        .map(at -> new CallResult(Outcome.WRONG_ANSWER, output, at, call.wallMs()))
        .orElse(call);
  }
}
