package io.atomforge.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Runs programs that nobody has read on a pool of warm Python workers, and judges them by the
 * values they return.
 *
 * <pre>{@code
 * Sandbox sandbox = Sandbox.shared(SandboxSettings.DEFAULT);
 * Program program = new Program("def f(x): return x * x", "f", List.of(new Call("[3]")));
 * Verdict verdict = sandbox.judge(program, List.of("9"));
 * Tests test = new Tests.Script("assert f(3) == 9", "f");
 * Verdict same = sandbox.judge(program.code(), test, JudgeOptions.DEFAULT);
 * }</pre>
 *
 * <p>Thread-safe: any number of threads, such as the tasks of an executor, share the workers in the
 * order in which they ask. Nothing that a program does throws here or costs more than its limits.
 */
public final class Sandbox implements AutoCloseable {
  private static final ConcurrentHashMap<SandboxSettings, Sandbox> SHARED =
      new ConcurrentHashMap<>();
  private static final int ATTEMPTS = 2;

  private final SandboxSettings settings;
  private final List<Worker> workers = new ArrayList<>();
  private final BlockingQueue<Worker> idle;
  private final ExecutorService lanes = Executors.newCachedThreadPool(Sandbox::daemon);
  private final ScheduledExecutorService watchdog =
      Executors.newSingleThreadScheduledExecutor(Sandbox::daemon);
  private final Worker.Hello hello;

  /**
   * The JVM's pool for these settings, started on first use and ended with the JVM.
   *
   * @throws IllegalStateException if Python does not start, or this machine cannot isolate programs
   *     as {@code minimumIsolation} demands
   */
  public static Sandbox shared(SandboxSettings settings) {
    return SHARED.computeIfAbsent(settings, Sandbox::startShared);
  }

  private static Sandbox startShared(SandboxSettings settings) {
    Sandbox sandbox = new Sandbox(settings, IsolationLevel.FULL);
    Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close));
    return sandbox;
  }

  /**
   * A pool of its own.
   *
   * @param ceiling the strongest isolation to try, to see how programs fare on lesser machines
   */
  Sandbox(SandboxSettings settings, IsolationLevel ceiling) {
    this.settings = settings;
    Interpreter interpreter = Interpreter.find(settings.python());
    int count = settings.workerCount();
    idle = new ArrayBlockingQueue<>(count, true);
    for (int i = 0; i < count; i++) {
      workers.add(new Worker(interpreter, settings, ceiling));
    }
    watchdog.scheduleWithFixedDelay(
        () -> workers.forEach(w -> w.endIfOverdue(System.nanoTime())), 1, 1, TimeUnit.SECONDS);
    try {
      hello = workers.get(0).start();
    } catch (IOException e) {
      stop();
      throw new IllegalStateException(e.getMessage(), e);
    } catch (IllegalStateException e) {
      stop();
      throw e;
    }
    idle.addAll(workers);
  }

  /** Runs one program with the settings' limits; blocks until a worker has done it. */
  public Execution run(Program program) {
    return run(program, settings.limits());
  }

  /**
   * As {@link #run(Program)}, with limits of the program's own.
   *
   * @throws CancellationException if the thread is interrupted while it waits for a worker
   */
  public Execution run(Program program, Limits limits) {
    Execution failed = null;
    int losses = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Worker worker = take();
      try {
        failed = worker.run(program, limits);
        if (failed.outcome() != Outcome.SANDBOX_ERROR) {
          return failed;
        }
      } catch (WorkerLostException e) {
        losses++;
        failed = Execution.failed(Outcome.SANDBOX_ERROR, "WORKER_LOST", program, isolation());
      } catch (IOException e) {
        failed = Execution.failed(Outcome.SANDBOX_ERROR, e.getMessage(), program, isolation());
      } finally {
        idle.add(worker);
      }
    }
    // Whoever loses every worker it meets is taken to have caused it: no program may earn a retry.
    return losses < ATTEMPTS
        ? failed
        : Execution.failed(Outcome.RUNTIME_ERROR, "WORKER_LOST", program, isolation());
  }

  /** Runs programs on all workers; results in the order of the programs. */
  public List<Execution> runAll(List<Program> programs) {
    return onAllWorkers(programs.size(), i -> run(programs.get(i)));
  }

  /**
   * Runs one program and compares its values with the expected ones under {@link Equality#DEFAULT}.
   *
   * @param expectedJson {@link Values} JSON, one per call, at least one
   * @throws IllegalArgumentException if the counts differ or an expected value is not a value
   */
  public Verdict judge(Program program, List<String> expectedJson) {
    return judge(program, expectedJson, Equality.DEFAULT);
  }

  /** As {@link #judge(Program, List)} under another equality. */
  public Verdict judge(Program program, List<String> expectedJson, Equality equality) {
    Verdict.requireOnePerCall(program.calls().size(), expectedJson);
    return Verdict.of(run(program), expectedJson, equality);
  }

  /**
   * Judges one program by tests of any form.
   *
   * @param code Python source text
   * @throws IllegalArgumentException if a test script is not Python or tests nothing
   */
  public Verdict judge(String code, Tests tests, JudgeOptions options) {
    return new Judge(this, code, options).verdict(tests);
  }

  /** Judges programs on all workers; verdicts in the order of the programs. */
  public List<Verdict> judgeAll(List<Program> programs, List<List<String>> expectedJson) {
    if (programs.size() != expectedJson.size()) {
      throw new IllegalArgumentException(
          programs.size() + " programs and expected values for " + expectedJson.size());
    }
    return onAllWorkers(programs.size(), i -> judge(programs.get(i), expectedJson.get(i)));
  }

  /** What stands between a program and this machine. */
  public IsolationLevel isolation() {
    return hello.isolation();
  }

  /** Why stronger levels than {@link #isolation()} do not hold here, as JSON by level. */
  public String isolationReasons() {
    return hello.reasons();
  }

  /** The version of the interpreter, for example {@code 3.11.7}. */
  public String pythonVersion() {
    return hello.python();
  }

  /** The processes of the workers that have one. */
  List<Process> processes() {
    return workers.stream().map(Worker::process).filter(p -> p != null && p.isAlive()).toList();
  }

  /** Ends the workers, and with them what they run. */
  @Override
  public void close() {
    SHARED.remove(settings, this);
    stop();
  }

  private void stop() {
    watchdog.shutdownNow();
    lanes.shutdownNow();
    workers.forEach(Worker::close);
  }

  /** One lane per worker takes one piece of work after another, so a slow one holds up no other. */
  private <T> List<T> onAllWorkers(int count, IntFunction<T> work) {
    AtomicReferenceArray<T> results = new AtomicReferenceArray<>(count);
    AtomicInteger next = new AtomicInteger();
    Runnable untilNoneIsLeft =
        () -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            results.set(i, work.apply(i));
          }
        };
    List<Future<?>> running = new ArrayList<>();
    for (int lane = 0; lane < Math.min(workers.size(), count); lane++) {
      running.add(lanes.submit(untilNoneIsLeft));
    }
    try {
      for (Future<?> lane : running) {
        lane.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while programs ran");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } finally {
      next.set(count); // the other lanes stop after what they run
    }
    return IntStream.range(0, count).mapToObj(results::get).toList();
  }

  private Worker take() {
    try {
      return idle.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for a worker");
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "sandbox");
    thread.setDaemon(true);
    return thread;
  }
}
