package io.atomforge.rl;

import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Verdict;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/** Judges programs on a thread of its own, in the order in which they come. */
final class Judging implements AutoCloseable {
  private record Item(int row, Program program, List<String> expected) {}

  private record Judged(int row, Verdict verdict) {}

  private final BlockingQueue<Item> queue = new LinkedBlockingQueue<>();
  private final FutureTask<Verdict[]> task;
  private final Thread thread;

  /**
   * @param count programs that will come
   */
  Judging(Sandbox sandbox, int count) {
    task = new FutureTask<>(() -> judge(sandbox, count));
    thread = new Thread(task, "judging");
    thread.setDaemon(true);
    thread.start();
  }

  private Verdict[] judge(Sandbox sandbox, int count) {
    Verdict[] verdicts = new Verdict[count];
    sandbox
        .inOrder(
            arriving(count),
            item -> new Judged(item.row, sandbox.judge(item.program, item.expected)))
        .forEachRemaining(judged -> verdicts[judged.row] = judged.verdict);
    return verdicts;
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

  void submit(int row, Program program, List<String> expected) {
    queue.add(new Item(row, program, expected));
  }

  /**
   * @return the verdicts by row, once all programs have come and been judged
   */
  Verdict[] await() {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while programs ran");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    }
  }

  /** Ends the thread where decoding has failed before all programs came. */
  @Override
  public void close() {
    if (!task.isDone()) {
      thread.interrupt();
    }
  }
}
