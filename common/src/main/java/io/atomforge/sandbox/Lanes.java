package io.atomforge.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Threads, one per worker, that all callers share. Each caller's results come in the order of its
 * items; a slow item holds up its own lane and no other.
 */
final class Lanes implements AutoCloseable {
  /** Results that may wait behind a slow item: what a pool does in some seconds. */
  private static final int WINDOW = 4096;

  private final ExecutorService threads;
  private final int inFlight;

  Lanes(int count) {
    threads = Executors.newFixedThreadPool(count, Lanes::daemon);
    // Two per lane, so that a lane finds its next item waiting.
    inFlight = 2 * count;
  }

  /**
   * Takes items no faster than lanes take them. What {@code work} throws comes out of {@code next},
   * after which nothing more is started.
   */
  <T, R> Iterator<R> inOrder(Iterator<T> items, Function<? super T, ? extends R> work) {
    return new InOrder<>(items, work);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "sandbox");
    thread.setDaemon(true);
    return thread;
  }

  private final class InOrder<T, R> implements Iterator<R> {
    private final Iterator<T> items;
    private final Function<? super T, ? extends R> work;
    private final Deque<Future<R>> pending = new ArrayDeque<>();
    private final Semaphore free = new Semaphore(inFlight);

    InOrder(Iterator<T> items, Function<? super T, ? extends R> work) {
      this.items = items;
      this.work = work;
    }

    @Override
    public boolean hasNext() {
      return !pending.isEmpty() || items.hasNext();
    }

    @Override
    public R next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      try {
        while (pending.size() < WINDOW && items.hasNext() && mayStart()) {
          T item = items.next();
          pending.add(threads.submit(() -> one(item)));
        }
        return pending.remove().get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        pending.forEach(p -> p.cancel(true));
        throw new CancellationException("interrupted while programs ran");
      } catch (ExecutionException e) {
        pending.forEach(p -> p.cancel(true));
        throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
      }
    }

    /** Waits for a place, unless the next result is there already. */
    private boolean mayStart() throws InterruptedException {
      if (free.tryAcquire()) {
        return true;
      }
      if (pending.element().isDone()) {
        return false;
      }
      free.acquire();
      return true;
    }

    private R one(T item) {
      try {
        return work.apply(item);
      } finally {
        free.release();
      }
    }
  }
}
