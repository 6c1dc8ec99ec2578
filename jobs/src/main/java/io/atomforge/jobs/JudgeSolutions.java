package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static io.atomforge.tables.Tables.VERDICTS;
import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Verdict;
import io.atomforge.synthesis.TestCase;
import io.atomforge.tables.RecordCodec;
import io.atomforge.tables.VerdictRow;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Runs each solution against its tests: from {@code solutions} to {@code verdicts}, or from file to
 * file.
 */
public final class JudgeSolutions {
  /** See {@code conf/judge-solutions.yaml}. */
  record Config(
      String warehouse,
      long seed,
      int partitions,
      SandboxConfig sandbox,
      String solutions,
      String verdicts)
      implements JobConfig {
    Config {
      Checks.atLeast(1, "partitions", partitions);
      Checks.check(
          solutions.isEmpty() == verdicts.isEmpty(),
          "verdicts",
          verdicts,
          "set together with solutions");
    }

    @Override
    public boolean writes() {
      return solutions.isEmpty();
    }

    /** Python's hash seed: the run's own. */
    int hashSeed() {
      return (int) (seed & Integer.MAX_VALUE);
    }
  }

  record Summary(long judged, Map<String, Long> outcomes) {}

  /** A program with its tests. */
  record Task(String solutionId, String code, String entryPoint, List<TestCase> tests) {}

  static final Job<Config> JOB =
      new Job<>(
          "JudgeSolutions",
          "run programs against their tests in the sandbox; tables or JSONL files",
          Config.class,
          List.of(SOLUTIONS, PROBLEMS),
          List.of(VERDICTS),
          JudgeSolutions::run);

  private static final int BATCH = 64;

  private JudgeSolutions() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) throws IOException {
    return config.solutions().isEmpty() ? tables(warehouse, config) : files(warehouse, config);
  }

  private static Summary tables(Warehouse warehouse, Config config) {
    Dataset<Row> tasks =
        warehouse
            .read(SOLUTIONS)
            .join(
                warehouse.read(PROBLEMS).select("problem_id", "entry_point", "tests"), "problem_id")
            .select("solution_id", "code", "entry_point", "tests")
            .repartition(config.partitions(), col("solution_id"));
    SandboxConfig sandbox = config.sandbox();
    int hashSeed = config.hashSeed();
    Dataset<Row> verdicts =
        Warehouse.map(
            tasks,
            RecordCodec.of(Task.class),
            VERDICTS.codec(),
            partition -> {
              List<VerdictRow> out = new ArrayList<>();
              List<Task> batch = new ArrayList<>();
              for (Task task : partition) {
                batch.add(task);
                if (batch.size() == BATCH) {
                  judge(batch, sandbox, hashSeed, out);
                }
              }
              judge(batch, sandbox, hashSeed, out);
              return out;
            });
    Progress.whileRunning(
        warehouse.spark(),
        "judge",
        config.partitions(),
        () -> warehouse.overwrite(VERDICTS, verdicts));
    Dataset<Row> judged = warehouse.read(VERDICTS);
    return new Summary(judged.count(), SynthesizeProblems.counts(judged, "outcome"));
  }

  private static void judge(
      List<Task> batch, SandboxConfig sandbox, int hashSeed, List<VerdictRow> out) {
    List<Program> programs = new ArrayList<>();
    List<List<String>> expected = new ArrayList<>();
    for (Task task : batch) {
      programs.add(
          new Program(
              task.code(),
              task.entryPoint(),
              task.tests().stream().map(t -> new Call(t.argsJson())).toList()));
      expected.add(task.tests().stream().map(TestCase::expectedJson).toList());
    }
    List<Verdict> verdicts = sandbox.open(hashSeed).judgeAll(programs, expected);
    for (int i = 0; i < batch.size(); i++) {
      Verdict v = verdicts.get(i);
      out.add(
          new VerdictRow(
              batch.get(i).solutionId(),
              v.outcome().name(),
              v.passed(),
              v.total(),
              v.detail(),
              v.wallMs(),
              v.cpuMs(),
              v.peakMemoryKib(),
              v.isolation().name()));
    }
    batch.clear();
  }

  private static Summary files(Warehouse warehouse, Config config) throws IOException {
    Path in = Path.of(config.solutions());
    if (!Files.isReadable(in)) {
      throw new ConfigException("solutions: no file " + in + " that can be read");
    }
    List<String> lines = Files.readAllLines(in);
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      try {
        String id = parse(lines.get(i)).path("id").asText();
        if (!ids.add(id)) {
          throw new IllegalArgumentException("id " + id + " stands twice");
        }
      } catch (IllegalArgumentException e) {
        throw new ConfigException(in + ":" + (i + 1) + ": " + e.getMessage());
      }
    }
    SandboxConfig sandbox = config.sandbox();
    int hashSeed = config.hashSeed();
    List<String> verdicts =
        JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext())
            .parallelize(lines, Math.max(1, Math.min(config.partitions(), lines.size())))
            .mapPartitions(
                partition -> {
                  List<String> out = new ArrayList<>();
                  List<JsonNode> batch = new ArrayList<>();
                  while (partition.hasNext()) {
                    batch.add(parse(partition.next()));
                    if (batch.size() == BATCH || !partition.hasNext()) {
                      judgeLines(batch, sandbox, hashSeed, out);
                    }
                  }
                  return out.iterator();
                })
            .collect();
    Path target = Path.of(config.verdicts());
    Path part = target.resolveSibling(target.getFileName() + ".part");
    Files.write(part, verdicts);
    Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    Map<String, Long> outcomes = new TreeMap<>();
    for (String verdict : verdicts) {
      outcomes.merge(JobRunner.JSON.readTree(verdict).path("outcome").asText(), 1L, Long::sum);
    }
    return new Summary(verdicts.size(), outcomes);
  }

  /**
   * @throws IllegalArgumentException saying what a line lacks
   */
  private static JsonNode parse(String line) {
    JsonNode node;
    try {
      node = JobRunner.JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
    for (String key : List.of("id", "code", "entry_point")) {
      if (!node.path(key).isTextual()) {
        throw new IllegalArgumentException("key '" + key + "' must be a text");
      }
    }
    if (!node.path("calls").isArray() || node.path("calls").isEmpty()) {
      throw new IllegalArgumentException("key 'calls' must be a list with at least one call");
    }
    for (JsonNode call : node.path("calls")) {
      if (!call.path("args").isArray() && !call.path("kwargs").isObject()
          || !call.has("expected")) {
        throw new IllegalArgumentException(
            "each call needs 'args' (a list) or 'kwargs' (an object), and 'expected'");
      }
    }
    return node;
  }

  private static void judgeLines(
      List<JsonNode> batch, SandboxConfig sandbox, int hashSeed, List<String> out)
      throws JsonProcessingException {
    for (JsonNode line : batch) {
      List<Call> calls = new ArrayList<>();
      List<String> expected = new ArrayList<>();
      for (JsonNode call : line.path("calls")) {
        calls.add(
            new Call(
                call.has("args") ? call.path("args").toString() : "[]",
                call.has("kwargs") ? call.path("kwargs").toString() : "{}"));
        expected.add(call.path("expected").toString());
      }
      JsonNode limits = line.path("limits");
      SandboxConfig here =
          new SandboxConfig(
              sandbox.python(),
              sandbox.workers(),
              sandbox.minimumIsolation(),
              limits.path("time_limit_seconds").asDouble(sandbox.timeLimitSeconds()),
              limits.path("memory_limit_mib").asInt(sandbox.memoryLimitMib()),
              limits.path("output_limit_kib").asInt(sandbox.outputLimitKib()));
      Verdict verdict =
          here.open(hashSeed)
              .judge(
                  new Program(line.path("code").asText(), line.path("entry_point").asText(), calls),
                  expected);
      out.add(json(line.path("id").asText(), verdict));
    }
    batch.clear();
  }

  private static String json(String id, Verdict verdict) throws JsonProcessingException {
    ObjectNode node = JobRunner.JSON.createObjectNode();
    node.put("id", id)
        .put("outcome", verdict.outcome().name())
        .put("passed", verdict.passed())
        .put("total", verdict.total());
    ArrayNode calls = node.putArray("calls");
    for (CallResult call : verdict.calls()) {
      ObjectNode one = calls.addObject().put("outcome", call.outcome().name());
      one.set(
          "output",
          call.outputJson().isEmpty() ? null : JobRunner.JSON.readTree(call.outputJson()));
      one.put("error", call.error()).put("wall_ms", call.wallMs());
    }
    node.put("detail", verdict.detail())
        .put("wall_ms", verdict.wallMs())
        .put("cpu_ms", verdict.cpuMs())
        .put("peak_memory_kib", verdict.peakMemoryKib());
    return JobRunner.JSON.writeValueAsString(node);
  }
}
