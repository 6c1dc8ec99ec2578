package io.atomforge.sandbox;

import io.atomforge.value.Equality;
import io.atomforge.value.Value;
import io.atomforge.value.Values;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A test script taken apart: expressions over the program with the values they must have, which
 * stay in the JVM, and what could not be taken out.
 *
 * @param script the statements left, empty if there are none
 * @param whyShared what in them needs the program in the same process; empty if nothing is known to
 * @param whole the same test with nothing taken out
 * @param about names of Python's of which a program must define one for the test to say anything
 *     about it; empty if the test does so anyway
 */
record LiftedTest(
    List<Probe.Expression> expressions,
    List<Expected> expected,
    Optional<Probe.Script> script,
    String whyShared,
    Probe.Script whole,
    List<String> about) {
  private static final Limits LIMITS = new Limits(10, 512, 65536);
  private static final String LIFTER = resource("harness.py") + resource("lift.py");

  /** The text of all that runs and judges programs in Python. */
  static final String PYTHON_SIDE = LIFTER + resource("worker.py");

  /** Says why a test is none, whatever the program. */
  static final class InvalidTestException extends Exception {
    private static final long serialVersionUID = 1;

    InvalidTestException(String message) {
      super(message);
    }
  }

  /**
   * Takes a test apart in a process of the sandbox that holds nothing else. The resource {@code
   * lift.py} says which assertions become expressions, and what makes a test invalid.
   *
   * @return empty if the sandbox failed
   * @throws InvalidTestException if the test is not Python, imports what the sandbox lacks, lacks
   *     an entry point, checks nothing of a program or is too large or deep to be read
   */
  static Optional<LiftedTest> of(Sandbox sandbox, Tests.Script test) throws InvalidTestException {
    Call lift = new Call(Values.json(List.of(test.source(), test.entryPoint())));
    Program lifter = new Program(LIFTER, "lift", List.of(lift));
    Execution execution = sandbox.run(lifter, LIMITS);
    CallResult result = execution.calls().get(0);
    if (execution.outcome() == Outcome.SANDBOX_ERROR) {
      return Optional.empty();
    }
    if (execution.outcome() != Outcome.PASSED || result.outcome() != Outcome.PASSED) {
      throw new InvalidTestException("the test cannot be read: " + result.error());
    }
    Value value = Values.parse(result.outputJson());
    if (value instanceof Value.Text mistake) {
      throw new InvalidTestException(mistake.value());
    }
    return Optional.of(read((Value.Sequence) value));
  }

  /** The same to run in the program's process. */
  LiftedTest shared() {
    return new LiftedTest(
        expressions, expected, script.map(Probe.Script::shared), whyShared, whole, about);
  }

  /** Whether the test says something about a program, as its text shows. */
  boolean isAbout(String code) {
    return about.isEmpty()
        || about.stream()
            .map(
                name ->
                    "(?m)^((async )?def|class) +%1$s\\b|^%1$s *(:.*)?=|^(from .*)?import .*\\b%1$s\\b"
                        .formatted(name))
            .anyMatch(binding -> Pattern.compile(binding).matcher(code).find());
  }

  /** The program with all that the test asks of it. */
  Program program(String code, Program.AfterFailure afterFailure) {
    List<Probe> probes = new ArrayList<>(expressions);
    script.ifPresent(probes::add);
    return new Program(code, "", probes, afterFailure);
  }

  /** The program with the whole test in its process. */
  Program wholly(String code) {
    return new Program(code, "", List.of(whole));
  }

  private static LiftedTest read(Value.Sequence result) {
    List<Probe.Expression> expressions = new ArrayList<>();
    List<Expected> expected = new ArrayList<>();
    for (Value one : ((Value.Sequence) result.items().get(0)).items()) {
      List<Value> parts = ((Value.Sequence) one).items();
      expressions.add(new Probe.Expression(text(parts.get(0))));
      boolean identical = ((Value.Bool) parts.get(2)).value();
      Equality equality =
          identical
              ? Equality.EXACT
              : Equality.PYTHON.within(number(parts.get(3)), number(parts.get(4)));
      expected.add(new Expected(parts.get(1), equality));
    }
    List<String> about =
        ((Value.Sequence) result.items().get(4)).items().stream().map(LiftedTest::text).toList();
    String rest = text(result.items().get(1));
    String entryPoint = text(result.items().get(2));
    Probe.Script whole = new Probe.Script(text(result.items().get(5)), entryPoint, Trust.SHARED);
    if (rest.isEmpty()) {
      return new LiftedTest(expressions, expected, Optional.empty(), "", whole, about);
    }
    expected.add(new Expected(new Value.None(), Equality.EXACT));
    String whyShared = text(result.items().get(3));
    Trust trust = whyShared.isEmpty() ? Trust.SCRIPT : Trust.SHARED;
    Probe.Script script = new Probe.Script(rest, entryPoint, trust);
    return new LiftedTest(expressions, expected, Optional.of(script), whyShared, whole, about);
  }

  private static String text(Value value) {
    return ((Value.Text) value).value();
  }

  private static double number(Value value) {
    return ((Value.Real) value).value();
  }

  private static String resource(String name) {
    try (InputStream source = LiftedTest.class.getResourceAsStream(name)) {
      return new String(source.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
