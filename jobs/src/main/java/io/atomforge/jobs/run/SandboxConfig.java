package io.atomforge.jobs.run;

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
    int outputLimitKib,
    int cacheMib)
    implements java.io.Serializable {
  public SandboxConfig {
    new SandboxSettings(
        python,
        workers,
        minimumIsolation,
        0,
        new Limits(timeLimitSeconds, memoryLimitMib, outputLimitKib),
        cacheMib);
  }

  public Limits limits() {
    return new Limits(timeLimitSeconds, memoryLimitMib, outputLimitKib);
  }

  /**
   * @param hashSeed Python's hash seed, so that programs that depend on set order show it
   */
  public SandboxSettings settings(int hashSeed) {
    return new SandboxSettings(python, workers, minimumIsolation, hashSeed, limits(), cacheMib);
  }

  /**
   * The pool of this process.
   *
   * @throws io.atomforge.config.ConfigException if there is no such Python, or it cannot be
   *     confined as demanded
   */
  public Sandbox open(int hashSeed) {
    return Sandbox.shared(settings(hashSeed));
  }
}
