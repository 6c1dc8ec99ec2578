package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.PROBLEMS;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.atomforge.config.ConfigException;
import io.atomforge.dataset.NGrams;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.Execution;
import io.atomforge.sandbox.Limits;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.RecordCodec;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Finds the problems that stand in benchmarks of others, in files of HumanEval's or MBPP's layout:
 * by words, if a prompt or a reference shares a run of n words with theirs; by behaviour, if a
 * reference passes all of a task's tests. A test that any function passes shows nothing and is not
 * run.
 */
public final class Decontamination implements Serializable {
  /** A task of another benchmark; entryPoint is the function that its test calls. */
  record Task(String name, String prompt, String code, String test, String entryPoint)
      implements Serializable {}

  /** A problem that is found, with what was found. */
  record Finding(String problemId, String reason, String detail) {}

  /** The stage of rejections. */
  public static final String STAGE = "CONTAMINATED";

  private static final long serialVersionUID = 1L;
  private static final RecordCodec<Finding> FINDING = RecordCodec.of(Finding.class);
  private static final Pattern FUNCTION = Pattern.compile("(?m)^def (\\w+)\\(");
  private static final String HARNESS = harness();
  private static final Limits LIMITS = new Limits(20, 512, 1024);
  private static final int BATCH = 32;

  private final SandboxConfig sandbox;
  private final NGrams prompts;
  private final NGrams codes;
  private final List<Task> tasks;

  private Decontamination(SandboxConfig sandbox, int n, List<Task> tasks) {
    this.sandbox = sandbox;
    this.prompts = new NGrams(n);
    this.codes = new NGrams(n);
    for (Task task : tasks) {
      prompts.add(task.name(), task.prompt());
      codes.add(task.name(), task.code());
    }
    this.tasks = new ArrayList<>(tasks);
  }

  /**
   * @param files JSON lines, on any Hadoop file system
   * @param n words of a run
   * @throws ConfigException naming file and line that is no task
   */
  public static Decontamination open(
      Warehouse warehouse, SandboxConfig sandbox, List<String> files, int n) {
    List<Task> tasks = new ArrayList<>();
    for (String file : files) {
      int number = 0;
      for (String line : read(warehouse, file).split("\n")) {
        number++;
        if (!line.isBlank()) {
          tasks.add(task(file + ":" + number, new Path(file).getName(), line));
        }
      }
    }
    return new Decontamination(sandbox, n, tasks);
  }

  private static String read(Warehouse warehouse, String file) {
    Path path = new Path(file);
    try (InputStream in =
        path.getFileSystem(warehouse.spark().sparkContext().hadoopConfiguration()).open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ConfigException("decontaminate: cannot read " + file + ": " + e.getMessage());
    }
  }

  private static Task task(String where, String file, String line) {
    try {
      JsonNode json = JobRunner.JSON.readTree(line);
      String name = file + " " + json.path("task_id").asText();
      if (json.has("canonical_solution") && json.has("test") && json.has("entry_point")) {
        String prompt = json.path("prompt").asText();
        return new Task(
            name,
            prompt,
            prompt + json.path("canonical_solution").asText(),
            json.path("test").asText(),
            json.path("entry_point").asText());
      }
      if (json.has("code") && json.path("test_list").isArray()) {
        StringBuilder test = new StringBuilder(json.path("test_setup_code").asText());
        json.path("test_imports").forEach(i -> test.append('\n').append(i.asText()));
        json.path("test_list").forEach(t -> test.append('\n').append(t.asText()));
        String code = json.path("code").asText();
        return new Task(
            name,
            json.path(json.has("text") ? "text" : "prompt").asText(),
            code,
            test.toString(),
            tested(code, test.toString(), where));
      }
    } catch (JsonProcessingException e) {
      throw new ConfigException("decontaminate: " + where + ": not a JSON object");
    }
    throw new ConfigException(
        "decontaminate: "
            + where
            + ": neither HumanEval's keys (prompt, canonical_solution, test, entry_point)"
            + " nor MBPP's (text, code, test_list)");
  }

  /** The function of {@code code} that the test names. */
  private static String tested(String code, String test, String where) {
    for (Matcher m = FUNCTION.matcher(code); m.find(); ) {
      if (Pattern.compile("\\b" + m.group(1) + "\\(").matcher(test).find()) {
        return m.group(1);
      }
    }
    throw new ConfigException(
        "decontaminate: " + where + ": test_list calls no function that code defines");
  }

  /**
   * @param problems rows of table problems
   * @return rows of {@link Finding}, at most one for each problem
   */
  public Dataset<Row> findings(Dataset<Row> problems) {
    return Rows.map(
        tasks.isEmpty() ? problems.limit(0) : problems,
        PROBLEMS.codec(),
        FINDING,
        partition -> {
          List<Finding> findings = new ArrayList<>();
          List<Problem> others = new ArrayList<>();
          for (Problem problem : partition) {
            findings.addAll(words(problem));
            if (findings.isEmpty()
                || !findings.get(findings.size() - 1).problemId().equals(problem.problemId())) {
              others.add(problem);
            }
          }
          findings.addAll(behaviour(others));
          return findings;
        });
  }

  private List<Finding> words(Problem p) {
    return Stream.of(
            prompts.owner(p.promptEn()),
            prompts.owner(p.promptZh()),
            codes.owner(p.referenceInline()))
        .flatMap(java.util.Optional::stream)
        .limit(1)
        .map(found -> new Finding(p.problemId(), "shares words with a benchmark", found))
        .toList();
  }

  private List<Finding> behaviour(List<Problem> problems) {
    Sandbox pool = sandbox.open(0);
    List<Task> telling = new ArrayList<>(tasks);
    List<String> anything = List.of("def solve(*args, **kwargs):\n    return object()\n", "solve");
    passing(pool, List.of(anything), tasks).forEach(pair -> telling.remove(tasks.get(pair[1])));
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < problems.size(); i += BATCH) {
      List<Problem> batch = problems.subList(i, Math.min(problems.size(), i + BATCH));
      List<List<String>> programs =
          batch.stream().map(p -> List.of(p.referenceInline(), p.entryPoint())).toList();
      int last = -1;
      for (int[] pair : passing(pool, programs, telling)) {
        if (pair[0] != last) {
          last = pair[0];
          findings.add(
              new Finding(
                  batch.get(last).problemId(),
                  "passes the tests of a benchmark",
                  telling.get(pair[1]).name()));
        }
      }
    }
    return findings;
  }

  /**
   * A batch that does not end is halved until the pair is alone, which then counts as failed.
   *
   * @param programs source and function of each
   * @return places of program and task, by program
   */
  private static List<int[]> passing(Sandbox pool, List<List<String>> programs, List<Task> tasks) {
    List<int[]> pairs = new ArrayList<>();
    if (programs.isEmpty() || tasks.isEmpty()) {
      return pairs;
    }
    ArrayNode arguments = JobRunner.JSON.createArrayNode();
    ArrayNode sources = arguments.addArray();
    programs.forEach(p -> sources.addArray().add(p.get(0)).add(p.get(1)));
    ArrayNode tests = arguments.addArray();
    tasks.forEach(t -> tests.addArray().add(t.test()).add(t.entryPoint()));
    Call call = new Call(arguments.toString());
    Execution run = pool.run(new Program(HARNESS, "passing", List.of(call)), LIMITS);
    if (run.outcome() == Outcome.SANDBOX_ERROR) {
      throw new IllegalStateException("The sandbox failed: " + run.detail());
    }
    if (run.calls().get(0).outcome() == Outcome.PASSED) {
      try {
        for (JsonNode pair : JobRunner.JSON.readTree(run.calls().get(0).outputJson())) {
          pairs.add(new int[] {pair.get(0).asInt(), pair.get(1).asInt()});
        }
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    } else if (programs.size() > 1) {
      int half = programs.size() / 2;
      pairs.addAll(passing(pool, programs.subList(0, half), tasks));
      passing(pool, programs.subList(half, programs.size()), tasks)
          .forEach(p -> pairs.add(new int[] {p[0] + half, p[1]}));
    } else if (tasks.size() > 1) {
      int half = tasks.size() / 2;
      pairs.addAll(passing(pool, programs, tasks.subList(0, half)));
      passing(pool, programs, tasks.subList(half, tasks.size()))
          .forEach(p -> pairs.add(new int[] {p[0], p[1] + half}));
    }
    return pairs;
  }

  private static String harness() {
    try (InputStream in = Decontamination.class.getResourceAsStream("passing.py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
