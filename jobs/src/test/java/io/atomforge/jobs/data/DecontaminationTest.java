package io.atomforge.jobs.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.TinyPipeline;
import io.atomforge.jobs.ToyTables;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.Trust;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecontaminationTest {
  private static final SandboxConfig SANDBOX =
      new SandboxConfig("python3", 2, IsolationLevel.PROCESS, 2, 256, 4096, 8192, 0, Trust.SHARED);

  @TempDir Path folder;

  private Map<String, String> findings(String... lines) throws Exception {
    Path file = Files.write(folder.resolve("tasks.jsonl"), List.of(lines));
    List<Problem> problems = ToyTables.problems(4, 4);
    Dataset<Row> rows =
        TinyPipeline.SPARK
            .createDataset(
                problems.stream().map(Tables.PROBLEMS.codec()::toRow).toList(),
                Encoders.row(Tables.PROBLEMS.codec().schema()))
            .coalesce(2);
    Map<String, String> found = new TreeMap<>();
    Decontamination.open(
            TinyPipeline.warehouse(folder.resolve("w"), TinyPipeline.loader(folder)),
            SANDBOX,
            List.of(file.toString()),
            5)
        .findings(rows)
        .collectAsList()
        .forEach(r -> found.put(r.getString(0), r.getString(1) + ": " + r.getString(2)));
    return found;
  }

  private static String humanEval(String name, String prompt, String solution, String test)
      throws Exception {
    return JobRunner.JSON.writeValueAsString(
        Map.of(
            "task_id", name,
            "prompt", prompt,
            "canonical_solution", solution,
            "test", test,
            "entry_point", "theirs"));
  }

  @Test
  void aProblemThatPassesTheirTestsIsFoundWhateverItsWords() throws Exception {
    Map<String, String> found =
        findings(
            humanEval(
                "T/0",
                "def theirs(k):\n    \"\"\"Three more.\"\"\"\n",
                "    return 3 + k\n",
                "def check(candidate):\n"
                    + "    for k in range(9):\n"
                    + "        assert candidate(k) == k + 3\n"),
            humanEval("T/1", "def theirs(a, b):\n", "    return a\n", "assert theirs(1, 2) == 1"));
    assertThat(found.keySet())
        .containsExactly("a-3", "atom-3", "idiom-3", "semantic-3", "surface-3");
    assertThat(found.values()).containsOnly("passes the tests of a benchmark: tasks.jsonl T/0");
  }

  @Test
  void aProblemThatSharesARunOfWordsIsFound() throws Exception {
    assertThat(
            findings(
                """
                {"task_id": 7, "text": "Write a function: solve (n), to ADD 2 to it.",
                 "code": "def other(x):\\n    return -x", "test_list": ["assert other(5) == -5"]}\
                """
                    .replace("\n", " ")))
        .hasSize(5)
        .containsEntry(
            "atom-2", "shares words with a benchmark: tasks.jsonl 7: \"solve n to add 2\"");
  }

  @Test
  void aTestThatAnythingPassesFindsNothingAndOneThatNeverEndsStopsNothing() throws Exception {
    assertThat(
            findings(
                humanEval("T/0", "p", "", "def check(candidate):\n    candidate\n"),
                humanEval("T/1", "q", "", "while theirs(1): pass"),
                humanEval("T/2", "r", "", "assert theirs(1) == "),
                humanEval("T/3", "s", "", "import sys\nsys.exit(theirs(0))"),
                humanEval("T/4", "t", "", "assert theirs(4) == 6 and theirs(0) == 2")))
        .containsOnlyKeys("a-2", "atom-2", "idiom-2", "semantic-2", "surface-2");
  }

  @Test
  void aLineThatIsNoTaskIsNamed() {
    for (Map.Entry<String, String> line :
        Map.of(
                "{\"task_id\": 1}", "tasks.jsonl:1: neither HumanEval's keys",
                "nothing", "tasks.jsonl:1: not a JSON object",
                "{\"task_id\": 1, \"text\": \"\", \"code\": \"\", \"test_list\": []}",
                    "calls no function that code defines")
            .entrySet()) {
      assertThatThrownBy(() -> findings(line.getKey()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(line.getValue());
    }
  }
}
