package io.atomforge.task;

import com.fasterxml.jackson.databind.node.TextNode;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Tests;
import io.atomforge.sandbox.Trust;
import io.atomforge.sandbox.Verdict;
import io.atomforge.synthesis.TestCase;
import io.atomforge.value.Equality;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

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
