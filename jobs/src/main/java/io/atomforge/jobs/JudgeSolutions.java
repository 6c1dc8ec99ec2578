package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static io.atomforge.tables.Tables.VERDICTS;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.atomforge.config.ConfigException;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.Equality;
import io.atomforge.sandbox.Limits;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Verdict;
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
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;

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

  /**
   * @param reused solutions whose verdict stood in the table, for the same content
   * @param cached of the others, those equal to a program that ran a moment before
   */
  record Summary(long judged, long reused, long cached, Map<String, Long> outcomes) {}

  static final Job<Config> JOB =
      new Job<>(
          "JudgeSolutions",
          "run programs against their tests in the sandbox; tables or JSONL files",
          Config.class,
          List.of(SOLUTIONS, PROBLEMS),
          List.of(VERDICTS),
          JudgeSolutions::run);

  private JudgeSolutions() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) throws IOException {
    config.sandbox().open(config.hashSeed()); // refuses before anything is read
    return config.solutions().isEmpty()
        ? JudgeTables.run(warehouse, config)
        : files(warehouse, config);
  }

  /** The executor's pool; when the task ends, {@code cached} is told what came from its cache. */
  static Sandbox open(SandboxConfig sandbox, int hashSeed, LongAccumulator cached) {
    Sandbox pool = sandbox.open(hashSeed);
    TaskContext.get()
        .addTaskCompletionListener(
            (TaskCompletionListener) end -> cached.add(pool.takeCacheHits()));
    return pool;
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
        JsonNode line = parse(lines.get(i));
        limits(line, config.sandbox().limits());
        String id = line.path("id").asText();
        if (!ids.add(id)) {
          throw new IllegalArgumentException("id " + id + " stands twice");
        }
      } catch (IllegalArgumentException e) {
        throw new ConfigException(in + ":" + (i + 1) + ": " + e.getMessage());
      }
    }
    SandboxConfig sandbox = config.sandbox();
    int hashSeed = config.hashSeed();
    LongAccumulator cached = warehouse.spark().sparkContext().longAccumulator("cached");
    List<String> verdicts =
        JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext())
            .parallelize(lines, Math.max(1, Math.min(config.partitions(), lines.size())))
            .mapPartitions(
                partition -> {
                  Sandbox pool = open(sandbox, hashSeed, cached);
                  return pool.inOrder(
                      partition, line -> judgeLine(parse(line), pool, sandbox.limits()));
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
    return new Summary(verdicts.size(), 0, cached.value(), outcomes);
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

  private static String judgeLine(JsonNode line, Sandbox sandbox, Limits defaults) {
    List<Call> calls = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (JsonNode call : line.path("calls")) {
      calls.add(
          new Call(
              call.has("args") ? call.path("args").toString() : "[]",
              call.has("kwargs") ? call.path("kwargs").toString() : "{}"));
      expected.add(call.path("expected").toString());
    }
    Verdict verdict =
        sandbox.judge(
            new Program(line.path("code").asText(), line.path("entry_point").asText(), calls),
            expected,
            Equality.DEFAULT,
            limits(line, defaults));
    return json(line.path("id").asText(), verdict);
  }

  private static Limits limits(JsonNode line, Limits defaults) {
    JsonNode limits = line.path("limits");
    return new Limits(
        limits.path("time_limit_seconds").asDouble(defaults.timeLimitSeconds()),
        limits.path("memory_limit_mib").asInt(defaults.memoryLimitMib()),
        limits.path("output_limit_kib").asInt(defaults.outputLimitKib()));
  }

  private static String json(String id, Verdict verdict) {
    ObjectNode node = JobRunner.JSON.createObjectNode();
    node.put("id", id)
        .put("outcome", verdict.outcome().name())
        .put("passed", verdict.passed())
        .put("total", verdict.total());
    ArrayNode calls = node.putArray("calls");
    for (CallResult call : verdict.calls()) {
      ObjectNode one = calls.addObject().put("outcome", call.outcome().name());
      if (call.outputJson().isEmpty()) {
        one.putNull("output");
      } else {
        one.putRawValue("output", new RawValue(call.outputJson()));
      }
      one.put("error", call.error()).put("wall_ms", call.wallMs());
    }
    node.put("detail", verdict.detail())
        .put("wall_ms", verdict.wallMs())
        .put("cpu_ms", verdict.cpuMs())
        .put("peak_memory_kib", verdict.peakMemoryKib())
        .put("isolation", verdict.isolation().name());
    try {
      return JobRunner.JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
