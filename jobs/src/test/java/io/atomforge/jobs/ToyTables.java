package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static io.atomforge.tables.Tables.VERDICTS;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.dataset.Split;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.Rejection;
import io.atomforge.synthesis.Solution;
import io.atomforge.synthesis.TestCase;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.CheckpointRow;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.Provenance;
import io.atomforge.tables.RolloutRow;
import io.atomforge.tables.SequenceRow;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.Table;
import io.atomforge.tables.VerdictRow;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Tables filled by hand, for tests of what reads them. */
public final class ToyTables {
  /** Every table, once per session; nobody writes to it. */
  static final Path FOLDER = folder();

  public static final Warehouse WAREHOUSE = fill(FOLDER.toString());

  private ToyTables() {}

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("toy-warehouse");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The warehouse in the name of a job, which has a seed and a run_id in its commits. */
  private static Warehouse as(Warehouse warehouse, String job, String runId) {
    ObjectNode config = JobRunner.JSON.createObjectNode().put("seed", 17).put("run_id", runId);
    return warehouse.as(new Provenance(job, "c0ffee", config));
  }

  private static <T extends Record> void write(Warehouse to, Table<T> table, List<T> rows) {
    to.overwrite(table, to.dataset(table, rows).coalesce(1));
  }

  /** Problems, an SFT run of two checkpoints and an evaluation of each of them. */
  static Warehouse fill(String location) {
    Warehouse any =
        Warehouse.open(
            TinyPipeline.SPARK,
            location,
            new Provenance("Toy", "c0ffee", JobRunner.JSON.createObjectNode()));
    write(
        as(any, "LoadAtoms", ""), ATOMS, IntStream.range(0, 4).mapToObj(ToyTables::atom).toList());
    Warehouse synthesis = as(any, "SynthesizeProblems", "");
    synthesis.read(ATOMS);
    List<Problem> problems = problems(4, 6);
    write(synthesis, PROBLEMS, problems);
    write(
        synthesis,
        REJECTIONS,
        List.of(
            new Rejection("composite_a/7: add1 > twice", "V3_DULL", "too few", "1 over 12"),
            new Rejection("composite_a/8: add2 > twice", "V3_DULL", "too few", "2 over 12"),
            new Rejection("composite_a/9: add9 > add9", "V6_REDUNDANT", "shorter", "part 1")));
    write(
        synthesis,
        SOLUTIONS,
        problems.stream()
            .map(p -> new Solution(p.problemId() + "/r", p.problemId(), "r", p.referenceInline()))
            .toList());
    write(
        as(any, "JudgeSolutions", ""),
        VERDICTS,
        problems.stream()
            .map(
                p ->
                    new VerdictRow(
                        p.problemId() + "/r", "PASSED", 6, 6, "", 1, 1, 1, "FULL", "values", ""))
            .toList());
    Warehouse dataset = as(any, "BuildDataset", "");
    dataset.read(PROBLEMS);
    write(
        dataset,
        SEQUENCES,
        List.of(
            new SequenceRow(
                "default", "a-0#1", "a-0", "composite_a", new int[] {1, 2}, new int[] {0, 1}, 1)));
    Warehouse sft = as(any, "TrainSft", "sft");
    sft.read(SEQUENCES);
    write(
        sft,
        CHECKPOINTS,
        List.of(
            new CheckpointRow("sft/step-0", "sft", 0, "/none/0", "", "00"),
            new CheckpointRow("sft/step-30", "sft", 30, "/none/30", "", "30")));
    write(
        sft,
        STEP_METRICS,
        IntStream.rangeClosed(1, 30)
            .mapToObj(i -> new StepMetric("sft", i, "train/loss", 3.0 / i))
            .toList());
    as(any, "TrainRl", "rl")
        .append(
            STEP_METRICS,
            any.dataset(
                STEP_METRICS,
                List.of(
                    new StepMetric("rl", 1, "critic/score/mean", 0.5),
                    new StepMetric("rl", 1, "training/learned_groups", 2))));
    write(
        as(any, "TrainRl", "rl"),
        ROLLOUTS,
        IntStream.range(0, 8).mapToObj(ToyTables::rollout).toList());
    List<EvaluationRow> evaluations = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      evaluations.add(evaluation("before_sft", "sft/step-0", "a-" + i, 0));
      evaluations.add(evaluation("after_sft", "sft/step-30", "a-" + i, 2 * i));
    }
    Warehouse evaluate = as(any, "Evaluate", "after_sft");
    evaluate.read(PROBLEMS);
    write(evaluate, EVALUATIONS, evaluations);
    return any;
  }

  public static AtomRow atom(int i) {
    return new AtomRow(
        "add" + i,
        "arithmetic",
        "add" + i,
        List.of(new AtomRow.ParameterRow("n", "int", "{}", "{}")),
        "int",
        "{}",
        "add " + i + " to {n}",
        "把{n}加上" + i,
        "def add" + i + "(n):\n    return n + " + i,
        "base",
        List.of(),
        i % 2 == 0 ? "S_A" : "S_B");
  }

  public static RolloutRow rollout(int i) {
    String outcome = i % 4 == 0 ? "PASSED" : "WRONG_ANSWER";
    return new RolloutRow(
        "rl",
        1 + i / 4,
        "a-0",
        "g" + i / 4,
        i % 4,
        "p",
        new int[0],
        "c",
        new int[] {1},
        "w",
        new float[] {-1},
        i % 4 == 0 ? 1 : 0,
        Map.of(),
        0,
        outcome,
        "stop",
        i % 4 == 0 ? 12 : 4,
        12,
        true,
        i % 4 <= 1,
        "values",
        3,
        i,
        0,
        0);
  }

  static EvaluationRow evaluation(String run, String checkpoint, String problem, int c) {
    return new EvaluationRow(
        run,
        checkpoint,
        "a_test",
        problem,
        2,
        10,
        c,
        c > 4,
        c > 4 ? "PASSED" : "WRONG_ANSWER",
        "def solve(n): return " + (c > 4 ? "add" + problem.substring(2) + "(n)" : "n"),
        Map.of("PASSED", (long) c, "WRONG_ANSWER", 10L - c),
        12.5,
        c,
        c > 4,
        c > 4,
        0.5,
        0.25,
        0.125);
  }

  /**
   * Problems that add i, told apart by their names, and two whose values are no JSON. For each
   * sixth composite_a there is a composite_b of the test split.
   *
   * @param atoms of family atom, and of each kind of atom_modify
   * @param composites of composite_a in the training split
   */
  public static List<Problem> problems(int atoms, int composites) {
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < atoms; i++) {
      problems.add(problem("atom-" + i, "atom", List.of("add" + i), i, "train"));
      for (String kind : List.of("surface", "idiom", "semantic")) {
        problems.add(
            problem(kind + "-" + i, "atom_modify", List.of("add" + i + "~" + kind), i, "train"));
      }
    }
    for (int i = 0; i < composites; i++) {
      problems.add(problem("a-" + i, "composite_a", tuple(Split.TRAIN, "add" + i), i, "train"));
      if (i % 6 == 0) {
        problems.add(problem("b-" + i, "composite_b", tuple(Split.TEST, "add" + i), i, "test"));
      }
    }
    problems.add(
        problem(
            "c-letters",
            "composite_c",
            "solve(text: str) -> set[str]",
            "def letters(text):\n    return set(text)\n\n\n",
            "def solve(text):\n    x = letters(text)\n    return x\n",
            List.of(
                new TestCase(
                    "[\"\\\"b\\\\n\"]", "{\"$set\":[\"\\\"\",\"b\",\"\\\\\",\"n\"]}", true),
                new TestCase("[\"\"]", "{\"$set\":[]}", false))));
    problems.add(
        problem(
            "c-swap",
            "composite_c",
            "solve(pair: tuple[int, float], flag: bool) -> tuple[float, bool]",
            "def swap(pair, flag):\n    return pair[1], flag and pair[0] > 0\n\n\n",
            "def solve(pair, flag):\n    x = swap(pair, flag)\n    return x\n",
            List.of(
                new TestCase("[{\"$tuple\":[1,2.0]},true]", "{\"$tuple\":[2.0,true]}", true),
                new TestCase("[{\"$tuple\":[0,1.5]},true]", "{\"$tuple\":[1.5,false]}", false))));
    problems.add(
        problem(
            "c-join",
            "composite_c",
            "solve(words: list[str], flag: bool, scale: float) -> list[str]",
            "def join(words, flag, scale):\n"
                + "    return words + [str(scale)] if flag else words\n\n\n",
            "def solve(words, flag, scale):\n    x = join(words, flag, scale)\n    return x\n",
            List.of(
                new TestCase(
                    "[[\"a\\nb\",\"true\"],true,1.0]", "[\"a\\nb\",\"true\",\"1.0\"]", true),
                new TestCase("[[],false,2.5]", "[]", false))));
    return problems;
  }

  /** Two atoms, the first one given, that belong to a split. */
  static List<String> tuple(Split split, String first) {
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> List.of(first, "twice" + i))
        .filter(atoms -> Split.of(atoms) == split)
        .findFirst()
        .orElseThrow();
  }

  private static Problem problem(
      String id, String family, String signature, String atom, String call, List<TestCase> tests) {
    return new Problem(
        id,
        family,
        tuple(Split.TRAIN, id),
        2,
        "solve",
        signature,
        "Do \"" + id + "\" \\.",
        "做" + id + "。",
        atom + call,
        call,
        tests,
        1,
        "graph of " + id,
        "fingerprint of " + id,
        "train");
  }

  private static Problem problem(
      String id, String family, List<String> atoms, int i, String split) {
    String function = "add" + i;
    String call = "def solve(n):\n    x = " + function + "(n)\n    return x\n";
    List<TestCase> tests = new ArrayList<>();
    for (int n = 0; n < 6; n++) {
      tests.add(new TestCase("[" + n + "]", String.valueOf(n + i), n < 2));
    }
    return new Problem(
        id,
        family,
        atoms,
        atoms.size(),
        "solve",
        "solve(n: int) -> int",
        "Write solve(n) to add " + i + " to `n`, as " + id + ".",
        "编写函数 solve(n)：把`n`加上" + i + "（" + id + "）。",
        "def " + function + "(n):\n    return n + " + i + "\n\n\n" + call,
        call,
        tests,
        1,
        "graph of " + id,
        "fingerprint of " + id,
        split);
  }
}
