package io.atomforge.sandbox;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The latest executions by the hash of all that determines them, those used longest ago dropped
 * first. Equal programs that come at the same time run once.
 */
final class ExecutionCache {
  private static final int BYTES_PER_ENTRY = 512;
  private static final int BYTES_PER_CALL = 96;

  private final long capacityBytes;
  private final Map<String, Execution> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
  private final AtomicLong hits = new AtomicLong();
  private long bytes;

  /**
   * @param capacityBytes about what the entries may take; 0 keeps none
   */
  ExecutionCache(long capacityBytes) {
    this.capacityBytes = capacityBytes;
  }

  /** The execution known under {@code key}, else what {@code run} gives. */
  Execution get(String key, Supplier<Execution> run) {
    Execution known = find(key);
    if (known != null) {
      return known;
    }
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> other = running.putIfAbsent(key, mine);
    if (other != null) {
      other.join();
      known = find(key);
      return known == null ? keep(key, run.get()) : known;
    }
    try {
      known = find(key); // another may have ended between the first look and here
      return known == null ? keep(key, run.get()) : known;
    } finally {
      running.remove(key);
      mine.complete(null);
    }
  }

  /** How often an execution was found since this was last asked. */
  long takeHits() {
    return hits.getAndSet(0);
  }

  private synchronized @Nullable Execution find(String key) {
    Execution known = entries.get(key);
    if (known != null) {
      hits.incrementAndGet();
    }
    return known;
  }

  private synchronized Execution keep(String key, Execution execution) {
    long weight = weight(execution);
    if (!execution.isRepeatable() || weight > capacityBytes) {
      return execution;
    }
    Execution before = entries.put(key, execution);
    bytes += weight - (before == null ? 0 : weight(before));
    Iterator<Execution> oldest = entries.values().iterator();
    while (bytes > capacityBytes) {
      bytes -= weight(oldest.next());
      oldest.remove();
    }
    return execution;
  }

  private static long weight(Execution execution) {
    long weight = (long) BYTES_PER_ENTRY + execution.detail().length();
    for (CallResult call : execution.calls()) {
      weight += BYTES_PER_CALL + call.outputJson().length() + call.error().length();
    }
    return weight;
  }
}
