package io.atomforge.spark;

import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Pieces;
import io.atomforge.model.Precision;
import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * Parameters as tasks find them: the driver's own tensor where they run in its JVM, else bytes by
 * broadcast. They must not change until it is closed.
 */
final class Version implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1L;
  private static final Map<String, Parameters> HERE = new ConcurrentHashMap<>();
  private static final AtomicLong COUNT = new AtomicLong();

  private final String id;
  private final @Nullable Broadcast<Pieces> bytes;

  private Version(String id, @Nullable Broadcast<Pieces> bytes) {
    this.id = id;
    this.bytes = bytes;
  }

  /** For all tasks of this Spark. */
  static Version of(JavaSparkContext spark, Parameters parameters) {
    return spark.isLocal() ? here(parameters) : broadcast(spark, parameters);
  }

  /** For tasks in this JVM. */
  static Version here(Parameters parameters) {
    Version version = new Version("here/" + COUNT.incrementAndGet(), null);
    HERE.put(version.id, parameters);
    return version;
  }

  /** For tasks anywhere. */
  static Version broadcast(JavaSparkContext spark, Parameters parameters) {
    Broadcast<Pieces> bytes = spark.broadcast(parameters.pieces(Precision.FP32));
    return new Version("broadcast/" + bytes.id(), bytes);
  }

  /** On a task: the parameters on its device; close it after use. */
  Replica replica(ParameterLayout layout) {
    if (bytes != null) {
      return Replica.of(id, () -> Parameters.of(layout, bytes.value(), Replica.device()));
    }
    Parameters here = Objects.requireNonNull(HERE.get(id), "a version that is closed");
    return here.array().getDevice().equals(Replica.device())
        ? Replica.lent(here)
        : Replica.of(id, () -> here.copy(Replica.device()));
  }

  /** Bytes that every machine receives. */
  long size() {
    return bytes == null ? 0 : bytes.value().size();
  }

  @Override
  public void close() {
    HERE.remove(id);
    if (bytes != null) {
      bytes.unpersist(false);
    }
  }
}
