package io.atomforge.jobs.run;

import io.atomforge.config.Operational;
import io.atomforge.config.Resolved;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.Limits;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.sandbox.Trust;
import java.util.Map;

/** The {@code sandbox} block of the configs. */
public record SandboxConfig(
    @Operational String python,
    @Operational int workers,
    @Operational IsolationLevel minimumIsolation,
    double timeLimitSeconds,
    int memoryLimitMib,
    int outputLimitKib,
    int stdoutLimitKib,
    @Operational int cacheMib,
    Trust minimumTrust)
    implements java.io.Serializable, Resolved {
  public SandboxConfig {
    new SandboxSettings(
        python,
        workers,
        minimumIsolation,
        0,
        new Limits(timeLimitSeconds, memoryLimitMib, outputLimitKib, stdoutLimitKib),
        cacheMib,
        minimumTrust);
  }

  /** Which Python it is, whatever its name on this machine. */
  @Override
  public Map<String, String> resolved() {
    return Map.of("python_version", open(0).pythonVersion());
  }

  public Limits limits() {
    return new Limits(timeLimitSeconds, memoryLimitMib, outputLimitKib, stdoutLimitKib);
  }

  /**
   * @param hashSeed Python's hash seed, so that programs that depend on set order show it
   */
  public SandboxSettings settings(int hashSeed) {
    return new SandboxSettings(
        python, workers, minimumIsolation, hashSeed, limits(), cacheMib, minimumTrust);
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
