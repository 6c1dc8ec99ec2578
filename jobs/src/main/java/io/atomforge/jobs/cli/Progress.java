package io.atomforge.jobs.cli;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Says on standard error how far a job is and how long it will still take. */
public final class Progress implements AutoCloseable {
  /** A total that nobody knows before the end. */
  public static final long UNKNOWN = Long.MAX_VALUE;

  private static final long EVERY_NANOS = 2_000_000_000L;

  private final String name;
  private final long total;
  private final long start = System.nanoTime();
  private final long first;
  private final @Nullable SparkSession spark;
  private final SparkListener listener;
  private long last;

  private Progress(String name, long first, long total, @Nullable SparkSession spark) {
    this.name = name;
    this.first = first;
    this.total = total;
    this.spark = spark;
    AtomicInteger done = new AtomicInteger();
    this.listener =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            if (end.taskInfo().successful() && done.get() < total) {
              report(done.incrementAndGet(), "");
            }
          }
        };
    if (spark != null) {
      spark.sparkContext().addSparkListener(listener);
    }
  }

  /** Counts the Spark tasks that end while {@code work} runs. */
  public static void whileRunning(SparkSession spark, String name, long tasks, Runnable work) {
    Progress progress = new Progress(name, 0, tasks, spark);
    try {
      work.run();
    } finally {
      progress.close();
    }
  }

  /** Is told of every step. */
  public static Progress ofSteps(String name, long first, long total) {
    return new Progress(name, first, total, null);
  }

  /** Prints a line unless the last one is too young. */
  public synchronized void report(long done, String details) {
    long now = System.nanoTime();
    if (now - last < EVERY_NANOS && done < total) {
      return;
    }
    last = now;
    System.err.println(line(name, first, done, total, details, (now - start) / 1e9));
  }

  /**
   * @param total {@link #UNKNOWN} where nobody knows
   * @param seconds since the start
   */
  static String line(
      String name, long first, long done, long total, String details, double seconds) {
    String time =
        done == total || total == UNKNOWN
            ? "took " + duration(seconds)
            : "eta "
                + (done > first ? duration(seconds * (total - done) / (done - first)) : "unknown");
    return name
        + " "
        + done
        + (total == UNKNOWN ? "" : "/" + total)
        + (details.isEmpty() ? "" : " | " + details)
        + " | "
        + time;
  }

  /**
   * @return such as {@code 41s}, {@code 6m10s} or {@code 2h05m}
   */
  public static String duration(double seconds) {
    long s = Math.round(seconds);
    if (s < 60) {
      return s + "s";
    }
    return s < 3600
        ? String.format("%dm%02ds", s / 60, s % 60)
        : String.format("%dh%02dm", s / 3600, s / 60 % 60);
  }

  @Override
  public void close() {
    if (spark != null) {
      spark.sparkContext().removeSparkListener(listener);
    }
  }
}
