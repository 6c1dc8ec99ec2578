package io.atomforge.jobs;

import io.atomforge.config.ConfigException;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.Limits;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;

/** The {@code sandbox} block of the configs. */
public record SandboxConfig(
    String python,
    int workers,
    IsolationLevel minimumIsolation,
    double timeLimitSeconds,
    int memoryLimitMib,
    int outputLimitKib)
    implements java.io.Serializable {
  public SandboxConfig {
    settings(
        python, workers, minimumIsolation, timeLimitSeconds, memoryLimitMib, outputLimitKib, 0);
  }

  Limits limits() {
    return new Limits(timeLimitSeconds, memoryLimitMib, outputLimitKib);
  }

  /**
   * @param hashSeed Python's hash seed, so that programs that depend on set order show it
   */
  public SandboxSettings settings(int hashSeed) {
    return settings(
        python,
        workers,
        minimumIsolation,
        timeLimitSeconds,
        memoryLimitMib,
        outputLimitKib,
        hashSeed);
  }

  /**
   * The pool of this process.
   *
   * @throws ConfigException if there is no such Python, or it cannot be confined as demanded
   */
  Sandbox open(int hashSeed) {
    try {
      return Sandbox.shared(settings(hashSeed));
    } catch (IllegalStateException e) {
      throw new ConfigException("sandbox: " + e.getMessage());
    }
  }

  private static SandboxSettings settings(
      String python,
      int workers,
      IsolationLevel level,
      double seconds,
      int memory,
      int output,
      int hashSeed) {
    return new SandboxSettings(
        python, workers, level, hashSeed, new Limits(seconds, memory, output));
  }
}
