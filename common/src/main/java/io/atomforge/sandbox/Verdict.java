package io.atomforge.sandbox;

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
 * @param detail why the first failing call failed, empty if PASSED
 * @param wallMs as in {@link Execution}; so are {@code cpuMs}, {@code peakMemoryKib}, {@code
 *     isolation}
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
    boolean repeatable) {
  public Verdict {
    calls = List.copyOf(calls);
  }

  /**
   * Compares what a program returned with what it should have. A program that did not run to its
   * end fails its last call at least, whatever it claimed before.
   *
   * @param expectedJson {@link Values} JSON, one per call
   * @throws IllegalArgumentException if there is no call, the counts differ, or an expected value
   *     is not a value
   */
  static Verdict of(Execution execution, List<String> expectedJson, Equality equality) {
    requireOnePerCall(execution.calls().size(), expectedJson);
    List<CallResult> calls = new ArrayList<>();
    for (int i = 0; i < expectedJson.size(); i++) {
      CallResult call = execution.calls().get(i);
      boolean last = i == expectedJson.size() - 1;
      if (last && execution.outcome() != Outcome.PASSED && call.outcome() == Outcome.PASSED) {
        calls.add(CallResult.failed(execution.outcome(), execution.detail()));
      } else {
        calls.add(compared(call, expectedJson.get(i), equality));
      }
    }
    Optional<CallResult> failure =
        calls.stream().filter(c -> c.outcome() != Outcome.PASSED).findFirst();
    return new Verdict(
        failure.map(CallResult::outcome).orElse(Outcome.PASSED),
        (int) calls.stream().filter(c -> c.outcome() == Outcome.PASSED).count(),
        calls.size(),
        calls,
        failure.map(CallResult::error).orElse(""),
        execution.wallMs(),
        execution.cpuMs(),
        execution.peakMemoryKib(),
        execution.isolation(),
        execution.isRepeatable());
  }

  static void requireOnePerCall(int calls, List<String> expectedJson) {
    if (calls == 0 || calls != expectedJson.size()) {
      throw new IllegalArgumentException(
          "A program needs a call and one expected value for each, got "
              + (calls + " calls and " + expectedJson.size() + " values"));
    }
  }

  private static CallResult compared(CallResult call, String expectedJson, Equality equality) {
    if (call.outcome() == Outcome.PASSED && isSameText(call.outputJson(), expectedJson)) {
      return call;
    }
    Value expected = Values.parse(expectedJson);
    if (call.outcome() != Outcome.PASSED) {
      return call;
    }
    return Values.difference(expected, Values.parse(call.outputJson()), equality)
        .map(at -> new CallResult(Outcome.WRONG_ANSWER, call.outputJson(), at, call.wallMs()))
        .orElse(call);
  }

  /**
   * Saves reading long values: the same text is the same value, and only NaN may differ from it.
   */
  private static boolean isSameText(String outputJson, String expectedJson) {
    return outputJson.equals(expectedJson) && !outputJson.contains("\"nan\"");
  }
}
