package io.atomforge.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Measures the pool: programs per second, and latency at one to four programs in flight, for a
 * program with five calls. Run alone on the machine; the load average beside each figure tells
 * whether it was.
 */
public final class SandboxBenchmark {
  private static final Program PROGRAM =
      new Program(
          """
          def f(xs):
              total = 0
              for x in xs:
                  total += x * x
              return total
          """,
          "f",
          Collections.nCopies(5, new Call("[[1, 2, 3]]")));
  private static final List<String> EXPECTED = Collections.nCopies(5, "14");

  private SandboxBenchmark() {}

  /**
   * @param args seconds per figure, 3 if absent, and the interpreter, {@code python3} if absent
   */
  public static void main(String[] args) throws Exception {
    double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 3;
    String python = args.length > 1 ? args[1] : SandboxSettings.DEFAULT.python();
    SandboxSettings settings =
        new SandboxSettings(python, 0, IsolationLevel.PROCESS, 0, Limits.DEFAULT);
    for (IsolationLevel level : IsolationLevel.values()) {
      try (Sandbox sandbox = new Sandbox(settings, level)) {
        if (sandbox.isolation() == level) {
          measure(sandbox, seconds);
        }
      }
    }
  }

  private static void measure(Sandbox sandbox, double seconds) throws Exception {
    System.out.printf(
        "%s, Python %s, %d cores%n",
        sandbox.isolation(), sandbox.pythonVersion(), Runtime.getRuntime().availableProcessors());
    judge(sandbox, 1000);
    int judged = 0;
    long started = System.nanoTime();
    while (System.nanoTime() - started < seconds * 1e9) {
      judge(sandbox, 200);
      judged += 200;
    }
    double perSecond = judged / ((System.nanoTime() - started) / 1e9);
    print("pool                  %7.0f programs/s", perSecond);
    for (int inFlight = 1; inFlight <= 4; inFlight++) {
      double[] ms = latencies(sandbox, inFlight, seconds);
      print(
          "%d in flight  median %5.2f ms  p99 %6.2f ms",
          inFlight, ms[ms.length / 2], ms[(int) (ms.length * 0.99)]);
    }
  }

  private static void judge(Sandbox sandbox, int count) {
    List<Verdict> verdicts =
        sandbox.judgeAll(Collections.nCopies(count, PROGRAM), Collections.nCopies(count, EXPECTED));
    verdicts.forEach(SandboxBenchmark::requirePassed);
  }

  /** Milliseconds of each program, ascending. */
  private static double[] latencies(Sandbox sandbox, int inFlight, double seconds)
      throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(inFlight);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    List<Future<double[]>> running =
        IntStream.range(0, inFlight)
            .mapToObj(i -> callers.submit(() -> oneCaller(sandbox, end)))
            .toList();
    double[] all = new double[0];
    for (Future<double[]> caller : running) {
      double[] some = caller.get();
      int before = all.length;
      all = Arrays.copyOf(all, before + some.length);
      System.arraycopy(some, 0, all, before, some.length);
    }
    callers.shutdown();
    callers.awaitTermination(1, TimeUnit.MINUTES);
    Arrays.sort(all);
    return all;
  }

  private static double[] oneCaller(Sandbox sandbox, long end) {
    double[] ms = new double[1024];
    int count = 0;
    for (long now = System.nanoTime(); now < end; count++) {
      requirePassed(sandbox.judge(PROGRAM, EXPECTED));
      long then = System.nanoTime();
      ms = count == ms.length ? Arrays.copyOf(ms, 2 * count) : ms;
      ms[count] = (then - now) / 1e6;
      now = then;
    }
    return Arrays.copyOf(ms, count);
  }

  private static void requirePassed(Verdict verdict) {
    if (verdict.outcome() != Outcome.PASSED) {
      throw new IllegalStateException("The benchmark's program did not pass: " + verdict);
    }
  }

  private static void print(String format, Object... values) throws IOException {
    String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    System.out.printf(Locale.ROOT, "  " + format + "   (load %s)%n", concat(values, load));
  }

  private static Object[] concat(Object[] values, Object last) {
    Object[] all = Arrays.copyOf(values, values.length + 1);
    all[values.length] = last;
    return all;
  }
}
