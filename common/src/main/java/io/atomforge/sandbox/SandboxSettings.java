package io.atomforge.sandbox;

import java.io.Serializable;
import java.util.Objects;

/**
 * How a {@link Sandbox} runs programs. Equal settings share one pool per JVM.
 *
 * @param python the interpreter, 3.9 or later: a path, or a name looked up in PATH
 * @param workers warm Python processes, up to 1024; 0 for two per core, which hides the pipes'
 *     latency
 * @param minimumIsolation the weakest level to accept on this machine
 * @param hashSeed PYTHONHASHSEED, 0 or more; also seeds {@code random}, so that a verdict can be
 *     reproduced
 * @param limits what each program may use
 * @param cacheMib MiB of results kept per JVM so that a program that comes again is not run again,
 *     up to 65536; 0 for none
 * @param minimumTrust the least trust in a verdict that can be a pass
 */
public record SandboxSettings(
    String python,
    int workers,
    IsolationLevel minimumIsolation,
    int hashSeed,
    Limits limits,
    int cacheMib,
    Trust minimumTrust)
    implements Serializable {
  public static final SandboxSettings DEFAULT =
      new SandboxSettings("python3", 0, IsolationLevel.NO_NAMESPACES, 0, Limits.DEFAULT);

  /** Settings without a cache. */
  public SandboxSettings(
      String python, int workers, IsolationLevel minimumIsolation, int hashSeed, Limits limits) {
    this(python, workers, minimumIsolation, hashSeed, limits, 0);
  }

  /** Settings that take a verdict of any trust. */
  public SandboxSettings(
      String python,
      int workers,
      IsolationLevel minimumIsolation,
      int hashSeed,
      Limits limits,
      int cacheMib) {
    this(python, workers, minimumIsolation, hashSeed, limits, cacheMib, Trust.SHARED);
  }

  public SandboxSettings {
    Objects.requireNonNull(minimumIsolation, "minimum_isolation");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(minimumTrust, "minimum_trust");
    if (python == null || python.isBlank()) {
      throw new IllegalArgumentException("python must name an interpreter, e.g. python3");
    }
    if (workers < 0 || workers > 1024) {
      throw new IllegalArgumentException("workers must be from 0 to 1024, got " + workers);
    }
    if (hashSeed < 0) {
      throw new IllegalArgumentException("hash_seed must be 0 or more, got " + hashSeed);
    }
    if (cacheMib < 0 || cacheMib > 65536) {
      throw new IllegalArgumentException("cache_mib must be from 0 to 65536, got " + cacheMib);
    }
  }

  /** The number of workers, with 0 resolved for this machine. */
  int workerCount() {
    return workers > 0 ? workers : 2 * Runtime.getRuntime().availableProcessors();
  }
}
