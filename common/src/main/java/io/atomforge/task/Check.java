package io.atomforge.task;

import com.fasterxml.jackson.databind.node.TextNode;
import io.atomforge.random.Hashes;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Tests;
import io.atomforge.sandbox.Trust;
import io.atomforge.sandbox.Verdict;
import io.atomforge.synthesis.TestCase;
import io.atomforge.value.Equality;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How an answer is judged. */
public sealed interface Check extends Serializable {
  /**
   * @param options limits and what follows a failure; a check has its own equality
   */
  Verdict judge(Sandbox sandbox, String answer, JudgeOptions options);

  /**
   * The hash of all that determines a verdict, as {@link Sandbox#contentHash}; empty if judging
   * again costs no more than finding the verdict.
   */
  String contentHash(Sandbox sandbox, String answer, JudgeOptions options);

  /** The number of tests, as far as it is known before one has run. */
  int total();

  /** Whether all tests passed that a prompt may show; false if there are none. */
  boolean visiblePassed(Verdict verdict);

  /**
   * What the tests say that a prompt may show; no other test runs.
   *
   * @return one line: each failure with its test, or that there is none
   */
  default String visibleFailures(Sandbox sandbox, String answer, JudgeOptions options) {
    return "there are no examples";
  }

  /**
   * The tests of a problem in the table: calls, or one entry whose arguments are a JSON object, as
   * {@link TaskLine#stored()} makes.
   */
  static Check of(String entryPoint, List<TestCase> tests) {
    return TaskLine.stored(tests).map(TaskLine::check).orElseGet(() -> calls(entryPoint, tests));
  }

  /** The calls of a synthesized problem. */
  static Check calls(String entryPoint, List<TestCase> tests) {
    List<Tests.Calls.Case> cases =
        tests.stream()
            .map(t -> new Tests.Calls.Case(new Call(t.argsJson()), t.expectedJson()))
            .toList();
    List<Integer> visible =
        IntStream.range(0, tests.size()).filter(i -> tests.get(i).visible()).boxed().toList();
    return new Run(new Tests.Calls(entryPoint, cases), Equality.DEFAULT, visible);
  }

  /**
   * The answer is a program that the sandbox runs: by calls, by a script or by its output.
   *
   * @param equality what counts as equal in calls; the other forms have their own
   * @param visible places of the tests that a prompt may show
   */
  record Run(Tests tests, Equality equality, List<Integer> visible) implements Check {
    public Run {
      visible = List.copyOf(visible);
    }

    @Override
    public Verdict judge(Sandbox sandbox, String answer, JudgeOptions options) {
      return sandbox.judge(answer, tests, own(options));
    }

    @Override
    public String contentHash(Sandbox sandbox, String answer, JudgeOptions options) {
      return sandbox.contentHash(answer, tests, own(options));
    }

    @Override
    public String visibleFailures(Sandbox sandbox, String answer, JudgeOptions options) {
      return tests
          .only(visible)
          .map(shown -> failures(shown, sandbox.judge(answer, shown, own(options))))
          .orElseGet(() -> Check.super.visibleFailures(sandbox, answer, options));
    }

    private static String failures(Tests shown, Verdict verdict) {
      if (verdict.outcome() == Outcome.PASSED || verdict.outcome() == Outcome.COMPILE_ERROR) {
        return verdict.outcome() == Outcome.PASSED ? "passed" : line(verdict.detail());
      }
      return IntStream.range(0, verdict.total())
          .filter(i -> verdict.calls().get(i).outcome() != Outcome.PASSED)
          .mapToObj(i -> shown.text(i) + ": " + line(verdict.calls().get(i).error()))
          .collect(Collectors.joining("; "));
    }

    /** Without the path of a difference in the whole value. */
    private static String line(String message) {
      return message.replaceFirst("^\\$: ", "").replaceAll("\\s+", " ").strip();
    }

    private JudgeOptions own(JudgeOptions options) {
      return new JudgeOptions(options.limits(), equality, options.afterFailure());
    }

    @Override
    public int total() {
      return tests.count();
    }

    @Override
    public boolean visiblePassed(Verdict verdict) {
      return !visible.isEmpty()
          && visible.stream().allMatch(i -> verdict.calls().get(i).outcome() == Outcome.PASSED);
    }
  }

  /**
   * The answer is assertions about a program, which should hold of a right one and fail of its
   * mutants. Text-to-testcase, Alagarsamy et al. 2024 (arXiv:2402.11910): syntactic correctness,
   * requirement alignment and mutation score.
   *
   * <p>The first test is the alignment: the assertions hold of {@code reference}, and all of them
   * compare what the program returns with a value. An answer that does not parse is a {@code
   * COMPILE_ERROR}. Then each mutant is a test, passed if an assertion fails of it. Without
   * alignment no mutant is tried, and none counts.
   *
   * @param reference a right program
   * @param mutants programs that behave in another way, at least one
   */
  record Testcases(String reference, List<String> mutants) implements Check {
    public Testcases {
      mutants = List.copyOf(mutants);
      if (mutants.isEmpty()) {
        throw new IllegalArgumentException("test cases are judged by one mutant or more");
      }
    }

    @Override
    public Verdict judge(Sandbox sandbox, String answer, JudgeOptions options) {
      Tests assertions = new Tests.Script(answer, "");
      Verdict own = sandbox.judge(reference, assertions, options);
      if (own.outcome() == Outcome.SANDBOX_ERROR) {
        return own;
      }
      List<CallResult> results = new ArrayList<>();
      results.add(aligned(sandbox, answer, own));
      boolean aligned = results.get(0).outcome() == Outcome.PASSED;
      double wallMs = own.wallMs();
      double cpuMs = own.cpuMs();
      long peak = own.peakMemoryKib();
      boolean repeatable = own.repeatable();
      for (String mutant : mutants) {
        if (!aligned) {
          results.add(new CallResult(Outcome.NOT_RUN, "", "the reference comes first", 0));
          continue;
        }
        Verdict changed = sandbox.judge(mutant, assertions, options);
        if (changed.outcome() == Outcome.SANDBOX_ERROR) {
          return changed;
        }
        results.add(killed(changed));
        wallMs += changed.wallMs();
        cpuMs += changed.cpuMs();
        peak = Math.max(peak, changed.peakMemoryKib());
        repeatable &= changed.repeatable();
      }
      Optional<CallResult> failure =
          results.stream().filter(r -> r.outcome() != Outcome.PASSED).findFirst();
      return new Verdict(
          failure.map(CallResult::outcome).orElse(Outcome.PASSED),
          (int) results.stream().filter(r -> r.outcome() == Outcome.PASSED).count(),
          total(),
          results,
          failure.map(CallResult::error).orElse(""),
          wallMs,
          cpuMs,
          peak,
          own.isolation(),
          Trust.VALUES,
          repeatable);
    }

    private static CallResult aligned(Sandbox sandbox, String answer, Verdict own) {
      if (own.outcome() == Outcome.PASSED && own.trust() == Trust.VALUES) {
        return new CallResult(Outcome.PASSED, "", "", own.wallMs());
      }
      boolean parses =
          sandbox.run(new Program(answer, "", List.of())).outcome() != Outcome.COMPILE_ERROR;
      String why =
          own.outcome() == Outcome.PASSED
              ? "an assertion compares something else than a result of the program with a value"
              : own.detail();
      Outcome outcome = parses ? Outcome.WRONG_ANSWER : Outcome.COMPILE_ERROR;
      return new CallResult(outcome, "", why, own.wallMs());
    }

    private static CallResult killed(Verdict changed) {
      boolean killed = changed.outcome().judgesProgram() && changed.outcome() != Outcome.PASSED;
      return killed
          ? new CallResult(Outcome.PASSED, "", "", changed.wallMs())
          : new CallResult(
              Outcome.WRONG_ANSWER, "", "a mutant passes the assertions", changed.wallMs());
    }

    @Override
    public String contentHash(Sandbox sandbox, String answer, JudgeOptions options) {
      Tests assertions = new Tests.Script(answer, "");
      return Hashes.of(
          Stream.concat(Stream.of(reference), mutants.stream())
              .map(program -> sandbox.contentHash(program, assertions, options))
              .collect(Collectors.joining(" ", "testcases ", "")));
    }

    @Override
    public int total() {
      return 1 + mutants.size();
    }

    @Override
    public boolean visiblePassed(Verdict verdict) {
      return false;
    }
  }

  /** The answer is a text, equal to the expected one but for white space around it. */
  record Text(String expected) implements Check {
    @Override
    public Verdict judge(Sandbox sandbox, String answer, JudgeOptions options) {
      boolean right = answer.strip().equals(expected.strip());
      Outcome outcome = right ? Outcome.PASSED : Outcome.WRONG_ANSWER;
      String detail = right ? "" : "the answer is another text";
      String given = TextNode.valueOf(answer.strip()).toString();
      CallResult call = new CallResult(outcome, given, detail, 0);
      return new Verdict(
          outcome,
          right ? 1 : 0,
          1,
          List.of(call),
          detail,
          0,
          0,
          0,
          sandbox.isolation(),
          Trust.VALUES,
          true);
    }

    @Override
    public String contentHash(Sandbox sandbox, String answer, JudgeOptions options) {
      return "";
    }

    @Override
    public int total() {
      return 1;
    }

    @Override
    public boolean visiblePassed(Verdict verdict) {
      return false;
    }
  }
}
