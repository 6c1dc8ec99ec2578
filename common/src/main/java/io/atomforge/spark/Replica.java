package io.atomforge.spark;

import ai.djl.Device;
import io.atomforge.model.Parameters;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;

/**
 * One version of the parameters in an executor's native memory, shared by its tasks. A version
 * stays until another one of the same device takes its place and the last task that uses it has let
 * it go.
 */
final class Replica implements AutoCloseable {
  private static final int KEPT = 2;
  private static final Map<String, Replica> REPLICAS = new HashMap<>();
  private static long clock;

  private final Parameters parameters;
  private long lastUse;
  private int users;

  private Replica(Parameters parameters) {
    this.parameters = parameters;
  }

  /** Parameters that someone else keeps and closes. */
  static Replica lent(Parameters parameters) {
    return new Replica(parameters);
  }

  /**
   * @param version names the parameters in all processes
   * @param load makes them, if this process has not yet
   */
  static Replica of(String version, Supplier<Parameters> load) {
    String key = version + "/" + device();
    synchronized (REPLICAS) {
      Replica replica = REPLICAS.computeIfAbsent(key, k -> new Replica(load.get()));
      replica.lastUse = ++clock;
      replica.users++;
      long idle = REPLICAS.values().stream().filter(r -> r.users == 0).count();
      if (REPLICAS.size() > KEPT && idle > 0) {
        REPLICAS.entrySet().stream()
            .filter(e -> e.getValue().users == 0)
            .min(java.util.Comparator.comparingLong(e -> e.getValue().lastUse))
            .map(Map.Entry::getKey)
            .ifPresent(oldest -> REPLICAS.remove(oldest).parameters.close());
      }
      return replica;
    }
  }

  /** The GPU that Spark gave this task, or the processor. */
  static Device device() {
    TaskContext task = TaskContext.get();
    if (task == null || !task.resources().contains("gpu")) {
      return Device.cpu();
    }
    return Device.gpu(Integer.parseInt(task.resources().get("gpu").get().addresses()[0]));
  }

  Parameters parameters() {
    return parameters;
  }

  @Override
  public void close() {
    synchronized (REPLICAS) {
      users--;
    }
  }
}
