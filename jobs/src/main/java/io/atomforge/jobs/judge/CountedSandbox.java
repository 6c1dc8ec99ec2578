package io.atomforge.jobs.judge;

import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.Sandbox;
import org.apache.spark.TaskContext;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;

/** The sandbox of an executor, inside a Spark task. */
final class CountedSandbox {
  private CountedSandbox() {}

  /** The executor's pool; when the task ends, {@code cached} is told what came from its cache. */
  static Sandbox open(SandboxConfig sandbox, int hashSeed, LongAccumulator cached) {
    Sandbox pool = sandbox.open(hashSeed);
    TaskContext.get()
        .addTaskCompletionListener(
            (TaskCompletionListener) end -> cached.add(pool.takeCacheHits()));
    return pool;
  }
}
