package io.atomforge.sandbox;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Kills workers at random while they run programs. Exits 1 if a verdict is wrong, lost or doubled,
 * or workers took more than a second to be back, in the mean: one may start on a busy machine.
 */
public final class SandboxKills {
  private static final double MOST_SECONDS = 1;

  private final Sandbox sandbox;
  private final SplittableRandom random;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final List<Double> seconds = new ArrayList<>();
  private volatile boolean stopped;

  private SandboxKills(Sandbox sandbox, long seed) {
    this.sandbox = sandbox;
    this.random = new SplittableRandom(seed);
  }

  /**
   * @param args programs, 100000 if absent; the seed, 17 if absent; and the interpreter, {@code
   *     python3} if absent
   */
  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 17;
    String python = args.length > 2 ? args[2] : SandboxSettings.DEFAULT.python();
    SandboxSettings settings =
        new SandboxSettings(python, 0, IsolationLevel.FILTER_ONLY, 0, Limits.DEFAULT);
    List<String> faults;
    try (Sandbox sandbox = new Sandbox(settings, IsolationLevel.FULL)) {
      System.out.printf(
          "%s, Python %s, %d programs%n", sandbox.isolation(), sandbox.pythonVersion(), count);
      faults = new SandboxKills(sandbox, seed).run(count);
    }
    faults.stream().limit(20).forEach(System.out::println);
    System.out.println(faults.isEmpty() ? "PASS" : "FAIL: " + faults.size() + " faults");
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private List<String> run(int count) throws InterruptedException {
    Thread killer = new Thread(this::kill);
    killer.start();
    List<String> faults = new ArrayList<>();
    List<TrialProgram> honest = TrialProgram.HONEST;
    Iterator<String> wrong =
        sandbox.inOrder(
            IntStream.range(0, count).iterator(),
            i -> {
              begun.incrementAndGet();
              // The argument is the item's own, so that a verdict of another item would be wrong.
              return Objects.requireNonNullElse(
                  honest
                      .get(i % 2 == 0 ? 0 : i / 2 % honest.size())
                      .wrong(sandbox, i % 2 == 0 ? i : 2 + i % 50, Limits.DEFAULT),
                  "");
            });
    while (wrong.hasNext()) {
      String fault = wrong.next();
      ended.incrementAndGet();
      if (!fault.isEmpty()) {
        faults.add(fault);
      }
    }
    stopped = true;
    killer.join();
    if (begun.get() != count || ended.get() != count) {
      faults.add(begun + " programs begun and " + ended + " ended of " + count);
    }
    double slowest = seconds.stream().mapToDouble(s -> s).max().orElse(Double.NaN);
    double mean = seconds.stream().mapToDouble(s -> s).average().orElse(Double.NaN);
    System.out.printf(
        Locale.ROOT,
        "%d kills; back after %.2f s, at most %.2f s%n",
        seconds.size(),
        mean,
        slowest);
    if (!(mean <= MOST_SECONDS)) {
      faults.add("workers were not back within a second");
    }
    return faults;
  }

  /** Never two workers under one program, which would be to blame for it. */
  private void kill() {
    try {
      while (!stopped) {
        Thread.sleep(random.nextInt(100));
        List<Process> workers = sandbox.processes();
        if (workers.isEmpty()) {
          continue;
        }
        Process victim = workers.get(random.nextInt(workers.size()));
        Set<Long> before = pids();
        long killed = System.nanoTime();
        victim.destroyForcibly();
        int running = begun.get() + 1;
        while (!stopped && before.containsAll(pids())) {
          Thread.sleep(1);
        }
        if (!stopped) {
          seconds.add((System.nanoTime() - killed) / 1e9);
        }
        while (!stopped && ended.get() < running) {
          Thread.sleep(1);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Set<Long> pids() {
    return sandbox.processes().stream()
        .map(Process::pid)
        .collect(Collectors.toCollection(HashSet::new));
  }
}
