package io.atomforge.sandbox;

import java.nio.ByteBuffer;

/**
 * What a worker saw of a program's end, from outside it.
 *
 * @param cause ENDED, CPU, WALL, SETUP or OUT_OF_MEMORY, as the worker numbers them
 * @param status the status of wait(2)
 * @param printedBytes bytes that a program with a standard input printed, 0 for others
 * @param frameBytes length of the frame that follows
 * @param scriptBytes length of the frame of the test's script, which follows that
 */
record Ending(
    int cause,
    int status,
    long cpuMicros,
    long wallMicros,
    long peakMemoryKib,
    int printedBytes,
    int frameBytes,
    int scriptBytes) {
  static final int BYTES = 44;
  private static final int CPU = 1;
  private static final int WALL = 2;
  private static final int SETUP = 3;
  private static final int OUT_OF_MEMORY = 4;
  private static final int SIGKILL = 9;
  private static final int SIGXCPU = 24;
  private static final int SIGXFSZ = 25;
  private static final int SIGSYS = 31;

  static Ending read(ByteBuffer header) {
    return new Ending(
        header.getInt(),
        header.getInt(),
        header.getLong(),
        header.getLong(),
        header.getLong(),
        header.getInt(),
        header.getInt(),
        header.getInt());
  }

  /** Whether the clone was never confined, so that no program ran; the frame then says why. */
  boolean isSetupFailure() {
    return cause == SETUP;
  }

  /** What ended the program, PASSED if it was nothing but its own end or exit. */
  Outcome outcome(Limits limits) {
    int signal = status & 0x7f;
    if (signal == SIGSYS) {
      return Outcome.FORBIDDEN;
    }
    if (printedBytes > limits.stdoutLimitKib() * 1024L || signal == SIGXFSZ) {
      return Outcome.OUTPUT_LIMIT;
    }
    if (cause == OUT_OF_MEMORY) {
      return Outcome.MEMORY_LIMIT;
    }
    boolean cpuUsedUp = cpuMicros >= limits.timeLimitSeconds() * 1e6;
    if (cause == CPU || cause == WALL || signal == SIGXCPU || (signal == SIGKILL && cpuUsedUp)) {
      return Outcome.TIMEOUT;
    }
    return signal == 0 ? Outcome.PASSED : Outcome.RUNTIME_ERROR;
  }

  /** Why, in the words of {@link #outcome}. */
  String detail(Limits limits) {
    return switch (outcome(limits)) {
      case OUTPUT_LIMIT ->
          printedBytes > 0 ? "STDOUT: more than " + limits.stdoutLimitKib() + " KiB" : "FILE";
      case TIMEOUT ->
          cause == WALL
              ? "WALL: " + limits.wallLimitSeconds() + " s"
              : "CPU: " + limits.timeLimitSeconds() + " s";
      case MEMORY_LIMIT -> "OOM: more than " + limits.memoryLimitMib() + " MiB";
      case PASSED -> "EXIT " + (status >> 8 & 0xff) + " before the end";
      default -> "SIGNAL " + (status & 0x7f);
    };
  }
}
