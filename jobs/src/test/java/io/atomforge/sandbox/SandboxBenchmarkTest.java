package io.atomforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxBenchmarkTest {
  private static final SandboxSettings SETTINGS =
      new SandboxSettings("python3", 2, IsolationLevel.PROCESS, 0, Limits.DEFAULT);

  @TempDir Path folder;

  @Test
  void theBaselinesAgreeWithThePool() throws Exception {
    try (BenchmarkRunner pool = pool();
        BenchmarkRunner fork = driver("fork");
        BenchmarkRunner subprocess = driver("python -I -S")) {
      List<BenchmarkWorkload> workloads = new ArrayList<>(BenchmarkWorkload.others().subList(0, 4));
      workloads.add(BenchmarkWorkload.arithmetic(5));
      SandboxBenchmark.agree(List.of(pool, fork, subprocess), workloads);
    }
  }

  @Test
  void aDisagreementNamesTheRunnerAndTheRow() throws Exception {
    BenchmarkWorkload workload = BenchmarkWorkload.arithmetic(5);
    List<BenchmarkWorkload.Row> rows = new ArrayList<>(workload.rows());
    BenchmarkWorkload.Row row = rows.get(3);
    rows.set(3, new BenchmarkWorkload.Row(row.program(), row.expectedJson(), false, false));
    BenchmarkWorkload wrong = new BenchmarkWorkload("W", 10, rows);
    try (BenchmarkRunner pool = pool();
        BenchmarkRunner fork = driver("fork")) {
      assertThatThrownBy(() -> SandboxBenchmark.agree(List.of(pool), List.of(wrong)))
          .hasMessageStartingWith("atomforge judges row 3 of workload W otherwise than declared");
      assertThatThrownBy(() -> SandboxBenchmark.agree(List.of(fork), List.of(wrong)))
          .hasMessageStartingWith("fork judges row 3 of workload W otherwise than declared");
    }
  }

  @Test
  void aLoopIsEndedAndLeavesNothing() throws Exception {
    BenchmarkWorkload.Row row = BenchmarkWorkload.arithmetic(5).rows().get(0);
    Program loop = new Program("def f(xs):\n    while True: pass\n", "f", row.program().calls());
    BenchmarkWorkload loops =
        new BenchmarkWorkload(
            "L", 1, List.of(new BenchmarkWorkload.Row(loop, row.expectedJson(), false, true)));
    for (String name : List.of("python -I -S", "manager", "fork")) {
      try (BenchmarkRunner runner = driver(name)) {
        var once = runner.run(loops, 1, OptionalDouble.empty());
        assertThat(once.checks()).singleElement().matches(c -> !c.passed().orElseThrow());
        assertThat(runner.harness().flatMap(ProcessHandle::descendants)).isEmpty();
        assertThat(runner.temporaryFiles()).isEmptyDirectory();
      }
    }
  }

  private BenchmarkRunner pool() {
    return new BenchmarkRunner.Pool(new Sandbox(SETTINGS, IsolationLevel.FULL), folder);
  }

  private BenchmarkRunner driver(String name) throws Exception {
    return new BenchmarkRunner.Driver("python3", List.of(name), folder);
  }
}
