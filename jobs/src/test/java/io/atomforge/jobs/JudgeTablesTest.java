package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static io.atomforge.tables.Tables.VERDICTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.JudgeSolutions.Config;
import io.atomforge.jobs.judge.JudgeSummary;
import io.atomforge.jobs.judge.JudgeTables;
import io.atomforge.jobs.judge.JudgeTables.Task;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.Trust;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.Solution;
import io.atomforge.synthesis.TestCase;
import io.atomforge.tables.Rows;
import io.atomforge.tables.VerdictRow;
import io.atomforge.tables.Warehouse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeTablesTest {
  private static final SandboxConfig SANDBOX =
      new SandboxConfig(
          "python3", 2, IsolationLevel.PROCESS, 0.2, 128, 4096, 8192, 16, Trust.SHARED);
  private static final List<TestCase> TESTS =
      List.of(new TestCase("[2]", "4", true), new TestCase("[3]", "9", false));

  /** Different programs that all pass, and that no other test has run. */
  private static List<String> squares(String test, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "def f(x): return x * x  # " + test + i)
        .toList();
  }

  private static void solutions(Warehouse warehouse, List<String> codes) {
    List<Solution> solutions =
        IntStream.range(0, codes.size())
            .mapToObj(i -> new Solution("s" + i, "p", "test", codes.get(i)))
            .toList();
    warehouse.overwrite(SOLUTIONS, warehouse.dataset(SOLUTIONS, solutions));
  }

  private static JudgeSummary judge(Warehouse warehouse, SandboxConfig sandbox) throws Exception {
    return JudgeSolutions.run(warehouse, new Config("", 17, 2, sandbox, "", "", "auto", false));
  }

  private static Map<String, VerdictRow> verdicts(Warehouse warehouse) {
    return Rows.collect(VERDICTS, warehouse.read(VERDICTS)).stream()
        .collect(Collectors.toMap(VerdictRow::solutionId, Function.identity()));
  }

  @Test
  void whatWasJudgedIsNotJudgedAgain(@TempDir Path folder) throws Exception {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    Problem problem =
        new Problem(
            "p",
            "atom",
            List.of("a"),
            1,
            "f",
            "",
            "",
            "",
            "",
            "",
            TESTS,
            1.0,
            "graph",
            "fingerprint",
            "train");
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, List.of(problem)));
    List<String> codes = new ArrayList<>(squares("again", 20));
    codes.add(codes.get(0));
    codes.add("def f(x):\n  while True: pass");
    codes.add("import time\ndef f(x): time.sleep(60)");
    solutions(warehouse, codes);

    JudgeSummary first = judge(warehouse, SANDBOX);
    Map<String, VerdictRow> before = verdicts(warehouse);
    assertThat(first).isEqualTo(new JudgeSummary(23, 0, 1, Map.of("PASSED", 21L, "TIMEOUT", 2L)));
    assertThat(before.get("s21").detail()).startsWith("CPU");
    assertThat(before.get("s22").detail()).startsWith("WALL");
    assertThat(before.get("s22").contentHash()).as("depends on the clock").isEmpty();

    codes.set(3, "def f(x): return x + 2");
    codes.set(22, codes.get(4));
    solutions(warehouse, codes);
    JudgeSummary second = judge(warehouse, SANDBOX);
    Map<String, VerdictRow> after = verdicts(warehouse);
    assertThat(second)
        .isEqualTo(
            new JudgeSummary(23, 22, 0, Map.of("PASSED", 21L, "TIMEOUT", 1L, "WRONG_ANSWER", 1L)));
    before.keySet().removeAll(List.of("s0", "s20", "s3", "s22"));
    assertThat(after).containsAllEntriesOf(before);
  }

  private static Dataset<Row> tasks(List<String> codes) {
    List<Row> rows =
        IntStream.range(0, codes.size())
            .mapToObj(i -> JudgeTables.TASK.toRow(new Task("s" + i, codes.get(i), "f", TESTS, "h")))
            .toList();
    return TinyPipeline.SPARK
        .createDataset(rows, Encoders.row(JudgeTables.TASK.schema()))
        .repartition(3);
  }

  @Test
  void aTaskThatFailsOnceLosesAndDoublesNothing() {
    LongAccumulator run = TinyPipeline.SPARK.sparkContext().longAccumulator();
    LongAccumulator cached = TinyPipeline.SPARK.sparkContext().longAccumulator();
    Dataset<Row> failing =
        JudgeTables.judge(tasks(squares("fails", 40)), SANDBOX, 0, run, cached)
            .mapPartitions(
                (MapPartitionsFunction<Row, Row>)
                    rows -> {
                      List<Row> all = new ArrayList<>();
                      rows.forEachRemaining(all::add);
                      if (TaskContext.get().attemptNumber() == 0) {
                        throw new IllegalStateException("the first attempt fails");
                      }
                      return all.iterator();
                    },
                Encoders.row(VERDICTS.codec().schema()));
    List<VerdictRow> verdicts = Rows.collect(VERDICTS, failing);

    assertThat(verdicts).hasSize(40).allMatch(v -> v.outcome().equals("PASSED"));
    assertThat(verdicts).extracting(VerdictRow::solutionId).doesNotHaveDuplicates();
    assertThat(run.value()).as("attempts that failed do not count").isEqualTo(40);
    assertThat(cached.value()).as("the second ones found what the first ones had run").isPositive();
  }

  @Test
  void anExecutorThatCannotIsolateIsTheUsersMistake() {
    SandboxConfig missing =
        new SandboxConfig(
            "/no/such/python", 2, IsolationLevel.PROCESS, 0.2, 128, 4096, 8192, 16, Trust.SHARED);
    LongAccumulator any = TinyPipeline.SPARK.sparkContext().longAccumulator();

    assertThatThrownBy(
            () -> JudgeTables.judge(tasks(squares("refused", 1)), missing, 0, any, any).collect())
        .hasRootCauseInstanceOf(ConfigException.class)
        .rootCause()
        .hasMessageContaining("sandbox.python=/no/such/python");
  }
}
