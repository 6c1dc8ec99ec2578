package io.atomforge.sandbox;

/**
 * How a program, or one call of it, ended. All but the last two say something about the program.
 */
public enum Outcome {
  /** Every value is the expected one; of an {@link Execution}: it ran to its end. */
  PASSED,
  /** A value came back and is not the expected one. */
  WRONG_ANSWER,
  /** An exception, a crash, an early exit, or a result that is not a value. */
  RUNTIME_ERROR,
  /** The text is not Python. */
  COMPILE_ERROR,
  /** The CPU time or the generous wall-clock time was used up. */
  TIMEOUT,
  /** The memory was used up. */
  MEMORY_LIMIT,
  /** More was printed, returned or written to a file than allowed. */
  OUTPUT_LIMIT,
  /** The program ended because it was refused something that no solution needs. */
  FORBIDDEN,
  /** Of one call: an earlier one failed and {@link Program.AfterFailure#STOP} was asked for. */
  NOT_RUN,
  /**
   * The test cannot be run or checks nothing, whatever the program: it is not Python, imports what
   * the sandbox lacks, or accepts every program. No program can bring this about.
   */
  INVALID_TEST,
  /** The sandbox's own fault, after a retry: says nothing about the program. */
  SANDBOX_ERROR;

  /** Whether this says something about the program, so that a reward or a score may rest on it. */
  public boolean judgesProgram() {
    return this != INVALID_TEST && this != SANDBOX_ERROR;
  }
}
