package io.atomforge.sandbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Runs a program as its form of tests demands, and compares. */
record Judge(Sandbox sandbox, String code, JudgeOptions options) {
  private static final String TOO_LITTLE_TRUST = "sandbox.minimum_trust forbids the test: ";

  Verdict verdict(Tests tests) {
    if (tests instanceof Tests.Calls calls) {
      return calls(calls);
    }
    return tests instanceof Tests.Script script ? script(script) : runs((Tests.Stdin) tests);
  }

  private Program program(Tests.Calls tests) {
    List<Call> calls = tests.cases().stream().map(Tests.Calls.Case::call).toList();
    return new Program(code, tests.entryPoint(), calls, options.afterFailure());
  }

  private Verdict calls(Tests.Calls tests) {
    List<Expected> expected =
        tests.cases().stream().map(c -> Expected.of(c.expectedJson(), options.equality())).toList();
    return verdict(program(tests), expected);
  }

  /** See {@link Sandbox#contentHash}. */
  String contentHash(Tests tests) {
    if (tests instanceof Tests.Calls calls) {
      List<String> expected = calls.cases().stream().map(Tests.Calls.Case::expectedJson).toList();
      return sandbox.hash(program(calls), options.limits(), expected + "\n" + options.equality());
    }
    Program program = new Program(code, "", List.of(), options.afterFailure());
    return sandbox.hash(program, options.limits(), tests + "\n" + sandbox.minimumTrust());
  }

  private Verdict script(Tests.Script test) {
    Optional<LiftedTest> lifted;
    try {
      lifted = LiftedTest.of(sandbox, test);
    } catch (LiftedTest.InvalidTestException e) {
      return without(Outcome.INVALID_TEST, e.getMessage());
    }
    if (lifted.isEmpty()) {
      return without(Outcome.SANDBOX_ERROR, "the test could not be read");
    }
    return script(lifted.get());
  }

  private Verdict script(LiftedTest test) {
    Program program = test.program(code, options.afterFailure());
    if (program.script().isEmpty()) {
      return verdict(program, test.expected());
    }
    boolean mayShare = sandbox.minimumTrust() == Trust.SHARED;
    if (!test.whyShared().isEmpty()) {
      return mayShare
          ? verdict(program, test.expected()).restingOn(Trust.SHARED)
          : without(Outcome.INVALID_TEST, TOO_LITTLE_TRUST + test.whyShared());
    }
    if (!Trust.SCRIPT.isAtLeast(sandbox.minimumTrust())) {
      return without(Outcome.INVALID_TEST, TOO_LITTLE_TRUST + "it is more than values to compare");
    }
    Verdict verdict = verdict(program, test.expected()).restingOn(Trust.SCRIPT);
    CallResult last = verdict.calls().get(verdict.total() - 1);
    if (!last.error().startsWith(Probe.Script.BEYOND)) {
      return verdict;
    }
    // What the program returned may have brought this about, so it may not earn it another outcome.
    if (!mayShare || verdict.passed() < verdict.total() - 1) {
      return verdict.withLast(CallResult.failed(Outcome.RUNTIME_ERROR, "script " + last.error()));
    }
    return verdict(test.shared().program(code, options.afterFailure()), test.expected())
        .restingOn(Trust.SHARED);
  }

  /** The verdict on a program that did not run. */
  private Verdict without(Outcome outcome, String detail) {
    Program program = new Program(code, "", List.of(new Probe.Script("", "", Trust.SCRIPT)));
    Execution failed = Execution.failed(outcome, detail, program, sandbox.isolation());
    return Verdict.of(failed, failed.calls(), failed.isRepeatable());
  }

  private Verdict verdict(Program program, List<Expected> expected) {
    return Verdict.of(sandbox.run(program, options.limits()), expected, options);
  }

  private Verdict runs(Tests.Stdin tests) {
    List<Execution> executions = new ArrayList<>();
    boolean passing = true;
    List<CallResult> calls = new ArrayList<>();
    for (Tests.Stdin.Case one : tests.cases()) {
      if (!passing && options.afterFailure() == Program.AfterFailure.STOP) {
        calls.add(CallResult.failed(Outcome.NOT_RUN, "an earlier call failed"));
        continue;
      }
      Program program = new Program(code, "", List.of(new Probe.Input(one.stdin())));
      Execution execution = sandbox.run(program, options.limits());
      executions.add(execution);
      calls.add(compared(execution.calls().get(0), one.expectedStdout()));
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
    return Verdict.of(together, calls, executions.stream().allMatch(Execution::isRepeatable));
  }

  private static CallResult compared(CallResult call, String expectedStdout) {
    if (call.outcome() != Outcome.PASSED) {
      return call;
    }
    List<String> expected = lines(expectedStdout);
    List<String> actual = lines(((Value.Text) Values.parse(call.outputJson())).value());
    if (expected.equals(actual)) {
      return call;
    }
    int line = 0;
    while (at(expected, line).equals(at(actual, line))) {
      line++;
    }
    String difference =
        String.format(
            "line %d: expected %s, got %s", line + 1, at(expected, line), at(actual, line));
    return new CallResult(Outcome.WRONG_ANSWER, call.outputJson(), difference, call.wallMs());
  }

  private static String at(List<String> lines, int line) {
    return line < lines.size() ? new Value.Text(lines.get(line)).brief() : "the end";
  }

  /** The lines without white space at their ends and without empty ones at the end. */
  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>(text.stripTrailing().lines().toList());
    lines.replaceAll(String::stripTrailing);
    return Collections.unmodifiableList(lines);
  }
}
