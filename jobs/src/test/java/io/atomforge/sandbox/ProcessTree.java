package io.atomforge.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What processes and those below them use, from {@code /proc}. */
public final class ProcessTree {
  /** USER_HZ, the same on every Linux that Java knows. */
  private static final double MS_PER_TICK = 10;

  private static final int USER_TIME = 11; // field 14 of proc_pid_stat(5), counted after the name

  private ProcessTree() {}

  /** CPU milliseconds of these processes and of all children they waited for. */
  public static double cpuMs(Stream<ProcessHandle> processes) throws IOException {
    double ms = 0;
    for (ProcessHandle process : processes.toList()) {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      for (int i = USER_TIME; i < USER_TIME + 4; i++) {
        ms += Long.parseLong(fields[i]) * MS_PER_TICK;
      }
    }
    return ms;
  }

  /**
   * The most MiB seen, each shared page counted once, until {@code done}; 0 where the kernel keeps
   * it from this user.
   */
  static double peakMemoryMib(Supplier<Stream<ProcessHandle>> roots, AtomicBoolean done) {
    double peak = 0;
    while (!done.get()) {
      double kib =
          roots
              .get()
              .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
              .mapToDouble(process -> proportionalKib(process.pid()))
              .sum();
      peak = Math.max(peak, kib / 1024);
    }
    return peak;
  }

  private static double proportionalKib(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
          .sum();
    } catch (IOException | UncheckedIOException e) {
      return 0; // it ended meanwhile
    }
  }
}
