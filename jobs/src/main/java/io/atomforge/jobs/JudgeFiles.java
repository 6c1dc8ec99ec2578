package io.atomforge.jobs;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.judge.SolutionLine;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.util.LongAccumulator;

/**
 * Judges the programs of a file into a file, verdicts in the order of the programs. A file whose
 * name ends in {@code .parquet} is Parquet, any other one JSON object a line.
 */
public final class JudgeFiles {
  private static final String VERDICT_COLUMNS =
      "id string, outcome string, passed int, total int, calls array<struct<outcome: string,"
          + " output: string, error: string, wall_ms: double>>, detail string, wall_ms double,"
          + " cpu_ms double, peak_memory_kib bigint, isolation string, trust string";

  /** A numbered line of input. */
  private record Line(int number, String text) implements Serializable {}

  private final Warehouse warehouse;
  private final SandboxConfig sandbox;
  private final int hashSeed;
  private final JudgeOptions defaults;

  /**
   * @param defaults for lines that say nothing else
   */
  public JudgeFiles(
      Warehouse warehouse, SandboxConfig sandbox, int hashSeed, JudgeOptions defaults) {
    this.warehouse = warehouse;
    this.sandbox = sandbox;
    this.hashSeed = hashSeed;
    this.defaults = defaults;
  }

  /**
   * @throws ConfigException naming the first line that is not a program with tests; nothing is
   *     written then
   */
  public JudgeSolutions.Summary judge(String solutions, String verdicts, int partitions)
      throws IOException {
    List<Line> lines = isParquet(solutions) ? rows(solutions) : lines(solutions);
    Set<String> ids = new HashSet<>();
    for (Line line : lines) {
      try {
        String id = SolutionLine.parse(line.text(), defaults).id();
        if (!ids.add(id)) {
          throw new IllegalArgumentException("id " + id + " stands twice");
        }
      } catch (IllegalArgumentException e) {
        throw mistake(solutions, line, e.getMessage());
      }
    }
    LongAccumulator cached = warehouse.spark().sparkContext().longAccumulator("cached");
    List<String> judged = judged(lines, partitions, cached);
    write(verdicts, judged);
    Map<String, Long> outcomes = new TreeMap<>();
    for (String verdict : judged) {
      outcomes.merge(JobRunner.JSON.readTree(verdict).path("outcome").asText(), 1L, Long::sum);
    }
    return new JudgeSolutions.Summary(judged.size(), 0, cached.value(), outcomes);
  }

  private List<String> judged(List<Line> lines, int partitions, LongAccumulator cached) {
    SandboxConfig config = sandbox;
    int seed = hashSeed;
    JudgeOptions options = defaults;
    int tasks = Math.max(1, Math.min(partitions, lines.size()));
    List<String> judged = new ArrayList<>();
    Progress.whileRunning(
        warehouse.spark(),
        "judge",
        tasks,
        () ->
            judged.addAll(
                JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext())
                    .parallelize(lines, tasks)
                    .mapPartitions(
                        partition -> {
                          Sandbox pool = JudgeSolutions.open(config, seed, cached);
                          return pool.inOrder(
                              partition,
                              line -> verdict(pool, SolutionLine.parse(line.text(), options)));
                        })
                    .collect()));
    return judged;
  }

  private static String verdict(Sandbox sandbox, SolutionLine line) {
    return line.verdict(sandbox.judge(line.code(), line.tests(), line.options()));
  }

  private static ConfigException mistake(String file, Line line, String what) {
    return new ConfigException(file + ":" + line.number() + ": " + what);
  }

  private static boolean isParquet(String name) {
    return name.endsWith(".parquet");
  }

  private Path qualified(String name) throws IOException {
    Path path = new Path(name);
    return path.getFileSystem(warehouse.spark().sparkContext().hadoopConfiguration())
        .makeQualified(path);
  }

  private List<Line> lines(String name) throws IOException {
    Path path = qualified(name);
    String text =
        FileStore.open(warehouse, path.getParent().toString())
            .read(path.getName())
            .orElseThrow(() -> noFile(name));
    List<Line> lines = new ArrayList<>();
    String[] all = text.split("\n");
    for (int i = 0; i < all.length; i++) {
      if (!all[i].isBlank()) {
        lines.add(new Line(i + 1, all[i]));
      }
    }
    return lines;
  }

  private List<Line> rows(String name) throws IOException {
    Path path = qualified(name);
    if (!path.getFileSystem(warehouse.spark().sparkContext().hadoopConfiguration()).exists(path)) {
      throw noFile(name);
    }
    List<String> rows =
        warehouse
            .spark()
            .read()
            .parquet(path.toString())
            .orderBy(col("_metadata.file_path"), col("_metadata.row_index"))
            .toJSON()
            .collectAsList();
    List<Line> lines = new ArrayList<>();
    for (String row : rows) {
      lines.add(new Line(lines.size() + 1, row));
    }
    return lines;
  }

  private static ConfigException noFile(String name) {
    return new ConfigException("solutions: no file " + name + " that can be read");
  }

  private void write(String name, List<String> verdicts) throws IOException {
    Path path = qualified(name);
    if (!isParquet(name)) {
      FileStore.open(warehouse, path.getParent().toString())
          .write(path.getName(), String.join("", verdicts.stream().map(v -> v + "\n").toList()));
      return;
    }
    List<String> rows = new ArrayList<>();
    for (String verdict : verdicts) {
      rows.add(withOutputAsText(JobRunner.JSON.readTree(verdict)));
    }
    warehouse
        .spark()
        .read()
        .schema(VERDICT_COLUMNS)
        .json(warehouse.spark().createDataset(rows, Encoders.STRING()))
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(path.toString());
  }

  /** The verdict with each call's output as JSON text, since a column has one type. */
  private static String withOutputAsText(JsonNode verdict) {
    for (JsonNode call : verdict.path("calls")) {
      ((ObjectNode) call).put("output", call.path("output").toString());
    }
    return verdict.toString();
  }
}
