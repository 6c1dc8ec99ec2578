package io.atomforge.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs many programs, one in twenty hostile, and compares what the pool takes at the end with what
 * it took at the start. Exits 1 if a verdict is wrong, the workers' memory grew by more than 5 %,
 * or anything was left: a process, a descriptor, a mount or a namespace.
 */
public final class SandboxSoak {
  private static final int WARM_UP = 1000;
  private static final double MOST_GROWTH = 1.05;

  private SandboxSoak() {}

  /** What the workers hold, all together. */
  private record Holdings(long memoryKib, TreeMap<String, Long> counts) {
    static Holdings of(Sandbox sandbox) throws IOException {
      TreeMap<String, Long> counts = new TreeMap<>();
      counts.put("processes below this one", ProcessHandle.current().descendants().count());
      counts.put(
          "mounts of this process", (long) Files.readAllLines(Path.of("/proc/self/mounts")).size());
      long memory = 0;
      for (Process worker : sandbox.processes()) {
        Path folder = Path.of("/proc/" + worker.pid());
        memory +=
            Files.readAllLines(folder.resolve("status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
        counts.merge(
            "mounts of workers",
            (long) Files.readAllLines(folder.resolve("mounts")).size(),
            Long::sum);
        counts.merge("descriptors of workers", entries(folder.resolve("fd")), Long::sum);
      }
      counts.put("namespaces", namespaces(sandbox));
      return new Holdings(memory, counts);
    }

    /** Only the superuser may look into a process that cannot be debugged. */
    private static long entries(Path folder) throws IOException {
      if (!Files.isReadable(folder)) {
        return 0;
      }
      try (Stream<Path> files = Files.list(folder)) {
        return files.count();
      }
    }

    private static long namespaces(Sandbox sandbox) throws IOException {
      List<String> names = new ArrayList<>();
      for (Process worker : sandbox.processes()) {
        Path folder = Path.of("/proc/" + worker.pid() + "/ns");
        if (Files.isReadable(folder)) {
          try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
              names.add(Files.readSymbolicLink(file).toString());
            }
          }
        }
      }
      return names.stream().distinct().count();
    }
  }

  /**
   * @param args programs, 100000 if absent, and the interpreter, {@code python3} if absent
   */
  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    String python = args.length > 1 ? args[1] : SandboxSettings.DEFAULT.python();
    SandboxSettings settings =
        new SandboxSettings(python, 0, IsolationLevel.FILTER_ONLY, 0, TrialProgram.LIMITS);
    List<String> faults;
    try (Sandbox sandbox = new Sandbox(settings, IsolationLevel.FULL)) {
      System.out.printf(
          "%s, Python %s, %d programs%n", sandbox.isolation(), sandbox.pythonVersion(), count);
      faults = run(sandbox, WARM_UP);
      List<Process> workers = sandbox.processes();
      Holdings before = Holdings.of(sandbox);
      faults.addAll(run(sandbox, count));
      Holdings after = Holdings.of(sandbox);
      for (int tries = 0; tries < 50 && !after.counts.equals(before.counts); tries++) {
        Thread.sleep(100); // a worker tidies up after it has answered
        after = Holdings.of(sandbox);
      }
      System.out.printf("memory of workers, KiB: %d, %d%n", before.memoryKib, after.memoryKib);
      if (after.memoryKib > MOST_GROWTH * before.memoryKib) {
        faults.add("the workers' memory grew by more than 5 %");
      }
      Holdings last = after;
      before.counts.forEach(
          (name, n) -> System.out.printf("%s: %d, %d%n", name, n, last.counts.get(name)));
      if (!after.counts.equals(before.counts)) {
        faults.add("something was left");
      }
      if (!sandbox.processes().equals(workers)) {
        faults.add("a worker was lost");
      }
    }
    Thread.sleep(1000);
    long left = ProcessHandle.current().descendants().count();
    if (left > 0) {
      faults.add(left + " processes left after the pool was closed");
    }
    faults.stream().limit(20).forEach(System.out::println);
    System.out.println(faults.isEmpty() ? "PASS" : "FAIL: " + faults.size() + " faults");
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  /** The wrong verdicts; prints the rates of the first and of the last tenth. */
  private static List<String> run(Sandbox sandbox, int count) {
    List<TrialProgram> honest = TrialProgram.HONEST;
    List<TrialProgram> hostile = TrialProgram.HOSTILE;
    Iterator<String> wrong =
        sandbox.inOrder(
            IntStream.range(0, count).iterator(),
            i -> {
              TrialProgram program =
                  i % 20 == 19
                      ? hostile.get(i / 20 % hostile.size())
                      : honest.get(i % honest.size());
              return Objects.requireNonNullElse(
                  program.wrong(sandbox, 2 + i % 50, TrialProgram.LIMITS), "");
            });
    int window = Math.min(10_000, Math.max(1, count / 10));
    List<String> faults = new ArrayList<>();
    long started = System.nanoTime();
    for (int i = 1; i <= count; i++) {
      String fault = wrong.next();
      if (!fault.isEmpty()) {
        faults.add(fault);
      }
      if (i == window || i == count) {
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "programs %d to %d: %.0f per second%n",
            i - window + 1,
            i,
            window / seconds);
      }
      if (i == count - window) {
        started = System.nanoTime();
      }
    }
    return faults;
  }
}
