package io.atomforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atomforge.config.ConfigException;
import io.atomforge.value.Equality;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SandboxTest {
  private static final Program.AfterFailure GO_ON = Program.AfterFailure.GO_ON;
  private static final Limits LIMITS = new Limits(0.2, 128, 64);
  private static final SandboxSettings SETTINGS =
      new SandboxSettings("python3", 2, IsolationLevel.PROCESS, 0, LIMITS);
  private static final Map<IsolationLevel, Sandbox> SANDBOXES = new ConcurrentHashMap<>();
  private static final Map<Long, List<String>> MOUNTS = new ConcurrentHashMap<>();

  private static final SandboxSettings ONE_WORKER =
      new SandboxSettings("python3", 1, IsolationLevel.PROCESS, 0, LIMITS);
  private static Sandbox strongest;

  /**
   * One worker held to one level, so that each program meets what the one before it left; skips the
   * test where this machine does not offer the level.
   */
  private static Sandbox at(IsolationLevel level) {
    Sandbox sandbox = SANDBOXES.computeIfAbsent(level, l -> new Sandbox(ONE_WORKER, l));
    assumeTrue(sandbox.isolation() == level, sandbox::isolationReasons);
    return sandbox;
  }

  @BeforeAll
  static void open() {
    strongest = new Sandbox(SETTINGS, IsolationLevel.FULL);
  }

  @AfterAll
  static void close() {
    strongest.close();
    SANDBOXES.values().forEach(Sandbox::close);
  }

  /**
   * Each program at the strongest level and, in turn, at one of the weaker; what tries to get out
   * or to stay at every level that must contain it.
   */
  private static Stream<Arguments> programsAtLevelsThatMustContainThem() {
    List<Corpus.Entry> entries = new ArrayList<>(Corpus.read("honest"));
    entries.addAll(Corpus.read("hostile"));
    return Stream.of(IsolationLevel.values())
        .flatMap(
            level ->
                IntStream.range(0, entries.size())
                    .filter(i -> level.isAtLeast(entries.get(i).weakest()))
                    .filter(
                        i ->
                            level == IsolationLevel.FULL
                                || level.ordinal() == 1 + i % 4
                                || entries.get(i).name().matches("(escape|leaks)/.*"))
                    .mapToObj(i -> Arguments.of(level, entries.get(i))));
  }

  /** A process's mounts and open descriptors; the last frame's may be about to be closed. */
  private static void assertNothingIsLeftIn(Process worker) throws IOException {
    Path process = Path.of("/proc/" + worker.pid());
    if (Files.isReadable(process.resolve("fd"))) {
      try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
        assertThat(descriptors.count()).isLessThanOrEqualTo(15);
      }
    }
    assertThat(Files.readAllLines(process.resolve("mountinfo")))
        .hasSameSizeAs(MOUNTS.computeIfAbsent(worker.pid(), pid -> mounts(process)));
  }

  private static List<String> mounts(Path process) {
    try {
      return Files.readAllLines(process.resolve("mountinfo"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("programsAtLevelsThatMustContainThem")
  void programEndsAsDeclaredAndLeavesNothing(IsolationLevel level, Corpus.Entry entry)
      throws IOException {
    Sandbox sandbox = at(level);
    List<Process> workers = sandbox.processes();
    assertNothingIsLeftIn(workers.get(0));

    Limits limits = entry.outcomes().contains(Outcome.PASSED) ? Limits.DEFAULT : LIMITS;
    Execution execution = sandbox.run(entry.program(), limits);
    List<Expected> expected =
        entry.expectedJson().stream().map(e -> Expected.of(e, Equality.DEFAULT)).toList();
    Verdict verdict = Verdict.of(execution, expected, JudgeOptions.DEFAULT);

    assertThat(verdict.outcome()).as(verdict.toString()).isIn(entry.outcomes());
    assertThat(verdict.isolation()).isEqualTo(level);
    assertThat(Corpus.judge(sandbox, Corpus.SQUARE, Corpus.SQUARES).outcome())
        .isEqualTo(Outcome.PASSED);
    assertThat(sandbox.processes()).as("no worker was lost").isEqualTo(workers);
    assertThat(workers).allMatch(w -> w.descendants().findAny().isEmpty());
    assertNothingIsLeftIn(workers.get(0));
  }

  @Test
  void largeValuesTravelBothWays() {
    String digits = "9".repeat(6000);
    String numbers = IntStream.range(0, 9000).mapToObj(Integer::toString).toList().toString();
    Program program =
        new Program(
            "def f(x): return x",
            "f",
            List.of(new Call("[" + numbers + "]"), new Call("[" + digits + "]")));

    Verdict verdict = Corpus.judge(strongest, program, List.of(numbers, digits));

    assertThat(verdict.outcome()).as(verdict.detail()).isEqualTo(Outcome.PASSED);
  }

  @ParameterizedTest
  @EnumSource(IsolationLevel.class)
  void callsGoOnAfterOneFails(IsolationLevel level) {
    Program program =
        new Program(
            "def f(x, y=1):\n  return 10 // x * y",
            "f",
            List.of(
                new Call("[5]"), new Call("[0]"), new Call("[2]", "{\"y\": 3}"), new Call("[]")));

    Verdict verdict = Corpus.judge(at(level), program, List.of("2", "0", "15", "0"));

    assertThat(verdict.passed()).isEqualTo(2);
    assertThat(verdict.total()).isEqualTo(4);
    assertThat(verdict.outcome()).isEqualTo(Outcome.RUNTIME_ERROR);
    assertThat(verdict.detail()).startsWith("ZeroDivisionError").endsWith("(line 2)");
    assertThat(verdict.calls().get(2).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(verdict.cpuMs()).isPositive();
    assertThat(verdict.peakMemoryKib()).isPositive();
  }

  @Test
  void callsBeforeATimeoutKeepTheirVerdict() {
    Program program =
        new Program(
            "def f(x):\n  while x == 3: pass\n  return x",
            "f",
            List.of(new Call("[2]"), new Call("[3]"), new Call("[4]")));

    Verdict verdict = Corpus.judge(strongest, program, List.of("2", "3", "4"));

    assertThat(verdict.calls())
        .extracting(CallResult::outcome)
        .containsExactly(Outcome.PASSED, Outcome.TIMEOUT, Outcome.TIMEOUT);
    assertThat(verdict.outcome()).isEqualTo(Outcome.TIMEOUT);
    assertThat(verdict.detail()).startsWith("CPU");
    // However late the worker looks, the kernel ends it at two seconds more.
    assertThat(verdict.cpuMs()).isBetween(200.0, 2300.0);
  }

  @Test
  void sleepingIsEndedByTheWallClock() {
    Limits limits = new Limits(0.2, 64, 64);
    Program sleeper =
        new Program("import time\ndef f(): time.sleep(60)", "f", List.of(new Call("[]")));

    Execution execution = strongest.run(sleeper, limits);

    assertThat(execution.outcome()).isEqualTo(Outcome.TIMEOUT);
    assertThat(execution.detail()).startsWith("WALL");
    assertThat(execution.wallMs()).isGreaterThanOrEqualTo(1000 * limits.wallLimitSeconds());
  }

  @Test
  void programThatDiesAfterItsLastCallDoesNotPass() {
    Program program =
        new Program(
            "import os\nclass S(str):\n  def __del__(self): os._exit(0)\ndef f(x): return S(x)",
            "f",
            List.of(new Call("[\"1\"]")));

    assertThat(Corpus.judge(strongest, program, List.of("\"1\"")).outcome())
        .isEqualTo(Outcome.RUNTIME_ERROR);
  }

  @Test
  void verdictsComeInTheOrderOfThePrograms() {
    List<Program> programs = new ArrayList<>();
    List<List<String>> expected = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      programs.add(new Program("def f(x): return x + " + i, "f", List.of(new Call("[" + i + "]"))));
      expected.add(List.of(Integer.toString(i % 3 == 0 ? -1 : 2 * i)));
    }

    List<Verdict> verdicts = new ArrayList<>();
    strongest
        .inOrder(
            IntStream.range(0, 60).iterator(),
            i -> Corpus.judge(strongest, programs.get(i), expected.get(i)))
        .forEachRemaining(verdicts::add);

    assertThat(IntStream.range(0, 60).filter(i -> i % 3 == 0))
        .allMatch(i -> verdicts.get(i).outcome() == Outcome.WRONG_ANSWER);
    assertThat(verdicts).filteredOn(v -> v.outcome() == Outcome.PASSED).hasSize(40);
  }

  @Test
  void sameProgramGivesTheSameResultOnEveryWorker() {
    Program program =
        new Program(
            "import random\ndef f(): return [random.random(), hash('a'), list({'a', 'b', 'c'})]",
            "f",
            List.of(new Call("[]")));

    List<Execution> executions = strongest.runAll(Collections.nCopies(8, program));

    assertThat(executions)
        .extracting(e -> e.calls().get(0).outputJson())
        .containsOnly(executions.get(0).calls().get(0).outputJson());
  }

  @Test
  void killedIdleWorkersAreReplacedUnnoticed() throws InterruptedException {
    long opened = System.nanoTime();
    try (Sandbox sandbox = new Sandbox(SETTINGS, IsolationLevel.FULL)) {
      sandbox.runAll(Collections.nCopies(4, Corpus.SQUARE));
      long opening = System.nanoTime() - opened;
      for (Process worker : sandbox.processes()) {
        worker.destroyForcibly().waitFor();
      }

      long started = System.nanoTime();
      Verdict verdict = Corpus.judge(sandbox, Corpus.SQUARE, Corpus.SQUARES);

      assertThat(verdict.outcome()).isEqualTo(Outcome.PASSED);
      // What it costs on this machine at this time to start a pool, and room for a change of load.
      assertThat(System.nanoTime() - started).isLessThan(10 * opening);
    }
  }

  @Test
  void workerLostOnceCostsARetryAndWithItsProgramNothingIsLeft() throws Exception {
    try (Sandbox sandbox = new Sandbox(SETTINGS, IsolationLevel.FULL)) {
      Program slow =
          new Program(
              "import time\ndef f(x):\n  time.sleep(0.4)\n  return x",
              "f",
              List.of(new Call("[1]")));
      CompletableFuture<Verdict> verdict =
          CompletableFuture.supplyAsync(() -> Corpus.judge(sandbox, slow, List.of("1")));
      ProcessHandle program = null;
      while (program == null) {
        program =
            sandbox.processes().stream()
                .flatMap(w -> w.toHandle().children())
                .findAny()
                .orElse(null);
      }
      program.parent().orElseThrow().destroyForcibly();

      assertThat(verdict.get().outcome()).isEqualTo(Outcome.PASSED);
      assertThat(program.onExit().get().isAlive()).isFalse();
    }
  }

  @Test
  void programThatLosesTwoWorkersIsToBlame() throws Exception {
    try (Sandbox sandbox = new Sandbox(SETTINGS, IsolationLevel.FULL)) {
      sandbox.runAll(Collections.nCopies(4, Corpus.SQUARE));
      Program slow =
          new Program("import time\ndef f(): time.sleep(60)", "f", List.of(new Call("[]")));
      CompletableFuture<Execution> execution =
          CompletableFuture.supplyAsync(() -> sandbox.run(slow));
      List<ProcessHandle> programs = new ArrayList<>();
      while (!execution.isDone()) {
        for (Process worker : sandbox.processes()) {
          List<ProcessHandle> children = worker.toHandle().children().toList();
          programs.addAll(children);
          if (!children.isEmpty()) {
            worker.destroyForcibly();
          }
        }
      }

      assertThat(execution.get().outcome()).isEqualTo(Outcome.RUNTIME_ERROR);
      assertThat(execution.get().detail()).isEqualTo("WORKER_LOST");
      for (ProcessHandle program : programs) {
        program.onExit().get(10, TimeUnit.SECONDS);
      }
      assertThat(Corpus.judge(sandbox, Corpus.SQUARE, Corpus.SQUARES).outcome())
          .isEqualTo(Outcome.PASSED);
    }
  }

  /** An interpreter whose first two workers answer every request with a failure to confine it. */
  private static Path brokenTwice(Path folder) throws IOException {
    String python = Interpreter.find("python3").path();
    Path script = folder.resolve("python");
    Files.writeString(
        script,
        """
#!%s
import os, struct, sys
if sys.argv[1] == "-I":
    print(os.path.abspath(__file__))
    sys.exit()
begun = %s
open(begun, "a").write(".")
if os.path.getsize(begun) > 2:
    os.execv(%s, ["python"] + sys.argv[1:])
os.write(1, b'{"level": "PROCESS", "python": "3", "reasons": {}, "group": "", "no_group": ""}\\n')
while True:
    os.read(0, struct.unpack(">6I", os.read(0, 24))[0])
    os.write(1, struct.pack(">iiqqqiii", 3, 0, 0, 0, 0, 0, 4, 0) + b"fork")
"""
            .formatted(python, quoted(folder.resolve("begun").toString()), quoted(python)));
    script.toFile().setExecutable(true);
    return script;
  }

  private static String quoted(String text) {
    return "'" + text + "'";
  }

  /** More often than a program that loses its worker. */
  @Test
  void aProgramThatCouldNotBeConfinedIsTriedInANewProcess(@TempDir Path folder) throws Exception {
    SandboxSettings settings =
        new SandboxSettings(
            brokenTwice(folder).toString(), 1, IsolationLevel.PROCESS, 0, Limits.DEFAULT);
    try (Sandbox sandbox = new Sandbox(settings, IsolationLevel.FULL)) {
      Process broken = sandbox.processes().get(0);

      assertThat(Corpus.judge(sandbox, Corpus.SQUARE, Corpus.SQUARES).outcome())
          .isEqualTo(Outcome.PASSED);
      assertThat(broken.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void killedWorkersLoseAndDoubleNoResult() throws Exception {
    try (Sandbox sandbox = new Sandbox(SETTINGS, IsolationLevel.FULL)) {
      AtomicInteger runs = new AtomicInteger();
      List<Integer> results = new ArrayList<>();
      sandbox
          .inOrder(
              IntStream.range(0, 200).iterator(),
              i -> {
                if (i % 50 == 25) {
                  List<Process> alive = sandbox.processes();
                  alive.get(i / 50 % alive.size()).destroyForcibly();
                }
                runs.incrementAndGet();
                Call call = new Call("[" + i + "]");
                Verdict verdict =
                    Corpus.judge(
                        sandbox,
                        new Program("def f(x): return 2 * x", "f", List.of(call)),
                        List.of(Integer.toString(2 * i)));
                return verdict.outcome() == Outcome.PASSED ? i : -1;
              })
          .forEachRemaining(results::add);

      assertThat(results).containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
      assertThat(runs).hasValue(200);
    }
  }

  @Test
  void anEqualProgramIsRunOnceWhereThereIsACache() {
    Program clock =
        new Program(
            "import time\ndef f(): return time.perf_counter_ns()", "f", List.of(new Call("[]")));
    SandboxSettings cached =
        new SandboxSettings("python3", 2, IsolationLevel.PROCESS, 0, LIMITS, 1);
    try (Sandbox sandbox = new Sandbox(cached, IsolationLevel.FULL)) {
      List<Execution> executions = sandbox.runAll(Collections.nCopies(8, clock));

      assertThat(executions).containsOnly(executions.get(0));
      assertThat(sandbox.takeCacheHits()).isEqualTo(7);
      Execution other = sandbox.run(clock, new Limits(0.3, 128, 64));
      assertThat(other.calls()).isNotEqualTo(executions.get(0).calls());
    }
    assertThat(strongest.runAll(Collections.nCopies(2, clock))).doesNotHaveDuplicates();
  }

  @Test
  void theContentHashTellsApartWhatAVerdictDependsOn() {
    String code = Corpus.SQUARE.code();
    Tests calls = Corpus.tests(Corpus.SQUARE, Corpus.SQUARES);
    JudgeOptions options = JudgeOptions.DEFAULT;
    String hash = strongest.contentHash(code, calls, options);

    assertThat(hash).isEqualTo(strongest.contentHash(code, calls, options)).hasSize(64);
    assertThat(
            List.of(
                strongest.contentHash(code + "\n", calls, options),
                strongest.contentHash(
                    code, Corpus.tests(Corpus.SQUARE, List.of("4", "8")), options),
                strongest.contentHash(
                    code, calls, new JudgeOptions(options.limits(), Equality.EXACT, GO_ON)),
                strongest.contentHash(
                    code, calls, new JudgeOptions(LIMITS, options.equality(), GO_ON)),
                strongest.contentHash(code, new Tests.Script("assert f(2) == 4", "f"), options),
                strongest.contentHash(code, new Tests.Script("assert f(2) == 8", "f"), options),
                strongest.contentHash(code, new Tests.Script("assert f(2) == 8", ""), options),
                at(IsolationLevel.FILTER_ONLY).contentHash(code, calls, options)))
        .doesNotContain(hash)
        .doesNotHaveDuplicates();
  }

  /**
   * Processes that are each within their limit and together above it, the largest the program's.
   */
  private static final String MANY_PROCESSES =
      """
      import os
      def f(x):
          start, go = os.pipe()
          for _ in range(4):
              if not os.fork():
                  os.read(start, 1)
                  mine = bytearray(60 << 20)
                  os.read(start, 1)
          mine = bytearray(110 << 20)
          os.write(go, b"1234")
          while True: os.wait()
      """;

  @Test
  void processesTogetherHaveTheMemoryOfOne() {
    Sandbox sandbox = at(IsolationLevel.PROCESS);
    assumeTrue(sandbox.noMemoryGroup().isEmpty(), sandbox::noMemoryGroup);

    Program program = new Program(MANY_PROCESSES, "f", List.of(new Call("[1]")));
    Verdict verdict = Corpus.judge(sandbox, program, List.of("1"), new Limits(2, 128, 64));

    assertThat(verdict.outcome()).as(verdict.toString()).isEqualTo(Outcome.MEMORY_LIMIT);
    assertThat(verdict.detail()).startsWith("OOM");
    assertThat(Corpus.judge(sandbox, Corpus.SQUARE, Corpus.SQUARES).outcome())
        .isEqualTo(Outcome.PASSED);
  }

  @Test
  void isolationBelowTheMinimumIsRefused() {
    SandboxSettings demanding =
        new SandboxSettings("python3", 1, IsolationLevel.FULL, 0, Limits.DEFAULT);

    assertThatThrownBy(() -> new Sandbox(demanding, IsolationLevel.FILTER_ONLY))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("below minimum_isolation FULL");
  }

  @Test
  void missingInterpreterIsNamed() {
    SandboxSettings missing =
        new SandboxSettings("/no/such/python", 1, IsolationLevel.PROCESS, 0, Limits.DEFAULT);

    assertThatThrownBy(() -> Sandbox.shared(missing))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("/no/such/python");
  }

  @Test
  void equalSettingsShareOnePool() {
    Sandbox one = Sandbox.shared(SETTINGS);
    assertThat(Sandbox.shared(SETTINGS)).isSameAs(one);
    assertThat(one.pythonVersion()).startsWith("3.");
    one.close();
  }

  @Test
  void judgingWithoutACallOrAValueIsRefused() {
    assertThatThrownBy(() -> new Tests.Calls("f", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Tests.Calls.Case(new Call("[1]"), "{"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Call("{\"a\": 1}")).isInstanceOf(IllegalArgumentException.class);
  }
}
