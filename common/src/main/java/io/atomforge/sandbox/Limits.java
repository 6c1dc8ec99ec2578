package io.atomforge.sandbox;

import java.io.Serializable;

/**
 * What one program may use, all its calls together.
 *
 * @param timeLimitSeconds CPU seconds, 0.01 to 3600. The wall clock allows {@link
 *     #wallLimitSeconds()}, so that a busy machine does not change a verdict
 * @param memoryLimitMib MiB above what an idle Python takes, 16 to 65536
 * @param outputLimitKib KiB that the results of all calls together may take as JSON, 1 to 65536
 * @param stdoutLimitKib KiB that a run with a standard input may print, 1 to 65536. What is printed
 *     beside calls is of no interest and has no limit
 */
public record Limits(
    double timeLimitSeconds, int memoryLimitMib, int outputLimitKib, int stdoutLimitKib)
    implements Serializable {
  public static final Limits DEFAULT = new Limits(2.0, 256, 4096, 8192);

  /** With the default for what is printed. */
  public Limits(double timeLimitSeconds, int memoryLimitMib, int outputLimitKib) {
    this(timeLimitSeconds, memoryLimitMib, outputLimitKib, 8192);
  }

  public Limits {
    if (!(timeLimitSeconds >= 0.01 && timeLimitSeconds <= 3600)) {
      throw new IllegalArgumentException(
          "time_limit_seconds must be from 0.01 to 3600, got " + timeLimitSeconds);
    }
    requireRange("memory_limit_mib", memoryLimitMib, 16);
    requireRange("output_limit_kib", outputLimitKib, 1);
    requireRange("stdout_limit_kib", stdoutLimitKib, 1);
  }

  /**
   * Wall-clock seconds after which a program that sleeps is ended. Time that it waited for a core
   * does not count.
   */
  public double wallLimitSeconds() {
    return 4 * timeLimitSeconds + 2;
  }

  private static void requireRange(String key, int value, int least) {
    if (value < least || value > 65536) {
      throw new IllegalArgumentException(
          key + " must be from " + least + " to 65536, got " + value);
    }
  }
}
