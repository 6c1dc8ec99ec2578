package io.atomforge.sandbox;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Room in this JVM for large results, whose values take some thirty times the memory of their JSON:
 * all that are read at one time have 8 MiB of JSON together, or one alone has more.
 */
final class Room {
  private static final int SMALL = 1 << 16; // characters, read without asking
  private static final int KIB = 8192;
  private static final Semaphore FREE = new Semaphore(KIB, true);

  private Room() {}

  /** Does {@code work} on JSON of so many characters when there is room. */
  static <T> T reading(int characters, Supplier<T> work) {
    if (characters <= SMALL) {
      return work.get();
    }
    int kib = Math.min(characters >> 10, KIB);
    FREE.acquireUninterruptibly(kib);
    try {
      return work.get();
    } finally {
      FREE.release(kib);
    }
  }
}
