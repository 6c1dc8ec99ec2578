package io.atomforge.sandbox;

import java.util.List;
import java.util.Optional;

/** Runs a program as its form of tests demands, and compares. */
record Judge(Sandbox sandbox, String code, JudgeOptions options) {
  private static final String TOO_LITTLE_TRUST = "sandbox.minimum_trust forbids the test: ";

  Verdict verdict(Tests tests) {
    if (tests instanceof Tests.Calls calls) {
      return calls(calls);
    }
    if (tests instanceof Tests.Script script) {
      return script(script);
    }
    Tests.Stdin runs = (Tests.Stdin) tests;
    return new InputRuns(sandbox, code, runs.comparison(), options).verdict(runs.cases());
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
      return without(Outcome.INVALID_TEST, String.valueOf(e.getMessage()));
    }
    if (lifted.isEmpty()) {
      return without(Outcome.SANDBOX_ERROR, "the test could not be read");
    }
    if (!lifted.get().isAbout(code)) {
      return without(Outcome.INVALID_TEST, "the test asserts nothing about the program");
    }
    Verdict verdict = script(lifted.get());
    return isUndecided(verdict) ? wholly(lifted.get(), verdict) : verdict;
  }

  /** Whether the first failure says nothing yet, and the program's process may decide. */
  private boolean isUndecided(Verdict verdict) {
    return sandbox.minimumTrust() == Trust.SHARED
        && verdict.calls().stream()
            .filter(c -> c.outcome() != Outcome.PASSED)
            .findFirst()
            .filter(Judge::isUndecided)
            .isPresent();
  }

  /** The verdict in which the whole test, in the program's process, decides what is undecided. */
  private Verdict wholly(LiftedTest test, Verdict verdict) {
    Execution execution = sandbox.run(test.wholly(code), options.limits());
    CallResult whole = execution.calls().get(0);
    boolean holds = whole.outcome() == Outcome.PASSED;
    List<CallResult> calls =
        verdict.calls().stream().map(c -> holds || isUndecided(c) ? whole : c).toList();
    boolean repeatable = verdict.repeatable() && execution.isRepeatable();
    return Verdict.of(execution, calls, repeatable).restingOn(Trust.SHARED);
  }

  /** Whether a call lacks a name that the test may define, or returned what is no value. */
  private static boolean isUndecided(CallResult call) {
    return call.error().startsWith(CallResult.UNSERIALISABLE)
        || call.error().startsWith("NameError: ");
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
    boolean othersPassed = verdict.passed() == verdict.total() - 1;
    if (!mayShare && othersPassed && last.error().startsWith(Probe.Script.OWN)) {
      String why = last.error().substring(Probe.Script.BEYOND.length());
      return without(Outcome.INVALID_TEST, TOO_LITTLE_TRUST + why);
    }
    // What the program returned may have brought this about, so it may not earn it another outcome.
    if (!mayShare || !othersPassed) {
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
}
