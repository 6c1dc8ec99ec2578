package io.atomforge.jobs.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.OutputFile;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Verdict;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Judges the programs of files into a file, verdicts in the order of the programs. The output is
 * Parquet if its name ends in {@code .parquet}, else one JSON object a line.
 */
public final class JudgeFiles {
  private static final String VERDICT_COLUMNS =
      "id string, outcome string, passed int, total int, calls array<struct<outcome: string,"
          + " output: string, error: string, wall_ms: double>>, detail string, wall_ms double,"
          + " cpu_ms double, peak_memory_kib bigint, isolation string, trust string";

  /** One program of a row that may have several. */
  private record Item(RowFiles.Line line, int index) implements Serializable {}

  /** A line of output and its outcome. */
  private record Result(String json, Outcome outcome) implements Serializable {}

  private final Warehouse warehouse;
  private final SandboxConfig sandbox;
  private final int hashSeed;
  private final String format;
  private final JudgeOptions defaults;
  private final int partitions;

  /**
   * @param format a layout's name, or auto
   * @param defaults for lines that say nothing else
   * @param partitions Spark tasks at a time
   */
  public JudgeFiles(
      Warehouse warehouse,
      SandboxConfig sandbox,
      int hashSeed,
      String format,
      JudgeOptions defaults,
      int partitions) {
    this.warehouse = warehouse;
    this.sandbox = sandbox;
    this.hashSeed = hashSeed;
    this.format = format;
    this.defaults = defaults;
    this.partitions = partitions;
  }

  /**
   * Reads the files twice: first every row is checked, then all are judged, some at a time.
   *
   * @throws ConfigException naming the first line that is not a program with tests; nothing is
   *     written then
   */
  public JudgeSummary judge(String solutions, String verdicts) throws IOException {
    checkOutput(solutions, verdicts);
    long count = check(solutions);
    if (count == 0) {
      throw new ConfigException("solutions: " + solutions + " has no row");
    }
    LongAccumulator cached = warehouse.spark().sparkContext().longAccumulator("cached");
    Map<String, Long> outcomes = new TreeMap<>();
    boolean parquet = verdicts.endsWith(".parquet");
    Path target = qualified(parquet ? verdicts + beside(".jsonl") : verdicts);
    FileStore store = FileStore.open(warehouse, target.getParent().toString());
    try (RowFiles rows = new RowFiles(warehouse.spark(), "solutions", solutions);
        Progress progress = Progress.ofSteps("judge", 0, count)) {
      store.write(
          target.getName(),
          out -> {
            long done = 0;
            Iterator<List<Item>> chunks =
                new Chunks<>(items(rows), i -> i.index == 0 ? i.line.text().length() : 0);
            while (chunks.hasNext()) {
              List<Item> chunk = chunks.next();
              for (Result result : results(chunk, cached)) {
                String json = parquet ? withOutputAsText(result.json) : result.json;
                out.write((json + "\n").getBytes(StandardCharsets.UTF_8));
                outcomes.merge(result.outcome.name(), 1L, Long::sum);
              }
              done += chunk.size();
              progress.report(done, "");
            }
          });
    }
    if (parquet) {
      try {
        toParquet(target, qualified(verdicts));
      } finally {
        store.delete(target.getName());
      }
    }
    return new JudgeSummary(count, 0, cached.value(), outcomes);
  }

  private void checkOutput(String solutions, String verdicts) {
    try (RowFiles rows = new RowFiles(warehouse.spark(), "solutions", solutions)) {
      OutputFile.check(warehouse, "verdicts", verdicts, rows.paths());
      Path folder = new Path(verdicts).getParent();
      if (folder != null && folder.equals(new Path(solutions))) {
        throw new ConfigException(
            "verdicts: " + verdicts + " lies in the folder that solutions names; name another");
      }
    }
  }

  /** The end of a name that nobody else has. */
  private static String beside(String ending) {
    return "-" + UUID.randomUUID() + ending;
  }

  /**
   * @return the number of programs
   */
  private long check(String solutions) {
    Names names = new Names();
    long count = 0;
    try (RowFiles rows = new RowFiles(warehouse.spark(), "solutions", solutions)) {
      while (rows.hasNext()) {
        RowFiles.Line line = rows.next();
        try {
          for (SolutionLine solution : SolutionLine.parse(line, format, defaults)) {
            if (!names.add(solution.id())) {
              throw new IllegalArgumentException("id " + solution.id() + " stands twice");
            }
            count++;
          }
        } catch (IllegalArgumentException e) {
          throw mistake(line, String.valueOf(e.getMessage()));
        }
      }
    }
    return count;
  }

  private Iterator<Item> items(RowFiles rows) {
    List<Item> waiting = new ArrayList<>();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (waiting.isEmpty() && rows.hasNext()) {
          RowFiles.Line line = rows.next();
          int programs = SolutionLine.parse(line, format, defaults).size();
          for (int i = 0; i < programs; i++) {
            waiting.add(new Item(line, i));
          }
        }
        return !waiting.isEmpty();
      }

      @Override
      public Item next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return waiting.remove(0);
      }
    };
  }

  private List<Result> results(List<Item> items, LongAccumulator cached) {
    SandboxConfig config = sandbox;
    int seed = hashSeed;
    String layout = format;
    JudgeOptions options = defaults;
    int tasks = Math.max(1, Math.min(partitions, items.size()));
    return JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext())
        .parallelize(items, tasks)
        .mapPartitions(
            partition -> {
              Sandbox pool = CountedSandbox.open(config, seed, cached);
              return pool.inOrder(
                  partition,
                  item ->
                      result(pool, SolutionLine.parse(item.line, layout, options).get(item.index)));
            })
        .collect();
  }

  private static Result result(Sandbox sandbox, SolutionLine line) {
    Verdict verdict = line.check().judge(sandbox, line.code(), line.options());
    return new Result(line.verdict(verdict), verdict.outcome());
  }

  private static ConfigException mistake(RowFiles.Line line, String what) {
    return new ConfigException(line.where() + ": " + what);
  }

  private Path qualified(String name) throws IOException {
    Path path = new Path(name);
    return path.getFileSystem(warehouse.spark().sparkContext().hadoopConfiguration())
        .makeQualified(path);
  }

  /** The verdict with each call's output as JSON text, since a column has one type. */
  private static String withOutputAsText(String json) throws IOException {
    JsonNode verdict = JobRunner.JSON.readTree(json);
    for (JsonNode call : verdict.path("calls")) {
      ((ObjectNode) call).put("output", call.path("output").toString());
    }
    return verdict.toString();
  }

  private void toParquet(Path lines, Path target) throws IOException {
    Path part = new Path(target + beside(".part"));
    FileSystem files = target.getFileSystem(warehouse.spark().sparkContext().hadoopConfiguration());
    try {
      warehouse
          .spark()
          .read()
          .schema(VERDICT_COLUMNS)
          .json(lines.toString())
          .coalesce(1)
          .write()
          .parquet(part.toString());
      files.delete(target, true);
      files.rename(part, target);
    } finally {
      files.delete(part, true);
    }
  }
}
