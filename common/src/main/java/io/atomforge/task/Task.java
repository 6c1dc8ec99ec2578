package io.atomforge.task;

import io.atomforge.sandbox.JudgeOptions;
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
 */
public record Task(
    String taskId,
    String prompt,
    String given,
    ResponseFormat format,
    Check check,
    boolean callsAtoms)
    implements Serializable {

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
    return new Task(problem.problemId(), prompt, "", form, check, true);
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
    return Judged.of(verdict, check.visiblePassed(verdict), agreement);
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
