package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CANDIDATES;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SynthesizeProblemsTest {
  @TempDir Path folder;

  private Warehouse warehouse(String... words) {
    List<String> all =
        List.of(
            "warehouse=" + folder,
            "renderings_per_variant=0",
            "composite_a=40",
            "composite_b=20",
            "composite_c=20");
    assertThat(Run.of(LoadAtoms.JOB, "warehouse=" + folder).status()).isZero();
    List<String> given = new java.util.ArrayList<>(all);
    given.addAll(List.of(words));
    assertThat(Run.of(SynthesizeProblems.JOB, given.toArray(String[]::new)).status()).isZero();
    return TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
  }

  @Test
  void theDefaultGrammarMakesProblemsOfEveryShapeThatTheirTestsTellFromMutants() {
    Warehouse warehouse = warehouse("renderings_per_atom=1");
    List<Problem> problems =
        Warehouse.collect(PROBLEMS, warehouse.read(PROBLEMS).filter("family <> 'atom'"));
    assertThat(problems).hasSizeGreaterThan(60);
    String wiring = String.join("\n", problems.stream().map(Problem::referenceCall).toList());
    assertThat(wiring).contains("for v in ", "[v for v in ", "else:", "    y = ");
    List<Double> scores = problems.stream().map(Problem::mutationScore).sorted().toList();
    assertThat(scores.get(scores.size() / 2)).isGreaterThanOrEqualTo(0.9);
    assertThat(problems).extracting(Problem::graphHash).doesNotHaveDuplicates();
    assertThat(problems).extracting(Problem::fingerprint).doesNotHaveDuplicates();
  }

  @Test
  void theSameGraphIsJudgedOnce() {
    Warehouse warehouse =
        warehouse(
            "renderings_per_atom=0",
            "oversample=6",
            "grammar.depths.composite_a=[1]",
            "grammar.depths.composite_b=[1]",
            "grammar.depths.composite_c=[0, 1]");
    assertThat(warehouse.read(REJECTIONS).filter("stage = 'V7_SAME_GRAPH'").count())
        .isGreaterThan(20);
    assertThat(warehouse.read(PROBLEMS).select("graph_hash").distinct().count())
        .isEqualTo(warehouse.read(PROBLEMS).count());
  }

  @Test
  void aProblemOfABenchmarkIsRefused() throws Exception {
    Path tasks = folder.resolveSibling(folder.getFileName() + "-tasks.jsonl");
    java.nio.file.Files.writeString(
        tasks,
        """
        {"task_id": 3, "text": "Squares of digits, added.", "code": "def theirs(k):\\n    return 0",
         "test_list": ["assert theirs(-123) == 14", "assert theirs(20508) == 93", "assert theirs(0) == 0"]}"""
            .replace("\n", " "));
    Warehouse warehouse =
        warehouse(
            "renderings_per_atom=1",
            "composite_a=0",
            "composite_b=0",
            "composite_c=0",
            "decontaminate=[" + tasks + "]");
    java.nio.file.Files.delete(tasks);
    assertThat(warehouse.read(REJECTIONS).filter("stage = 'CONTAMINATED'").toJSON().collectAsList())
        .hasSizeGreaterThanOrEqualTo(1)
        .allMatch(r -> r.contains("passes the tests of a benchmark") && r.contains("tasks.jsonl 3"))
        .anyMatch(r -> r.contains("\"atom/"));
    assertThat(warehouse.read(PROBLEMS).filter("atom_ids = array('digit_square_sum')").count())
        .isZero();
    assertThat(warehouse.read(PROBLEMS).filter("family = 'atom'").count()).isGreaterThan(90);
  }

  private static final List<String> SMALL =
      List.of(
          "renderings_per_atom=0", "renderings_per_variant=0", "composite_b=10", "composite_c=10");

  private static Run run(Path warehouse, String... words) {
    List<String> all = new ArrayList<>(SMALL);
    all.add("warehouse=" + warehouse);
    all.addAll(List.of(words));
    return Run.of(SynthesizeProblems.JOB, all.toArray(String[]::new));
  }

  /** Rows of the table, each with the file in which it lies. */
  private static List<String> judged(Warehouse warehouse) {
    return warehouse
        .read(CANDIDATES)
        .selectExpr("concat(family, index, ' ', _metadata.file_name)")
        .as(Encoders.STRING())
        .collectAsList();
  }

  @Test
  void aRunThatWasKilledGoesOnWhereItWasAndALargerOneJudgesTheRest() throws Exception {
    Path killed = folder.resolve("killed");
    Path whole = folder.resolve("whole");
    for (Path each : List.of(killed, whole)) {
      assertThat(Run.of(LoadAtoms.JOB, "warehouse=" + each).status()).isZero();
    }
    Warehouse warehouse = TinyPipeline.warehouse(killed, TinyPipeline.loader(killed));
    AtomicBoolean runs = new AtomicBoolean(true);
    Thread killer =
        new Thread(
            () -> {
              while (runs.get()) { // as soon as a slice is there, and until the job gives up
                if (warehouse.exists(CANDIDATES) && !judged(warehouse).isEmpty()) {
                  TinyPipeline.SPARK.sparkContext().cancelAllJobs();
                }
              }
            });
    killer.start();
    int status = run(killed, "composite_a=20", "slice_size=20").status();
    runs.set(false);
    killer.join();
    assertThat(status).as("it was killed").isEqualTo(1);
    List<String> before = judged(warehouse);
    assertThat(before).isNotEmpty().hasSizeLessThan(45);
    assertThat(warehouse.exists(PROBLEMS)).isFalse();

    assertThat(run(killed, "composite_a=40", "partitions=3").status()).isZero();
    assertThat(judged(warehouse)).as("what was judged was not judged again").containsAll(before);
    assertThat(warehouse.read(CANDIDATES).select("family", "index").distinct().count())
        .as("each once")
        .isEqualTo(warehouse.read(CANDIDATES).count());

    assertThat(run(whole, "composite_a=40").status()).isZero();
    Warehouse other = TinyPipeline.warehouse(whole, TinyPipeline.loader(whole));
    for (Table<?> table : List.of(PROBLEMS, REJECTIONS, SOLUTIONS)) {
      assertThat(warehouse.fingerprint(table)).isEqualTo(other.fingerprint(table));
    }
    aRefusedLeakLeavesNothing(other, whole);
  }

  /** Of two problems with the same atoms one is put into another split, behind the job's back. */
  private void aRefusedLeakLeavesNothing(Warehouse warehouse, Path place) {
    Map<Table<?>, Long> versions = new HashMap<>();
    List.of(PROBLEMS, REJECTIONS, SOLUTIONS).forEach(t -> versions.put(t, warehouse.version(t)));
    String id = warehouse.read(PROBLEMS).filter("split = 'train'").head().getAs("problem_id");
    TinyPipeline.SPARK.sql(
        "UPDATE "
            + warehouse.sqlName(CANDIDATES)
            + " SET problem = transform(problem, p -> named_struct("
            + PROBLEMS.comments().keySet().stream()
                .map(
                    c ->
                        "'%s', %s"
                            .formatted(
                                c,
                                c.equals("split")
                                    ? "if(p.problem_id = '" + id + "', 'test', p.split)"
                                    : c.equals("atom_ids") ? "array('a')" : "p." + c))
                .collect(Collectors.joining(", "))
            + "))");
    Run run = run(place, "composite_a=40");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("splits_share_no_tuple");
    versions.forEach((t, v) -> assertThat(warehouse.version(t)).isEqualTo(v));
  }
}
