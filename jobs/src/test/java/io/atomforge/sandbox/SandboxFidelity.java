package io.atomforge.sandbox;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Looks for verdicts that the machine's load made wrong: programs that need 0.3 s of a core under a
 * limit of 2 s, sixteen in flight, of which none may time out, and honest programs over and over,
 * all of which must pass. Exits 1 if one does not.
 */
public final class SandboxFidelity {
  private static final TrialProgram BUSY =
      new TrialProgram(
          "busy",
          "import time\ndef f(x):\n  while time.process_time() - T < 0.3: pass\n  return x * x\n"
              + "T = time.process_time()",
          TrialProgram.HONEST.get(0).right());

  private SandboxFidelity() {}

  /**
   * @param args busy programs, 5000 if absent; honest ones, 100000 if absent; and the interpreter,
   *     {@code python3} if absent
   */
  public static void main(String[] args) {
    int busy = args.length > 0 ? Integer.parseInt(args[0]) : 5000;
    int honest = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
    String python = args.length > 2 ? args[2] : SandboxSettings.DEFAULT.python();
    SandboxSettings settings =
        new SandboxSettings(python, 16, IsolationLevel.FILTER_ONLY, 0, Limits.DEFAULT);
    List<String> faults;
    try (Sandbox sandbox = new Sandbox(settings, IsolationLevel.FULL)) {
      System.out.printf("%s, Python %s%n", sandbox.isolation(), sandbox.pythonVersion());
      List<TrialProgram> programs = TrialProgram.HONEST;
      faults = wrong(sandbox, "busy", busy, i -> BUSY);
      faults.addAll(wrong(sandbox, "honest", honest, i -> programs.get(i % programs.size())));
    }
    faults.stream().limit(20).forEach(System.out::println);
    System.out.println(faults.isEmpty() ? "PASS" : "FAIL: " + faults.size() + " faults");
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private static List<String> wrong(
      Sandbox sandbox, String name, int count, IntFunction<TrialProgram> program) {
    long started = System.nanoTime();
    Iterator<String> results =
        sandbox.inOrder(
            IntStream.range(0, count).iterator(),
            i ->
                Objects.requireNonNullElse(
                    program.apply(i).wrong(sandbox, 2 + i % 50, Limits.DEFAULT), ""));
    List<String> faults = new ArrayList<>();
    results.forEachRemaining(faults::add);
    faults.removeIf(String::isEmpty);
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf(
        Locale.ROOT, "%d %s programs in %.0f s: %d wrong%n", count, name, seconds, faults.size());
    return faults;
  }
}
