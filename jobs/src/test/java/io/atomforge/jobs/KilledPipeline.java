package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ALL;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Runs the toy pipeline undisturbed, then another one that is killed at random moments of every
 * stage and run again until it completes, and compares what the two wrote. Every other kill waits
 * for the next change of a file, so that many strike while something is being written.
 *
 * <p>Started by {@code deploy/kill-test.sh}; exit status 0 if nothing differs, else 1.
 */
final class KilledPipeline {
  private static final int KILLS = 20;
  private static final int STAGES = 11;
  private static final int SFT = 6;
  private static final int RL = 9;

  /** A hundred steps, of which each has something to learn: what ends early at a text gets more. */
  private static final List<String> LONG_RL =
      List.of(
          "train_rl.max_steps=100",
          "train_rl.save_steps=10",
          "train_rl.stop=[e]",
          "train_rl.overlong={type: penalty, buffer: 16, factor: 1}");

  private final Path root;
  private final Path folder;
  private final SplittableRandom random;
  private final boolean rlAlone;
  private final List<String> failures = new ArrayList<>();
  private final double[] stageSeconds = new double[STAGES + 1];
  private final int[] killsInStage = new int[STAGES + 1];

  private KilledPipeline(Path root, Path folder, long seed, boolean rlAlone) {
    this.root = root;
    this.folder = folder;
    this.random = new SplittableRandom(seed);
    this.rlAlone = rlAlone;
  }

  /**
   * @param args the repository, a new folder for warehouses and logs, the seed of the moments, and
   *     {@code rl} for kills in a longer training of RL alone
   */
  public static void main(String[] args) throws Exception {
    KilledPipeline test =
        new KilledPipeline(
            Path.of(args[0]),
            Path.of(args[1]),
            Long.parseLong(args[2]),
            args.length > 3 && args[3].equals("rl"));
    test.run();
    test.failures.forEach(f -> System.out.println("differs: " + f));
    System.out.println(test.failures.isEmpty() ? "PASS" : "FAIL");
    System.exit(test.failures.isEmpty() ? 0 : 1);
  }

  private void run() throws Exception {
    Files.createDirectories(folder.resolve("tmp"));
    System.out.println("undisturbed run");
    if (attempt("undisturbed", "undisturbed", 0) != 0) {
      failures.add("the undisturbed run failed; see " + folder.resolve("undisturbed.log"));
      return;
    }
    List<Integer> targets = targets();
    System.out.println("kills are due in stages " + targets);
    int status = -1;
    for (int i = 0; i < targets.size() && status < 0; i++) {
      status = attempt("killed", "killed-" + (i + 1), targets.get(i));
    }
    if (status < 0) {
      status = attempt("killed", "killed-last", 0);
    }
    if (status != 0) {
      failures.add("a run after kills ended with exit status " + status);
      return;
    }
    for (int stage : targets) {
      if (killsInStage[stage] == 0) {
        failures.add("no kill fell into stage " + stage + "; try another seed");
      }
    }
    if (rlAlone) {
      checkLearned();
    }
    compareTables();
    compareFiles();
  }

  /** A run without gradients would be equal whatever a kill did to it. */
  private void checkLearned() {
    long learned =
        open("killed")
            .read(STEP_METRICS)
            .filter("run_id = 'rl' AND name = 'actor/grad_norm' AND value > 0")
            .count();
    System.out.printf("kills in RL: %d; steps with a gradient: %d%n", killsInStage[RL], learned);
    if (learned < 90) {
      failures.add("only " + learned + " of 100 steps of RL had a gradient");
    }
  }

  /** Every stage once, training three times more, the rest anywhere; or RL alone. */
  private List<Integer> targets() {
    if (rlAlone) {
      return Collections.nCopies(KILLS, RL);
    }
    List<Integer> targets = new ArrayList<>(List.of(SFT, SFT, SFT, RL, RL, RL));
    for (int stage = 1; stage <= STAGES; stage++) {
      targets.add(stage);
    }
    while (targets.size() < KILLS) {
      targets.add(1 + random.nextInt(STAGES));
    }
    targets.sort(null);
    return targets;
  }

  /**
   * One run of the pipeline.
   *
   * @param target stage in which to kill it, 0 for none; if that stage is over before its moment
   *     comes, the kill strikes in the one that follows
   * @return the exit status, or -1 if it was killed
   */
  private int attempt(String warehouse, String name, int target) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(root.resolve("deploy/submit.sh").toString(), "Pipeline", "--master", "local[2]"));
    command.addAll(TinyPipeline.TINY);
    command.addAll(rlAlone ? LONG_RL : List.of());
    command.add("warehouse=" + folder.resolve(warehouse));
    ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
    // The folder names what a run leaves behind, and by its path also the processes that it starts.
    builder.environment().put("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + folder.resolve("tmp"));
    Path log = folder.resolve(name + ".log");
    builder.redirectOutput(folder.resolve(name + ".out").toFile());
    Process process = builder.start();
    int stage = 0;
    Thread killer = null;
    long stageBegin = System.nanoTime();
    try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8);
        PrintWriter copy = new PrintWriter(Files.newBufferedWriter(log), true)) {
      for (String line = readLine(err); line != null; line = readLine(err)) {
        copy.println(line);
        if (line.matches("stage \\d+/\\d+ .*")) {
          double seconds = (System.nanoTime() - stageBegin) / 1e9;
          if (target == 0 && warehouse.equals("undisturbed")) {
            stageSeconds[stage] = stage == 0 ? 0 : seconds;
          }
          stageBegin = System.nanoTime();
          stage = Integer.parseInt(line.replaceAll("stage (\\d+)/.*", "$1"));
          if (stage == target) {
            // A run that is killed early goes on where it was: so many kills share one training.
            double whole = stageSeconds[stage] / (rlAlone ? KILLS / 4 : 1);
            // A later run of a stage may be shorter: the first kill has to fall into it.
            double part = killsInStage[stage] == 0 ? 0.5 : 1;
            double delay = random.nextDouble() * part * whole;
            boolean atWrite = random.nextBoolean();
            killer = new Thread(() -> kill(process, folder.resolve(warehouse), delay, atWrite));
            killer.start();
          }
        }
      }
    }
    int status = process.waitFor();
    if (target == 0 && warehouse.equals("undisturbed")) {
      stageSeconds[stage] = (System.nanoTime() - stageBegin) / 1e9;
    }
    boolean killed = status == 128 + 9;
    if (killer != null) {
      killer.join();
    }
    if (killed) {
      killsInStage[stage]++;
    }
    List<String> left = leftProcesses();
    System.out.printf(
        "%s: %s in stage %d, %d processes left%n",
        name, killed ? "killed" : "exit status " + status, stage, left.size());
    left.forEach(p -> failures.add("process left after " + name + ": " + p));
    return killed ? -1 : status;
  }

  /** The next line; null at the end, which a kill may put anywhere. */
  private static String readLine(BufferedReader reader) {
    try {
      return reader.readLine();
    } catch (IOException e) {
      return null;
    }
  }

  private static void kill(Process process, Path warehouse, double delay, boolean atWrite) {
    try (WatchService changes = FileSystems.getDefault().newWatchService()) {
      if (process.waitFor((long) (delay * 1e6), TimeUnit.MICROSECONDS)) {
        return;
      }
      if (atWrite) {
        watch(warehouse, changes);
        changes.poll(5, TimeUnit.SECONDS);
      }
      process.destroyForcibly();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void watch(Path root, WatchService changes) throws IOException {
    Files.createDirectories(root);
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            path.register(
                changes,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_DELETE,
                StandardWatchEventKinds.ENTRY_MODIFY);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Processes of a run that are still there when it is not, after five seconds of grace. */
  private List<String> leftProcesses() throws Exception {
    List<String> left = processes();
    for (int i = 0; i < 50 && !left.isEmpty(); i++) {
      Thread.sleep(100);
      left = processes();
    }
    return left;
  }

  private List<String> processes() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        if (entry.getFileName().toString().matches("\\d+")) {
          String command = readProcess(entry).replace('\0', ' ').strip();
          if (command.contains(folder.resolve("tmp").toString())) {
            found.add(entry.getFileName() + " " + command);
          }
        }
      }
    }
    return found;
  }

  private static String readProcess(Path entry) {
    try {
      return Files.readString(entry.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it ended
    }
  }

  private void compareTables() {
    for (Table<?> table : ALL) {
      boolean written = open("undisturbed").exists(table);
      compare(
          "table " + table.name(),
          Map.of("written", "" + written),
          Map.of("written", "" + open("killed").exists(table)));
      if (!written) {
        continue;
      }
      List<String> expected = rows("undisturbed", table);
      List<String> actual = rows("killed", table);
      System.out.printf("table %s: %d rows%n", table.name(), expected.size());
      compare("table " + table.name(), counted(expected), counted(actual));
      compare(
          "constraints of " + table.name(),
          constraints("undisturbed", table),
          constraints("killed", table));
    }
  }

  /** As JSON, without measured times; paths are taken from the warehouse on. */
  private List<String> rows(String name, Table<?> table) {
    Warehouse warehouse = open(name);
    Dataset<Row> rows = warehouse.read(table).drop("wall_ms", "cpu_ms", "peak_memory_kib");
    if (table == STEP_METRICS) {
      rows =
          rows.filter(
              "name NOT LIKE 'timing_s/%'"
                  + " AND name NOT IN ('perf/throughput', 'perf/cache_hit_ratio')");
    }
    if (table == CHECKPOINTS) {
      String prefix = folder.resolve(name).toString();
      rows = rows.withColumn("path", expr("replace(path, '" + prefix + "', '')"));
    }
    return rows.toJSON().collectAsList();
  }

  private Map<String, String> constraints(String name, Table<?> table) {
    Map<String, String> constraints = new TreeMap<>();
    open(name)
        .spark()
        .sql("DESCRIBE DETAIL " + open(name).sqlName(table))
        .select(col("properties"))
        .head()
        .<String, String>getJavaMap(0)
        .forEach(
            (key, value) -> {
              if (key.startsWith("delta.constraints.")) {
                constraints.put(key, value);
              }
            });
    return constraints;
  }

  private Warehouse open(String name) {
    Path path = folder.resolve(name);
    return TinyPipeline.warehouse(path, TinyPipeline.loader(path));
  }

  private static Map<String, String> counted(List<String> rows) {
    return rows.stream()
        .collect(Collectors.groupingBy(r -> r, TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue() + " times"));
  }

  /** Every byte of every checkpoint and of the tokenizer, and no file more. */
  private void compareFiles() throws IOException {
    for (String part : List.of("checkpoints", "tokenizer")) {
      Map<String, String> expected = files(folder.resolve("undisturbed/_files/" + part));
      System.out.printf("files of %s: %d%n", part, expected.size());
      compare("files of " + part, expected, files(folder.resolve("killed/_files/" + part)));
    }
  }

  private static Map<String, String> files(Path root) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        files.put(
            root.relativize(path).toString(),
            new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }

  private void compare(String what, Map<String, String> expected, Map<String, String> actual) {
    int before = failures.size();
    for (Map.Entry<String, String> entry : expected.entrySet()) {
      if (!entry.getValue().equals(actual.get(entry.getKey()))) {
        failures.add(
            what
                + ": "
                + (actual.containsKey(entry.getKey()) ? "changed " : "missing ")
                + shortened(entry.getKey()));
      }
    }
    actual.keySet().stream()
        .filter(key -> !expected.containsKey(key))
        .forEach(key -> failures.add(what + ": too many " + shortened(key)));
    if (failures.size() > before + 6) {
      int more = failures.size() - before - 6;
      failures.subList(before + 6, failures.size()).clear();
      failures.add(what + ": and " + more + " more");
    }
  }

  private static String shortened(String text) {
    return text.length() > 300 ? text.substring(0, 300) + "..." : text;
  }
}
