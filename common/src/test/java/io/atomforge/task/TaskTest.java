package io.atomforge.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.atoms.Atom;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.sandbox.Tests;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.TestCase;
import io.atomforge.value.Equality;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskTest {
  private static final Sandbox SANDBOX = Sandbox.shared(SandboxSettings.DEFAULT);
  private static final AtomLibrary LIBRARY =
      new AtomLibrary(
          List.of(
              new Atom(
                  "a",
                  "",
                  "twice",
                  Atom.Variant.BASE,
                  List.of(),
                  null,
                  "",
                  "",
                  "def twice(n):\n    return 2 * n",
                  List.of())));
  private static final Check CALLS =
      Check.calls(
          "solve",
          List.of(
              new TestCase("[1]", "2", true),
              new TestCase("[0]", "0", true),
              new TestCase("[5]", "10", false)));

  private static Judged judge(ResponseFormat format, Check check, String text) {
    return new Task("t", "", "", format, check, true).judge(SANDBOX, LIBRARY, text);
  }

  private static Judged judge(String program) {
    return judge(new ResponseFormat.Program(), CALLS, program);
  }

  @Test
  void callsSayHowManyTestsPassedAndWhetherThoseThatAPromptMayShowDid() {
    Judged right = judge("def solve(n): return n + n");
    assertThat(right.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(right.passed()).isEqualTo(3);
    assertThat(right.visiblePassed()).isTrue();
    Judged overfit = judge("def solve(n): return 2 if n else 0");
    assertThat(overfit.outcome()).isEqualTo(Outcome.WRONG_ANSWER);
    assertThat(overfit.passed()).isEqualTo(2);
    assertThat(overfit.total()).isEqualTo(3);
    assertThat(overfit.visiblePassed()).isTrue();
    assertThat(overfit.detail()).isNotEmpty();
    assertThat(judge("def solve(n): return 2").visiblePassed()).isFalse();
  }

  private static String visibleFailures(Check check, String program) {
    return new Task("t", "", "", new ResponseFormat.Program(), check, true)
        .visibleFailures(SANDBOX, LIBRARY, program);
  }

  @Test
  void theTestsThatAPromptMayShowTellTheirFailuresAndTheOthersDoNotRun() {
    assertThat(visibleFailures(CALLS, "def solve(n): return twice(n)")).isEqualTo("passed");
    assertThat(visibleFailures(CALLS, "def solve(n): return 2 if n else 0")).isEqualTo("passed");
    assertThat(visibleFailures(CALLS, "def solve(n): return 3"))
        .isEqualTo("solve(1): expected 2, got 3; solve(0): expected 0, got 3");
    assertThat(visibleFailures(CALLS, "def solve(n): return 2 // n"))
        .startsWith("solve(0): ZeroDivisionError")
        .doesNotContain("\n");
    assertThat(visibleFailures(CALLS, "def solve(n) return")).contains("SyntaxError");
    Check hidden = Check.calls("solve", List.of(new TestCase("[1]", "2", false)));
    assertThat(visibleFailures(hidden, "def solve(n): return 3"))
        .isEqualTo("there are no examples");
    Check script =
        new Check.Run(new Tests.Script("assert solve(1) == 2", ""), Equality.DEFAULT, List.of(0));
    assertThat(visibleFailures(script, "def solve(n): return 3"))
        .as("a script cannot be taken apart")
        .isEqualTo("there are no examples");
    assertThat(
            new Task("t", "", "", new ResponseFormat.AnswerBlock(), CALLS, true)
                .visibleFailures(SANDBOX, LIBRARY, "def solve(n): return 3"))
        .isEqualTo("there is no answer");
  }

  @Test
  void anAnswerMayCallAtomsOnlyWhereTheTaskLetsIt() {
    String wiring = "def solve(n): return twice(n)";
    assertThat(judge(wiring).outcome()).isEqualTo(Outcome.PASSED);
    Task alone = new Task("t", "", "", new ResponseFormat.Program(), CALLS, false);
    assertThat(alone.judge(SANDBOX, LIBRARY, wiring).outcome()).isEqualTo(Outcome.RUNTIME_ERROR);
  }

  @Test
  void scriptsAndInputsAreJudgedToo() {
    Check script =
        new Check.Run(
            new Tests.Script("assert solve(1) == 2\nassert solve(3) == 6", ""),
            Equality.DEFAULT,
            List.of());
    Judged right = judge(new ResponseFormat.Program(), script, "def solve(n): return 2 * n");
    assertThat(right.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(right.total()).isEqualTo(2);
    assertThat(right.visiblePassed()).as("none may be shown").isFalse();
    Check input =
        new Check.Run(
            new Tests.Stdin(List.of(new Tests.Stdin.Case("2\n", "4"))),
            Equality.DEFAULT,
            List.of(0));
    Judged printed = judge(new ResponseFormat.FencedBlock(), input, "```\nprint(2 * 2)\n```");
    assertThat(printed.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(printed.visiblePassed()).isTrue();
  }

  @Test
  void aTextIsEqualButForTheSpaceAroundIt() {
    Check text = new Check.Text("42\n");
    ResponseFormat format = new ResponseFormat.AnswerBlock();
    assertThat(judge(format, text, "so <answer> 42 </answer>").outcome()).isEqualTo(Outcome.PASSED);
    assertThat(judge(format, text, "so <answer>4 2</answer>").outcome())
        .isEqualTo(Outcome.WRONG_ANSWER);
    Judged none = judge(format, text, "42");
    assertThat(none.outcome()).isEqualTo(Outcome.COMPILE_ERROR);
    assertThat(none.answered()).isFalse();
    assertThat(none.total()).isOne();
  }

  @Test
  void aPlanIsComparedWithTheAnswerWhereTheFormatHasOne() {
    String program = "def solve(n):\n    return twice(n)\n";
    ResponseFormat block = new ResponseFormat.AnswerBlock();
    String planned = "<plan>twice</plan><answer>" + program + "</answer>";
    assertThat(judge(block, CALLS, planned).planAgreement()).isOne();
    assertThat(judge(block, CALLS, planned).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(judge(block, CALLS, "<answer>" + program + "</answer>twice").planAgreement())
        .isZero();
    assertThat(
            judge(new ResponseFormat.PlanThenProgram(), CALLS, "# twice\n" + program)
                .planAgreement())
        .isOne();
    assertThat(judge("# twice\n" + program).planAgreement()).as("no plan in a program").isZero();
    Task alone = new Task("t", "", "", block, CALLS, false);
    assertThat(alone.judge(SANDBOX, LIBRARY, planned).planAgreement()).as("no atoms").isZero();
  }

  private static double stepShare(String program, boolean callsAtoms, String reference) {
    ResponseFormat format = new ResponseFormat.Program();
    return new Task("t", "", "", format, CALLS, callsAtoms, reference)
        .judge(SANDBOX, LIBRARY, program)
        .stepShare();
  }

  @Test
  void theStepsOfAWrongAnswerAreComparedWithThoseOfTheReference() {
    String reference = "def solve(n):\n    x = twice(n)\n    return x\n";
    String wrong = "def solve(n):\n    return twice(twice(n))\n";
    assertThat(stepShare(wrong, true, reference)).isOne();
    assertThat(stepShare(wrong, true, "")).as("no reference").isZero();
    assertThat(stepShare(wrong, false, reference)).as("no atoms").isZero();
    assertThat(stepShare("def solve(n): return n", true, reference)).isZero();
    assertThat(stepShare("def solve(n): return n + n", true, reference)).as("passed").isOne();
    assertThat(stepShare(wrong + "1 +", true, reference)).as("no Python").isZero();
    assertThat(stepShare("def solve(n, n): return twice(n)", true, reference)).isZero();
    assertThat(
            new Task("t", "", "", new ResponseFormat.AnswerBlock(), CALLS, true, reference)
                .judge(SANDBOX, LIBRARY, wrong)
                .stepShare())
        .as("no answer")
        .isZero();
  }

  @Test
  void equalResultsAreToldWhateverWasExpected() {
    String right = judge("def solve(n): return n + n").results();
    assertThat(judge("def solve(n):\n    return 2 * n").results()).isEqualTo(right).isNotEmpty();
    String wrong = judge("def solve(n): return n").results();
    assertThat(judge("def solve(n): return n + 0").results()).isEqualTo(wrong).isNotEqualTo(right);
    assertThat(judge("def solve(n): return m").results()).as("no result").isEmpty();
    assertThat(judge("def solve(n): return (").results()).isEmpty();
    Check text = new Check.Text("42");
    ResponseFormat whole = new ResponseFormat.Program();
    assertThat(judge(whole, text, " 41 ").results())
        .isEqualTo(judge(whole, text, "41").results())
        .isNotEqualTo(judge(whole, text, "42").results());
  }

  @Test
  void aTaskTravelsToAnotherMachine() throws Exception {
    Task task = new Task("t", "p", "g", new ResponseFormat.FencedBlock(), CALLS, true);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(task);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(task);
    }
  }
}
