package io.atomforge.sandbox;

/** How the run of one program ended. */
public enum Outcome {
  /** Every test passed. */
  PASSED,
  /** It ran, and at least one output was not the expected one. */
  WRONG_ANSWER,
  /** It raised an exception or ended early. */
  RUNTIME_ERROR,
  /** It does not parse. */
  COMPILE_ERROR,
  /** It ran longer than allowed. */
  TIMEOUT,
  /** It wanted more memory than allowed. */
  MEMORY_LIMIT,
  /** It printed more than allowed. */
  OUTPUT_LIMIT,
  /** It tried something a program may not do. */
  FORBIDDEN,
  /** The sandbox itself failed, which says nothing about the program. */
  SANDBOX_ERROR
}
