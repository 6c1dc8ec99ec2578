package io.atomforge.jobs.cli;

import io.atomforge.tables.Warehouse;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Ends a job on Ctrl-C or SIGTERM: one line says that it stopped, what it saved and how to go on;
 * what its threads say of a session that is gone is not printed. The exit status is the signal's,
 * 130 or 143.
 */
public final class Stop {
  /** Above the priorities of Spark's hook, 40, and of Hadoop's file systems, 10. */
  private static final int BEFORE_SPARK = 100;

  private static final int AFTER_SPARK = 20;
  private static final int PATIENCE_SECONDS = 10;

  private static volatile String saved = "";

  private final String job;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile Supplier<List<String>> tables = List::of;
  private boolean said;

  /** No signal came: Spark ends the process where a task runs out of memory. */
  private volatile boolean lost;

  private Stop(String job) {
    this.job = job;
  }

  /** To be called before anything is printed or written. */
  static Stop watch(String job) {
    Stop stop = new Stop(job);
    Runtime.getRuntime().addShutdownHook(new Thread(stop::say));
    return stop;
  }

  /** To be called when there is a session, which ends by a hook of its own. */
  void writing(Warehouse warehouse) {
    tables = warehouse::written;
    ShutdownHookManager.get().addShutdownHook(this::say, BEFORE_SPARK);
    ShutdownHookManager.get()
        .addShutdownHook(this::await, AFTER_SPARK, PATIENCE_SECONDS + 1, TimeUnit.SECONDS);
  }

  /** The job has ended by itself, whatever its status. */
  void ended() {
    ended.countDown();
  }

  /**
   * Tells how far a job can go on from.
   *
   * @param progress such as {@code step 20 of run sft}
   */
  public static void savedUpTo(String progress) {
    saved = progress;
  }

  private synchronized void say() {
    if (said || ended.getCount() == 0) {
      return;
    }
    said = true;
    PrintStream err = System.err;
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    System.setErr(nowhere);
    System.setOut(nowhere);
    lost = Thread.getAllStackTraces().keySet().stream().noneMatch(Stop::handlesSignal);
    err.println(lost ? job + " failed: " + Failure.heap() : line(job, saved, tables.get()));
    err.flush();
  }

  private static boolean handlesSignal(Thread thread) {
    return thread.getName().matches("SIG[A-Z]+ handler");
  }

  /**
   * @param progress as {@link #savedUpTo} takes it; empty for none
   * @param written names of the tables that the job has written
   */
  static String line(String job, String progress, List<String> written) {
    String there =
        written.isEmpty()
            ? ""
            : " " + (written.size() == 1 ? "table " : "tables ") + String.join(", ", written);
    if (!progress.isEmpty()) {
      return job + ": stopped; saved up to " + progress + "; give the same command to go on";
    }
    return there.isEmpty()
        ? job + ": stopped; nothing was saved; give the same command to begin again"
        : job + ": stopped; saved" + there + "; give the same command to go on";
  }

  /** Lets the job remove what it has half written. */
  private void await() {
    try {
      ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (lost) {
      Runtime.getRuntime().halt(1);
    }
  }
}
