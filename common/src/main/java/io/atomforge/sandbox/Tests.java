package io.atomforge.sandbox;

import io.atomforge.value.Comparison;
import io.atomforge.value.Values;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a program is judged by, in one of three forms. */
public sealed interface Tests extends Serializable {
  /** How many tests there are; a script counts as one until it has been read. */
  int count();

  /**
   * Some of the tests alone.
   *
   * @param places of the tests
   * @return empty if there are none, and of a script, which cannot be taken apart
   */
  Optional<Tests> only(List<Integer> places);

  /** A test as people write it: a call, or a standard input. */
  String text(int place);

  /**
   * Calls of a function, in order in one process.
   *
   * @param entryPoint the function's name, or a way to it such as {@code Solution().f}, which is
   *     gone anew for each call
   */
  record Calls(String entryPoint, List<Case> cases) implements Tests {
    private static final Pattern ENTRY_POINT =
        Pattern.compile(
            "[\\p{L}_]\\w*(\\(\\))?(\\.[\\p{L}_]\\w*(\\(\\))?)*", Pattern.UNICODE_CHARACTER_CLASS);

    /**
     * @param expectedJson the value that must come back, as {@link Values} JSON
     */
    public record Case(Call call, String expectedJson) implements Serializable {
      /**
       * @throws IllegalArgumentException if the expected value is not a value
       */
      public Case {
        Objects.requireNonNull(call, "call");
        Values.parse(expectedJson);
      }
    }

    public Calls {
      if (!ENTRY_POINT.matcher(entryPoint).matches()) {
        throw new IllegalArgumentException(
            "entry_point must name the function to call, such as f or Solution().f, got '"
                + (entryPoint + "'"));
      }
      cases = notEmpty("calls", cases);
    }

    @Override
    public int count() {
      return cases.size();
    }

    @Override
    public Optional<Tests> only(List<Integer> places) {
      List<Case> some = places.stream().map(cases::get).toList();
      return some.isEmpty() ? Optional.empty() : Optional.of(new Calls(entryPoint, some));
    }

    @Override
    public String text(int place) {
      Call call = cases.get(place).call();
      String args = call.argsJson().strip();
      String named = call.kwargsJson().equals("{}") ? "" : ", **" + call.kwargsJson();
      return entryPoint + "(" + args.substring(1, args.length() - 1) + named + ")";
    }
  }

  /**
   * Python statements that run to their end if the program is right, as in HumanEval and MBPP.
   * Assertions from the start that compare what the program returns with a value become calls,
   * which are compared in the JVM under Python's {@code ==}; the rest, as from the first loop on,
   * counts as one call more and runs in a process of its own that calls the program. Classes of
   * unittest, and functions and classes as pytest finds them, run as their runners would run them.
   * It passes if one check at least held that depends on the program; the resource {@code
   * harness.py} says what a check is.
   *
   * @param entryPoint what a {@code check(candidate)} that the test defines and does not call is
   *     called with; empty if there is none
   */
  record Script(String source, String entryPoint) implements Tests {
    public Script {
      Objects.requireNonNull(source, "source");
      Objects.requireNonNull(entryPoint, "entryPoint");
    }

    @Override
    public int count() {
      return 1;
    }

    @Override
    public Optional<Tests> only(List<Integer> places) {
      return Optional.empty();
    }

    @Override
    public String text(int place) {
      return "test";
    }
  }

  /** Runs of the whole program, each in a fresh process, compared by what they print. */
  record Stdin(List<Case> cases, Comparison comparison) implements Tests {
    /**
     * @param expectedStdout a right answer; of a {@link Comparison.Checker} one that it accepts
     */
    public record Case(String stdin, String expectedStdout) implements Serializable {
      public Case {
        Objects.requireNonNull(stdin, "stdin");
        Objects.requireNonNull(expectedStdout, "expectedStdout");
      }
    }

    /** With the default comparison, line by line. */
    public Stdin(List<Case> cases) {
      this(cases, new Comparison.Exact());
    }

    public Stdin {
      Objects.requireNonNull(comparison, "comparison");
      cases = notEmpty("stdin_tests", cases);
    }

    @Override
    public int count() {
      return cases.size();
    }

    @Override
    public Optional<Tests> only(List<Integer> places) {
      List<Case> some = places.stream().map(cases::get).toList();
      return some.isEmpty() ? Optional.empty() : Optional.of(new Stdin(some, comparison));
    }

    @Override
    public String text(int place) {
      return Values.json(cases.get(place).stdin());
    }
  }

  private static <T> List<T> notEmpty(String key, List<T> cases) {
    if (cases.isEmpty()) {
      throw new IllegalArgumentException(key + " must have at least one entry");
    }
    return List.copyOf(cases);
  }
}
