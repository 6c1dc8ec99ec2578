package io.atomforge.sandbox;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/** What a program is judged by, in one of three forms. */
public sealed interface Tests extends Serializable {
  /** How many tests there are; a script counts as one until it has been read. */
  int count();

  /** Calls of a function, in order in one process. */
  record Calls(String entryPoint, List<Case> cases) implements Tests {
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
      if (entryPoint.isEmpty()) {
        throw new IllegalArgumentException("entry_point must name the function to call");
      }
      cases = notEmpty("calls", cases);
    }

    @Override
    public int count() {
      return cases.size();
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
  }

  /** Runs of the whole program, each in a fresh process, compared by what they print. */
  record Stdin(List<Case> cases) implements Tests {
    /** White space at the ends of lines and empty lines at the end do not count. */
    public record Case(String stdin, String expectedStdout) implements Serializable {
      public Case {
        Objects.requireNonNull(stdin, "stdin");
        Objects.requireNonNull(expectedStdout, "expectedStdout");
      }
    }

    public Stdin {
      cases = notEmpty("stdin_tests", cases);
    }

    @Override
    public int count() {
      return cases.size();
    }
  }

  private static <T> List<T> notEmpty(String key, List<T> cases) {
    if (cases.isEmpty()) {
      throw new IllegalArgumentException(key + " must have at least one entry");
    }
    return List.copyOf(cases);
  }
}
