package io.atomforge.jobs;

import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.evaluate.EvaluateConfig;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.Check;
import io.atomforge.task.Task;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProblemFilesTest {
  @TempDir private Path folder;

  /** Problem i asks for a function that adds i. */
  private static ObjectNode humanEval(int i) {
    return JobRunner.JSON
        .createObjectNode()
        .put("task_id", "HumanEval/" + i)
        .put("prompt", "def add(x):\n    \"\"\"Add " + i + ".\"\"\"\n")
        .put("entry_point", "add")
        .put("canonical_solution", "    return x + " + i + "\n")
        .put("test", "def check(candidate):\n    assert candidate(2) == " + (2 + i) + "\n");
  }

  private static ObjectNode completion(int i, String text) {
    return JobRunner.JSON
        .createObjectNode()
        .put("task_id", "HumanEval/" + i)
        .put("completion", text);
  }

  private void write(String name, List<ObjectNode> rows) throws IOException {
    List<String> lines = rows.stream().map(ObjectNode::toString).toList();
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    if (!name.endsWith(".gz")) {
      Files.writeString(file, "\ufeff" + String.join("\r\n", lines));
      return;
    }
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }
  }

  private Warehouse warehouse() {
    ConfigLoader loader =
        JobRunner.load(Evaluate.JOB, List.of("warehouse=" + folder.resolve("warehouse")));
    return TinyPipeline.warehouse(folder.resolve("warehouse"), loader);
  }

  private Evaluate.Summary evaluate(Warehouse warehouse, String... words) {
    List<String> all = new ArrayList<>(List.of("sandbox.workers=2", "run_id=given"));
    all.add("warehouse=" + folder.resolve("warehouse"));
    all.addAll(List.of(words));
    return Evaluate.run(warehouse, JobRunner.load(Evaluate.JOB, all).bind(EvaluateConfig.class));
  }

  @Test
  void twoProblemSetsOfOneNameAreRefused() {
    String set = "{name: n, family: atom, split: train, limit: 3}";
    String sets = "problem_sets=[" + set + ", " + set + "]";
    assertThatThrownBy(() -> JobRunner.load(Evaluate.JOB, List.of(sets)).bind(EvaluateConfig.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("problem_sets must be sets with different names, got [n, n]");
  }

  @Test
  void completionsOfAFileGiveTheUnbiasedPassRate() throws IOException {
    write("problems/a.jsonl.gz", List.of(humanEval(0)));
    write("problems/b.jsonl", List.of(humanEval(1)));
    List<ObjectNode> completions = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      completions.add(completion(0, i < 2 ? "    return x\n" : "    return x + 7\n"));
      completions.add(completion(1, i < 1 ? "    return x + 1\n" : "    return None\n"));
    }
    write("out.jsonl", completions);
    Warehouse warehouse = warehouse();

    Evaluate.Summary summary =
        evaluate(
            warehouse,
            "problems=" + folder.resolve("problems"),
            "completions=" + folder.resolve("out.jsonl"));

    Map<String, Double> rates = summary.passRates().get("problems");
    assertThat(rates).containsOnlyKeys("pass@1", "pass@5").containsEntry("pass@5", 1.0);
    assertThat(rates.get("pass@1")).isCloseTo((2 / 5.0 + 1 / 5.0) / 2, within(1e-12));
    List<EvaluationRow> rows = Rows.collect(EVALUATIONS, warehouse.read(EVALUATIONS));
    assertThat(rows)
        .extracting(r -> r.problemId() + " " + r.c() + " of " + r.n() + " " + r.checkpointId())
        .containsExactlyInAnyOrder("HumanEval/0 2 of 5 out.jsonl", "HumanEval/1 1 of 5 out.jsonl");
  }

  @Test
  void completionsAndProblemsMustBelongTogether() throws IOException {
    write("problems.jsonl", List.of(humanEval(0), humanEval(1)));
    String problems = "problems=" + folder.resolve("problems.jsonl");
    String completions = "completions=" + folder.resolve("out.jsonl");
    write("out.jsonl", List.of(completion(0, "    return x\n")));
    assertThatThrownBy(() -> evaluate(warehouse(), problems, completions))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none for task HumanEval/1");
    write("out.jsonl", List.of(completion(0, "    return x\n"), completion(2, "")));
    assertThatThrownBy(() -> evaluate(warehouse(), problems, completions))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("has task HumanEval/2, which");
    Files.writeString(folder.resolve("out.jsonl"), "{\"task_id\": \"HumanEval/0\"}\n");
    assertThatThrownBy(() -> evaluate(warehouse(), problems, completions))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("out.jsonl:1: one of the keys");
    write("out.jsonl", List.of(completion(0, "")));
    assertThatThrownBy(() -> evaluate(warehouse(), "problems=" + folder + "/no*", completions))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("problems: there is no file");
  }

  private LoadProblems.Summary load(Warehouse warehouse, String file, String name) {
    List<String> words =
        List.of(
            "warehouse=" + folder.resolve("warehouse"),
            "problems=" + folder.resolve(file),
            "name=" + name,
            "split=test");
    return LoadProblems.run(
        warehouse, JobRunner.load(LoadProblems.JOB, words).bind(LoadProblems.Config.class));
  }

  @Test
  void problemsOfOthersStandInTheTableBesideOnesOwn() throws IOException {
    Warehouse warehouse = warehouse();
    List<Problem> own = ToyTables.problems(1, 1);
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, own));
    write("he.jsonl", List.of(humanEval(0), humanEval(1)));
    Files.writeString(
        folder.resolve("io.json"),
        "[{\"problem_id\": 3, \"question\": \"Add.\", \"input_output\":"
            + " {\"inputs\": [\"1 2\"], \"outputs\": [\"3\"]}}]");

    assertThat(load(warehouse, "he.jsonl", "he")).isEqualTo(new LoadProblems.Summary("he", 2, 2));
    assertThat(load(warehouse, "io.json", "io")).isEqualTo(new LoadProblems.Summary("io", 1, 0));
    load(warehouse, "he.jsonl", "he");

    List<Problem> all = Rows.collect(PROBLEMS, warehouse.read(PROBLEMS));
    assertThat(all).hasSize(own.size() + 3).containsAll(own);
    List<Problem> external = all.stream().filter(p -> p.family().equals("external")).toList();
    assertThat(external)
        .extracting(Problem::problemId)
        .containsExactlyInAnyOrder("he/HumanEval/0", "he/HumanEval/1", "io/3");
    Sandbox sandbox = Sandbox.shared(SandboxSettings.DEFAULT);
    for (Problem problem : external) {
      boolean program = problem.problemId().startsWith("io");
      String right = program ? "print(sum(map(int, input().split())))" : problem.referenceInline();
      Task task = Task.of(problem, problem.promptEn(), "auto");
      assertThat(task.judge(sandbox, null, "```\n" + right + "\n```").outcome())
          .isEqualTo(Outcome.PASSED);
      assertThat(task.judge(sandbox, null, "```\nprint(5)\n```").outcome())
          .isNotEqualTo(Outcome.PASSED);
      Check check = Check.of(problem.entryPoint(), problem.tests());
      assertThat(check.judge(sandbox, right, JudgeOptions.DEFAULT).outcome())
          .isEqualTo(Outcome.PASSED);
    }
  }

  @Test
  void aFileThatIsNoProblemIsNamedAndNothingIsWritten() throws IOException {
    write("he.jsonl", List.of(humanEval(0), humanEval(0)));
    Warehouse warehouse = warehouse();
    assertThatThrownBy(() -> load(warehouse, "he.jsonl", "he"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("he.jsonl:2: task HumanEval/0 stands twice");
    assertThat(warehouse.exists(PROBLEMS)).isFalse();
  }
}
