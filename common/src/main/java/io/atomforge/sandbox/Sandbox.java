package io.atomforge.sandbox;

import io.atomforge.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Runs programs that nobody has read on a pool of warm Python workers, and judges them by the
 * values they return.
 *
 * <pre>{@code
 * Sandbox sandbox = Sandbox.shared(SandboxSettings.DEFAULT);
 * Tests test = new Tests.Script("assert f(3) == 9", "f");
 * Verdict verdict = sandbox.judge("def f(x): return x * x", test, JudgeOptions.DEFAULT);
 * }</pre>
 *
 * <p>Thread-safe: any number of threads, such as the tasks of an executor, share the workers in the
 * order in which they ask. Nothing that a program does throws here or costs more than its limits.
 */
public final class Sandbox implements AutoCloseable {
  private static final ConcurrentHashMap<SandboxSettings, Sandbox> SHARED =
      new ConcurrentHashMap<>();
  private static final int ATTEMPTS = 4;
  private static final int LOSSES = 2;

  private static final String PYTHON_SIDE =
      sha256(LiftedTest.PYTHON_SIDE.getBytes(StandardCharsets.UTF_8));

  private final SandboxSettings settings;
  private final List<Worker> workers = new ArrayList<>();
  private final BlockingQueue<Worker> idle;
  private final Lanes lanes;
  private final ExecutionCache cache;
  private final ScheduledExecutorService watchdog =
      Executors.newSingleThreadScheduledExecutor(Lanes::daemon);
  private final Worker.Hello hello;

  /**
   * The JVM's pool for these settings, started on first use and ended with the JVM.
   *
   * @throws ConfigException if Python does not start, or this machine cannot isolate programs as
   *     {@code minimumIsolation} demands
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
    lanes = new Lanes(count);
    cache = new ExecutionCache((long) settings.cacheMib() << 20);
    for (int i = 0; i < count; i++) {
      workers.add(new Worker(interpreter, settings, ceiling));
    }
    watchdog.scheduleWithFixedDelay(
        () -> workers.forEach(w -> w.endIfOverdue(System.nanoTime())), 1, 1, TimeUnit.SECONDS);
    try {
      hello = workers.get(0).start();
    } catch (IOException e) {
      stop();
      throw new ConfigException(
          "sandbox.python=" + settings.python() + ": " + String.valueOf(e.getMessage()).strip());
    } catch (ConfigException e) {
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
    return settings.cacheMib() == 0
        ? attempt(program, limits)
        : cache.get(hash(program, limits, ""), () -> attempt(program, limits));
  }

  /** A fault is tried again on another worker, or on the same one started anew. */
  private Execution attempt(Program program, Limits limits) {
    int losses = 0;
    Worker worker = take();
    try {
      for (int attempt = 1; ; attempt++) {
        Execution failed;
        try {
          failed = worker.run(program, limits);
          if (failed.outcome() != Outcome.SANDBOX_ERROR) {
            return failed;
          }
        } catch (WorkerLostException e) {
          losses++;
          failed =
              Execution.failed(Outcome.SANDBOX_ERROR, Execution.WORKER_LOST, program, isolation());
        } catch (IOException e) {
          String why = String.valueOf(e.getMessage());
          failed = Execution.failed(Outcome.SANDBOX_ERROR, why, program, isolation());
        }
        // Whoever loses two workers is taken to have caused it: no program may earn another retry.
        if (losses == LOSSES) {
          return Execution.failed(
              Outcome.RUNTIME_ERROR, Execution.WORKER_LOST, program, isolation());
        }
        if (attempt == ATTEMPTS) {
          return failed;
        }
        worker = exchange(worker);
      }
    } finally {
      idle.add(worker);
    }
  }

  /** Gives back a worker that failed for one that is idle, if there is one. */
  private Worker exchange(Worker failed) {
    Worker other = idle.poll();
    if (other == null) {
      return failed;
    }
    idle.add(failed);
    return other;
  }

  /** Runs programs on all workers; results in the order of the programs. */
  public List<Execution> runAll(List<Program> programs) {
    return onAllWorkers(programs, this::run);
  }

  /**
   * Judges one program by tests of any form.
   *
   * @param code Python source text
   */
  public Verdict judge(String code, Tests tests, JudgeOptions options) {
    return new Judge(this, code, options).verdict(tests);
  }

  /**
   * Applies {@code work}, which runs or judges a program, to items on all workers. Results come in
   * the order of the items, which are taken no faster than they are worked on; a slow one holds up
   * no other. What {@code work} throws comes out of {@code next}.
   */
  public <T, R> Iterator<R> inOrder(Iterator<T> items, Function<? super T, ? extends R> work) {
    return lanes.inOrder(items, work);
  }

  private <T, R> List<R> onAllWorkers(List<T> items, Function<T, R> work) {
    List<R> results = new ArrayList<>(items.size());
    lanes.inOrder(items.iterator(), work).forEachRemaining(results::add);
    return results;
  }

  /**
   * The SHA-256, in hex, of all that determines a verdict: the program, its tests, the limits, the
   * equality, the hash seed, the version of Python, the sandbox's own Python and the isolation
   * level.
   */
  public String contentHash(String code, Tests tests, JudgeOptions options) {
    return new Judge(this, code, options).contentHash(tests);
  }

  /** The SHA-256, in hex, of all that determines an execution, and of {@code more}. */
  String hash(Program program, Limits limits, String more) {
    byte[] payload = Request.payload(program, "");
    String rest =
        String.join(
            "\n",
            Integer.toString(payload.length),
            limits.toString(),
            Integer.toString(settings.hashSeed()),
            pythonVersion(),
            PYTHON_SIDE,
            isolation().toString(),
            more);
    return sha256(payload, rest.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(byte[]... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      Stream.of(parts).forEach(sha::update);
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a program may use unless it has limits of its own. */
  public Limits limits() {
    return settings.limits();
  }

  /** The least trust in a verdict that can be a pass. */
  public Trust minimumTrust() {
    return settings.minimumTrust();
  }

  /** How many programs were not run because they were known, since this was last asked. */
  public long takeCacheHits() {
    return cache.takeHits();
  }

  /** What stands between a program and this machine. */
  public IsolationLevel isolation() {
    return hello.isolation();
  }

  /** Why stronger levels than {@link #isolation()} do not hold here, as JSON by level. */
  public String isolationReasons() {
    return hello.reasons();
  }

  /**
   * Why no control group limits the memory of a program's processes together, empty if one does;
   * the limit on each process's address space holds anyway.
   */
  public String noMemoryGroup() {
    return hello.noGroup();
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
    lanes.close();
    workers.forEach(Worker::close);
  }

  private Worker take() {
    try {
      return idle.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for a worker");
    }
  }
}
