package io.atomforge.sandbox;

import io.atomforge.value.Comparison;
import io.atomforge.value.Value;
import io.atomforge.value.Values;
import java.util.ArrayList;
import java.util.List;

/** Runs a program once for each standard input, and judges what it prints. */
record InputRuns(Sandbox sandbox, String code, Comparison comparison, JudgeOptions options) {
  /** What a checker may use, whatever the program may. */
  private static final Limits CHECKER = new Limits(10, 512, 64);

  Verdict verdict(List<Tests.Stdin.Case> cases) {
    List<Execution> executions = new ArrayList<>();
    boolean passing = true;
    List<CallResult> calls = new ArrayList<>();
    for (Tests.Stdin.Case one : cases) {
      if (!passing && options.afterFailure() == Program.AfterFailure.STOP) {
        calls.add(CallResult.failed(Outcome.NOT_RUN, "an earlier call failed"));
        continue;
      }
      Program program = new Program(code, "", List.of(new Probe.Input(one.stdin())));
      Execution execution = sandbox.run(program, options.limits());
      executions.add(execution);
      calls.add(judged(execution.calls().get(0), one));
      passing = calls.get(calls.size() - 1).outcome() == Outcome.PASSED;
    }
    Execution together =
        new Execution(
            Outcome.PASSED,
            calls,
            "",
            executions.stream().mapToDouble(Execution::wallMs).sum(),
            executions.stream().mapToDouble(Execution::cpuMs).sum(),
            executions.stream().mapToLong(Execution::peakMemoryKib).max().orElse(0),
            sandbox.isolation());
    boolean repeatable =
        executions.stream().allMatch(Execution::isRepeatable)
            && calls.stream().noneMatch(c -> c.outcome() == Outcome.SANDBOX_ERROR);
    return Verdict.of(together, calls, repeatable);
  }

  private CallResult judged(CallResult run, Tests.Stdin.Case one) {
    if (run.outcome() != Outcome.PASSED) {
      return run;
    }
    String printed =
        Room.reading(
            run.outputJson().length(), () -> ((Value.Text) Values.parse(run.outputJson())).value());
    return comparison instanceof Comparison.Checker checker
        ? checked(checker, run, one, printed)
        : Comparison.difference(comparison, one.expectedStdout(), printed)
            .map(at -> ended(run, Outcome.WRONG_ANSWER, at))
            .orElse(run);
  }

  /**
   * The checker's word. Where it fails on what the program printed, the expected output tells whose
   * fault that is: a checker that accepts it works, so that no program gains by printing what makes
   * a checker fail.
   */
  private CallResult checked(
      Comparison.Checker checker, CallResult run, Tests.Stdin.Case one, String printed) {
    CallResult said = ask(checker, one, printed);
    if (said.outcome() == Outcome.PASSED && said.outputJson().equals("true")) {
      return run;
    }
    if (said.outcome() == Outcome.PASSED && said.outputJson().equals("false")) {
      return ended(run, Outcome.WRONG_ANSWER, "the checker refuses it");
    }
    if (said.outcome() == Outcome.SANDBOX_ERROR) {
      return ended(run, Outcome.SANDBOX_ERROR, "checker: " + said.error());
    }
    String why =
        said.outcome() == Outcome.PASSED
            ? "it returned neither True nor False"
            : said.outcome() + " " + said.error();
    CallResult control = ask(checker, one, one.expectedStdout());
    if (control.outcome() == Outcome.SANDBOX_ERROR) {
      return ended(run, Outcome.SANDBOX_ERROR, "checker: " + control.error());
    }
    return control.outcome() == Outcome.PASSED && control.outputJson().equals("true")
        ? ended(run, Outcome.WRONG_ANSWER, "the checker fails on it: " + why)
        : ended(run, Outcome.INVALID_TEST, "the checker fails on the expected output too: " + why);
  }

  private CallResult ask(Comparison.Checker checker, Tests.Stdin.Case one, String printed) {
    Call call = new Call(Values.json(List.of(one.stdin(), one.expectedStdout(), printed)));
    Execution execution = sandbox.run(new Program(checker.code(), "check", List.of(call)), CHECKER);
    return execution.outcome() == Outcome.PASSED
        ? execution.calls().get(0)
        : CallResult.failed(execution.outcome(), execution.detail());
  }

  private static CallResult ended(CallResult run, Outcome outcome, String error) {
    return new CallResult(outcome, run.outputJson(), error, run.wallMs());
  }
}
