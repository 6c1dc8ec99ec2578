package io.atomforge.rollout;

import io.atomforge.sandbox.Sandbox;
import io.atomforge.task.Judged;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/** Judges completions on all workers of a sandbox, in the order in which they come. */
final class Judging implements AutoCloseable {
  private record Item(int row, Supplier<Judged> judge) {}

  private record Done(int row, Judged judged) {}

  private final BlockingQueue<Item> queue = new LinkedBlockingQueue<>();
  private final FutureTask<Judged[]> task;
  private final Thread thread;

  /**
   * @param count completions that will come
   */
  Judging(Sandbox sandbox, int count) {
    task = new FutureTask<>(() -> judge(sandbox, count));
    thread = new Thread(task, "judging");
    thread.setDaemon(true);
    thread.start();
  }

  private Judged[] judge(Sandbox sandbox, int count) {
    Judged[] all = new Judged[count];
    sandbox
        .inOrder(arriving(count), item -> new Done(item.row, item.judge.get()))
        .forEachRemaining(done -> all[done.row] = done.judged);
    return all;
  }

  private Iterator<Item> arriving(int count) {
    return new Iterator<>() {
      private int taken;

      @Override
      public boolean hasNext() {
        return taken < count;
      }

      @Override
      public Item next() {
        try {
          Item item = queue.take();
          taken++;
          return item;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new CancellationException("interrupted while waiting for completions");
        }
      }
    };
  }

  /**
   * @param judge judges one completion; called on a thread of the sandbox
   */
  void submit(int row, Supplier<Judged> judge) {
    queue.add(new Item(row, judge));
  }

  /**
   * @return by row, once all completions have come and been judged
   */
  Judged[] await() {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while programs ran");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    }
  }

  /** Ends the thread where decoding has failed before all completions came. */
  @Override
  public void close() {
    if (!task.isDone()) {
      thread.interrupt();
    }
  }
}
