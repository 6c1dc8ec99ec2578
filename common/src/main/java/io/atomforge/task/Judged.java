package io.atomforge.task;

import io.atomforge.random.Hashes;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.sandbox.Verdict;
import java.io.Serializable;
import java.util.List;

/**
 * What became of one completion.
 *
 * @param passed tests passed, in [0, total]
 * @param total tests in all, 1 or more
 * @param visiblePassed whether all tests passed that a prompt may show; false if there are none
 * @param answered whether the text held an answer in the form that was asked for
 * @param trust how far the program could have had a hand in it
 * @param detail why the first failing test failed
 * @param wallMs what judging took, milliseconds; so is {@code cpuMs}, of the processor
 * @param results a hash of what the answer came to, whatever was expected; empty if it came to
 *     nothing
 * @param planAgreement cosine of the counts of the atoms that the text names before its answer and
 *     of those that the answer calls, 0 to 1; 0 where there is no plan
 * @param stepShare share of the reference's steps that the answer is known to take, 0 to 1; 1 of an
 *     answer that passed, 0 where the steps cannot be compared
 */
public record Judged(
    Outcome outcome,
    int passed,
    int total,
    boolean visiblePassed,
    boolean answered,
    Trust trust,
    String detail,
    double wallMs,
    double cpuMs,
    String results,
    double planAgreement,
    double stepShare)
    implements Serializable {
  /** Of a completion without a plan, and whose results and steps nobody compares. */
  public Judged(
      Outcome outcome,
      int passed,
      int total,
      boolean visiblePassed,
      boolean answered,
      Trust trust,
      String detail,
      double wallMs,
      double cpuMs) {
    this(outcome, passed, total, visiblePassed, answered, trust, detail, wallMs, cpuMs, "", 0, 0);
  }

  static Judged of(Verdict verdict, boolean visiblePassed, double planAgreement, double stepShare) {
    return new Judged(
        verdict.outcome(),
        verdict.passed(),
        verdict.total(),
        visiblePassed,
        true,
        verdict.trust(),
        verdict.detail(),
        verdict.wallMs(),
        verdict.cpuMs(),
        results(verdict),
        planAgreement,
        stepShare);
  }

  private static String results(Verdict verdict) {
    List<String> values = verdict.calls().stream().map(CallResult::outputJson).toList();
    return values.stream().allMatch(String::isEmpty) ? "" : Hashes.of(values.toString());
  }

  /** A text without an answer is like a program that does not parse. */
  static Judged unanswered(int total, String detail) {
    return new Judged(Outcome.COMPILE_ERROR, 0, total, false, false, Trust.VALUES, detail, 0, 0);
  }
}
