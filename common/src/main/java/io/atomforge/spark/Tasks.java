package io.atomforge.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/** Work on a list by Spark tasks. */
final class Tasks {
  private static final Map<Long, Shared<?, ?>> SHARED = new ConcurrentHashMap<>();
  private static final AtomicLong COUNT = new AtomicLong();

  private Tasks() {}

  /**
   * The same as mapping and collecting an RDD. Spark reads the byte code of lambdas that it is
   * given, at every job, to find what they capture; of a class it does not, which saves some
   * milliseconds of each training step.
   *
   * @param items one or more
   * @param tasks most of them; each has neighbouring items
   * @return what {@code work} makes of each, in their order
   */
  static <T, R> List<R> run(JavaSparkContext spark, List<T> items, int tasks, Function<T, R> work) {
    ClassTag<ArrayList<R>> tag = ClassTag$.MODULE$.apply(ArrayList.class);
    Object parts =
        spark
            .sc()
            .runJob(
                spark.parallelize(items, Math.min(tasks, items.size())).rdd(),
                new Each<>(work),
                tag);
    List<R> answer = new ArrayList<>();
    for (Object part : (Object[]) parts) {
      @SuppressWarnings("unchecked") // what Each returns
      List<R> results = (List<R>) part;
      answer.addAll(results);
    }
    return answer;
  }

  /**
   * The same where tasks run in this JVM: the one that is free takes the next item, and neither
   * items nor results are serialized.
   *
   * @param work closes what it holds if it fails; of a call that fails all results that can be
   *     closed are
   */
  static <T, R> List<R> here(
      JavaSparkContext spark, List<T> items, int tasks, Function<T, R> work) {
    Shared<T, R> shared = new Shared<>(items, work);
    long call = COUNT.incrementAndGet();
    SHARED.put(call, shared);
    boolean done = false;
    try {
      List<Integer> workers = IntStream.range(0, Math.min(tasks, items.size())).boxed().toList();
      run(
          spark,
          workers,
          workers.size(),
          worker -> {
            Shared<?, ?> left = SHARED.get(call);
            return left == null ? 0 : left.work();
          });
      done = true;
      return IntStream.range(0, items.size()).mapToObj(shared.results::get).toList();
    } finally { // Spark throws what no signature names
      SHARED.remove(call);
      if (!done) {
        shared.close();
      }
    }
  }

  /** What is left of a call, and what has been made. */
  private static final class Shared<T, R> {
    private final List<T> items;
    private final Function<T, R> work;
    private final Queue<Integer> waiting;
    private final Map<Integer, R> results = new HashMap<>();
    private int busy;

    Shared(List<T> items, Function<T, R> work) {
      this.items = items;
      this.work = work;
      waiting = new ConcurrentLinkedQueue<>(IntStream.range(0, items.size()).boxed().toList());
    }

    /**
     * @return items done; one that fails is left for another attempt
     */
    Integer work() throws Exception {
      int done = 0;
      changeBusy(1);
      try {
        for (Integer i = waiting.poll(); i != null; i = waiting.poll()) {
          try {
            R result = work.call(items.get(i));
            synchronized (results) {
              results.put(i, result);
            }
            done++;
          } catch (Exception e) {
            waiting.add(i);
            throw e;
          }
        }
      } finally {
        changeBusy(-1);
      }
      return done;
    }

    private synchronized void changeBusy(int by) {
      busy += by;
      notifyAll();
    }

    /** When no task is at work any more: the caller may then free what they read. */
    private synchronized void close() {
      waiting.clear();
      boolean interrupted = false;
      while (busy > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      results.values().forEach(Shared::close);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private static void close(Object result) {
      if (result instanceof AutoCloseable held) {
        try {
          held.close();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private static final class Each<T, R>
      extends AbstractFunction2<TaskContext, Iterator<T>, ArrayList<R>> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Function<T, R> work;

    Each(Function<T, R> work) {
      this.work = work;
    }

    @Override
    public ArrayList<R> apply(TaskContext context, Iterator<T> items) {
      ArrayList<R> results = new ArrayList<>();
      try {
        while (items.hasNext()) {
          results.add(work.call(items.next()));
        }
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return results;
    }
  }
}
