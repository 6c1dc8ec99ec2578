package io.atomforge.sandbox;

import io.atomforge.config.ConfigException;
import io.atomforge.sandbox.BenchmarkRunner.Check;
import io.atomforge.sandbox.BenchmarkRunner.Stretch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Measures the pool beside baselines and, given their checkouts, beside published harnesses, on the
 * same programs in interleaved rounds. Prints one table in Markdown: only ratios within it mean
 * much. Run it alone on the machine.
 */
public final class SandboxBenchmark {
  private static final String USAGE =
      "usage: [--human-eval DIR] [--evalplus DIR] [--sandboxfusion DIR] [--rounds 5] [--seconds 1]"
          + " [--python python3]";
  private static final List<String> BASELINES =
      List.of("python -I -S", "manager", "fork", "clone", "empty clone");
  private static final List<String> PEERS = List.of("human-eval", "evalplus", "sandboxfusion");
  private static final int SHARED_LANES = 4;
  private static final BenchmarkWorkload FIVE_CALLS = BenchmarkWorkload.arithmetic(5);
  private static final BenchmarkWorkload MORE_CALLS = BenchmarkWorkload.arithmetic(105);
  private static final List<BenchmarkWorkload> OTHERS = BenchmarkWorkload.others();

  private final BenchmarkTable table = new BenchmarkTable();
  private final double seconds;

  private SandboxBenchmark(double seconds) {
    this.seconds = seconds;
  }

  /** Exits with 2 on a mistake in the arguments, with 1 if runners disagree about a program. */
  public static void main(String[] args) throws Exception {
    try {
      run(options(args));
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
    System.exit(0);
  }

  private static Map<String, String> options(String[] args) {
    Map<String, String> options =
        new LinkedHashMap<>(Map.of("rounds", "5", "seconds", "1", "python", "python3"));
    for (int i = 0; i < args.length; i += 2) {
      String key = args[i].startsWith("--") ? args[i].substring(2) : "";
      if (!(options.containsKey(key) || PEERS.contains(key)) || i + 1 == args.length) {
        throw new ConfigException("unknown argument or no value: " + args[i] + "; " + USAGE);
      }
      if (PEERS.contains(key) && !Files.isDirectory(Path.of(args[i + 1]))) {
        throw new ConfigException(args[i] + ": no folder " + args[i + 1] + "; give a git checkout");
      }
      options.put(key, args[i + 1]);
    }
    return options;
  }

  private static double positive(Map<String, String> options, String key) {
    try {
      double value = Double.parseDouble(options.get(key));
      if (value > 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // the message below says what is wrong
    }
    throw new ConfigException("--" + key + " must be a number above 0, got " + options.get(key));
  }

  private static void run(Map<String, String> options) throws Exception {
    double seconds = positive(options, "seconds");
    int rounds = (int) Math.ceil(positive(options, "rounds"));
    Path folder = Files.createTempDirectory("sandbox-benchmark-");
    List<BenchmarkRunner> runners = new ArrayList<>();
    try {
      runners.addAll(start(options, folder));
      agree(runners, Stream.concat(Stream.of(FIVE_CALLS), OTHERS.stream().limit(4)).toList());
      SandboxBenchmark benchmark = new SandboxBenchmark(seconds);
      Random order = new Random(17);
      List<BenchmarkRunner> visits = new ArrayList<>(runners);
      for (int round = 0; round <= rounds; round++) {
        Collections.shuffle(visits, order);
        for (BenchmarkRunner runner : visits) {
          if (round == 0) {
            benchmark.warmUp(runner);
          } else {
            benchmark.visit(runner);
          }
        }
        System.err.printf("round %d of %d | load %s%n", round, rounds, load());
      }
      benchmark.print(runners, rounds);
    } finally {
      for (BenchmarkRunner runner : runners) {
        runner.close();
      }
      delete(folder);
    }
  }

  private static List<BenchmarkRunner> start(Map<String, String> options, Path folder)
      throws IOException {
    String python = options.get("python");
    List<BenchmarkRunner> runners = new ArrayList<>();
    Path own = Files.createDirectory(folder.resolve("atomforge"));
    System.setProperty("java.io.tmpdir", own.toString());
    SandboxSettings settings =
        new SandboxSettings(python, 0, IsolationLevel.PROCESS, 0, Limits.DEFAULT);
    runners.add(new BenchmarkRunner.Pool(new Sandbox(settings, IsolationLevel.FULL), own));
    for (String name : Stream.concat(BASELINES.stream(), PEERS.stream()).toList()) {
      if (PEERS.contains(name) && !options.containsKey(name)) {
        System.err.printf("%s skipped: no --%s DIR%n", name, name);
        continue;
      }
      List<String> words = PEERS.contains(name) ? List.of(name, options.get(name)) : List.of(name);
      try {
        runners.add(new BenchmarkRunner.Driver(python, words, folder));
      } catch (IOException e) {
        System.err.printf("%s skipped: %s%n", name, e.getMessage());
      }
    }
    return runners;
  }

  /**
   * Lets every runner judge every row once.
   *
   * @throws IllegalStateException if one judges a row otherwise than its workload declares; names
   *     the first such row
   */
  static void agree(List<BenchmarkRunner> runners, List<BenchmarkWorkload> workloads)
      throws Exception {
    for (BenchmarkRunner runner : runners) {
      for (BenchmarkWorkload workload : workloads) {
        Stretch once = runner.run(workload, SHARED_LANES, OptionalDouble.empty());
        for (Check check : once.checks()) {
          if (isWrong(workload, check)) {
            throw new IllegalStateException(
                "%s judges row %d of workload %s otherwise than declared: %s"
                    .formatted(
                        runner.name(),
                        check.row(),
                        workload.name(),
                        workload.rows().get(check.row()).program().code()));
          }
        }
        if (once.checks().size() != workload.rows().size()) {
          throw new IllegalStateException(runner.name() + " judged not every row");
        }
      }
    }
  }

  private static boolean isWrong(BenchmarkWorkload workload, Check check) {
    boolean passes = workload.rows().get(check.row()).passes();
    return check.passed().map(passed -> passed != passes).orElse(false);
  }

  /** The memory is sampled here, since reading it slows what is measured. */
  private void warmUp(BenchmarkRunner runner) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Double> peak =
        CompletableFuture.supplyAsync(() -> ProcessTree.peakMemoryMib(runner::harness, done));
    runner.run(FIVE_CALLS, SHARED_LANES, OptionalDouble.of(Math.max(5, seconds)));
    done.set(true);
    table.add("peak memory, MiB", runner.name(), peak.get());
  }

  private void visit(BenchmarkRunner runner) throws Exception {
    String name = runner.name();
    OptionalDouble time = OptionalDouble.of(seconds);
    int wrong = 0;
    List<Double> alone = List.of();
    for (int inFlight : new int[] {1, 2, 4, 8}) {
      double before = ProcessTree.cpuMs(runner.roots());
      Stretch stretch = runner.run(FIVE_CALLS, inFlight, time);
      double cpuMs = ProcessTree.cpuMs(runner.roots()) - before;
      wrong += wrong(FIVE_CALLS, stretch);
      table.add(rate(inFlight), name, stretch.programsPerSecond());
      if (inFlight == 1) {
        alone = stretch.checks().stream().map(Check::ms).sorted().toList();
      }
      if (inFlight == SHARED_LANES) {
        table.add("CPU ms per program", name, cpuMs / stretch.checks().size());
      }
    }
    for (double quantile : new double[] {0.5, 0.95, 0.99}) {
      String row = "one in flight, %.0f %% within, ms".formatted(100 * quantile);
      table.add(row, name, alone.get((int) (quantile * alone.size())));
    }
    Stretch longer = runner.run(MORE_CALLS, 1, time);
    wrong += wrong(MORE_CALLS, longer);
    double ms = BenchmarkTable.median(longer.checks().stream().map(Check::ms).toList());
    table.add("one more call, µs", name, (ms - BenchmarkTable.median(alone)) / 100 * 1e3);
    for (BenchmarkWorkload workload : OTHERS) {
      boolean loops = workload.rows().stream().anyMatch(BenchmarkWorkload.Row::loops);
      Stretch stretch = runner.run(workload, SHARED_LANES, loops ? OptionalDouble.empty() : time);
      wrong += wrong(workload, stretch);
      table.add(workload.name() + ", programs/s", name, stretch.programsPerSecond());
      stretch.checks().stream()
          .filter(check -> workload.rows().get(check.row()).loops())
          .mapToDouble(Check::ms)
          .average()
          .ifPresent(loop -> table.add("verdict on a loop of limit 1 s, s", name, loop / 1e3));
    }
    table.add("wrong verdicts", name, wrong);
    table.add("processes left", name, runner.harness().flatMap(ProcessHandle::descendants).count());
    try (Stream<Path> files = Files.list(runner.temporaryFiles())) {
      table.add("files left", name, files.count());
    }
  }

  private static int wrong(BenchmarkWorkload workload, Stretch stretch) {
    return (int) stretch.checks().stream().filter(check -> isWrong(workload, check)).count();
  }

  private static String rate(int inFlight) {
    return "programs/s, " + inFlight + " in flight";
  }

  private void print(List<BenchmarkRunner> runners, int rounds) throws IOException {
    List<String> names = runners.stream().map(BenchmarkRunner::name).toList();
    Sandbox sandbox = ((BenchmarkRunner.Pool) runners.get(0)).sandbox();
    for (String name : names) {
      String row = "atomforge is so many times as fast, " + SHARED_LANES + " in flight";
      table.add(row, name, table.ratio(rate(SHARED_LANES), "atomforge", name));
    }
    System.out.printf(
        "%d rounds of %s s: median (least–most). Isolation of atomforge: %s; %d cores, Linux %s,"
            + " Python %s, Java %s, load average %s.%n%n%s",
        rounds,
        seconds,
        sandbox.isolation(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version"),
        sandbox.pythonVersion(),
        Runtime.version().feature(),
        load(),
        table.markdown(names));
  }

  private static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
  }

  private static void delete(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Collections.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}
