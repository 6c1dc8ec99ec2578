package io.atomforge.task;

import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Verdict;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.Problem;
import io.atomforge.value.Equality;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What a model is asked, where its answer stands and how the answer is judged.
 *
 * @param taskId such as a problem's name
 * @param prompt the text that the model reads
 * @param given code that the answer may build on, such as the head of a function; may be empty
 * @param callsAtoms whether an answer may call atoms without their definitions
 * @param reference a right answer that calls atoms, with whose steps those of an answer are
 *     compared; empty if there is none
 */
public record Task(
    String taskId,
    String prompt,
    String given,
    ResponseFormat format,
    Check check,
    boolean callsAtoms,
    String reference)
    implements Serializable {
  /** A task whose answers are not compared with a reference. */
  public Task(
      String taskId,
      String prompt,
      String given,
      ResponseFormat format,
      Check check,
      boolean callsAtoms) {
    this(taskId, prompt, given, format, check, callsAtoms, "");
  }

  /**
   * A problem of the table. The answer to a synthesized one may call atoms.
   *
   * @param prompt the problem's text in the language wanted
   * @param format name of a {@link ResponseFormat}; auto is program for a synthesized problem,
   *     fenced_block for one that others wrote
   */
  public static Task of(Problem problem, String prompt, String format) {
    Optional<JsonRow> external = TaskLine.stored(problem.tests());
    if (external.isPresent()) {
      JsonRow row = external.get();
      ResponseFormat form = ResponseFormat.named(format.equals("auto") ? "fenced_block" : format);
      String given = row.textOr("given", "");
      boolean continued = row.nested("continued").asBoolean();
      TaskLine line =
          new TaskLine(
              problem.problemId(), prompt, given, continued, List.of(), row.part(key -> true));
      return line.task(form);
    }
    Check check = Check.calls(problem.entryPoint(), problem.tests());
    ResponseFormat form = ResponseFormat.named(format.equals("auto") ? "program" : format);
    String id = problem.problemId();
    return new Task(id, prompt, "", form, check, true, problem.referenceCall());
  }

  /**
   * Judges a completion under the sandbox's limits, every test of it.
   *
   * @param library the atoms
   * @param text what the model wrote
   */
  public Judged judge(Sandbox sandbox, AtomLibrary library, String text) {
    Optional<String> answer = format.answer(given, text);
    if (answer.isEmpty()) {
      return Judged.unanswered(check.total(), "the text has no answer in the format asked for");
    }
    Verdict verdict = check.judge(sandbox, program(library, answer.get()), options(sandbox));
    double agreement = callsAtoms ? PlanAgreement.of(library, format.plan(text), answer.get()) : 0;
    double steps = stepShare(library, answer.get(), verdict.outcome());
    return Judged.of(verdict, check.visiblePassed(verdict), agreement, steps);
  }

  private double stepShare(AtomLibrary library, String answer, Outcome outcome) {
    return switch (outcome) {
      case PASSED -> 1;
      case COMPILE_ERROR -> 0;
      default -> callsAtoms ? StepShare.of(library, reference, answer) : 0;
    };
  }

  /**
   * What the tests say of a completion that a prompt may show; the hidden ones do not run.
   *
   * @param library the atoms
   * @param text what the model wrote
   * @return one line: each failure with its test, or that there is none
   */
  public String visibleFailures(Sandbox sandbox, AtomLibrary library, String text) {
    return format
        .answer(given, text)
        .map(answer -> program(library, answer))
        .map(program -> check.visibleFailures(sandbox, program, options(sandbox)))
        .orElse("there is no answer");
  }

  private String program(AtomLibrary library, String answer) {
    return callsAtoms ? library.program(answer) : answer;
  }

  private static JudgeOptions options(Sandbox sandbox) {
    return new JudgeOptions(sandbox.limits(), Equality.DEFAULT, Program.AfterFailure.GO_ON);
  }
}
