package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CANDIDATES;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.graph.Form;
import io.atomforge.graph.Graph;
import io.atomforge.jobs.data.Candidates;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.Prompts;
import io.atomforge.synthesis.Wording;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
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
    TinyPipeline.loadAtoms(folder);
    List<String> given = new java.util.ArrayList<>(all);
    given.addAll(List.of(words));
    assertThat(Run.of(SynthesizeProblems.JOB, given.toArray(String[]::new)).status()).isZero();
    return TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
  }

  @Test
  void theDefaultGrammarMakesProblemsOfEveryShapeThatTheirTestsTellFromMutants() {
    Warehouse warehouse = warehouse("renderings_per_atom=1");
    List<Problem> problems =
        Rows.collect(PROBLEMS, warehouse.read(PROBLEMS).filter("family <> 'atom'"));
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

  /** Near-duplicates by their words, which a text filter would drop: one clause, other numbers. */
  @Test
  void problemsOfOneTemplateThatDifferInANumberAreAllKept() {
    Atom atom =
        AtomCatalog.load("").atoms().stream()
            .filter(
                a ->
                    a.params().size() == 2
                        && a.params().get(1).domain().type().name().equals("int"))
            .findFirst()
            .orElseThrow();
    Graph.Input input = new Graph.Input(atom.pipe().name(), atom.pipe());
    Set<String> prompts = new HashSet<>();
    List<String> hashes = new ArrayList<>();
    Prompts english = new Prompts(Wording.ENGLISH);
    for (int i = 0; i < 20_000; i++) {
      Graph.Arg number = new Graph.Arg.Literal(IntNode.valueOf(i));
      Graph.Step step = new Graph.Step(Form.APPLY, atom, List.of(new Graph.Arg.Free(0), number));
      Graph graph = new Graph(List.of(input), List.of(step));
      prompts.add(english.write(graph, 0));
      hashes.add(graph.hash());
    }
    assertThat(prompts).hasSize(20_000);
    Dataset<Row> rows =
        TinyPipeline.SPARK
            .createDataset(hashes, Encoders.STRING())
            .selectExpr(
                "value AS graph_hash", "2 AS rank", "monotonically_increasing_id() AS index");
    assertThat(
            rows.union(rows)
                .withColumn("same", Candidates.among("graph_hash"))
                .filter("same = 1")
                .count())
        .isEqualTo(20_000);
  }

  @Test
  void aProblemOfABenchmarkIsRefused() throws Exception {
    Path tasks = folder.resolveSibling(folder.getFileName() + "-tasks.jsonl");
    Files.writeString(
        tasks,
        """
{"task_id": 3, "text": "Squares of digits, added.", "code": "def theirs(k):\\n    return 0",
 "test_list": ["assert theirs(-123) == 14", "assert theirs(20508) == 93", "assert theirs(0) == 0"]}\
"""
            .replace("\n", " "));
    Warehouse warehouse =
        warehouse(
            "renderings_per_atom=1",
            "composite_a=0",
            "composite_b=0",
            "composite_c=0",
            "decontaminate=[" + tasks + "]");
    Files.delete(tasks);
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

  /** Looks at the files, since a query would have to wait for the job. */
  private static boolean hasSlice(Path log) {
    if (!Files.exists(log)) {
      return false;
    }
    try (Stream<Path> commits = Files.list(log)) {
      for (Path commit : commits.filter(c -> c.toString().endsWith(".json")).toList()) {
        if (Files.readString(commit).contains("\"txn\"")) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aRunThatWasKilledGoesOnWhereItWasAndALargerOneJudgesTheRest() throws Exception {
    Path killed = folder.resolve("killed");
    Path whole = folder.resolve("whole");
    for (Path each : List.of(killed, whole)) {
      TinyPipeline.loadAtoms(each);
    }
    Warehouse warehouse = TinyPipeline.warehouse(killed, TinyPipeline.loader(killed));
    AtomicBoolean runs = new AtomicBoolean(true);
    Thread killer =
        new Thread(
            () -> {
              while (runs.get()) { // as soon as a slice is there, and until the job gives up
                if (hasSlice(killed.resolve("candidates/_delta_log"))) {
                  TinyPipeline.SPARK.sparkContext().cancelAllJobs();
                }
                LockSupport.parkNanos(10_000_000);
              }
            });
    killer.start();
    int status = run(killed, "composite_a=20", "slice_size=10").status();
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
    assertThat(run.err()).contains("left as it was");
    versions.forEach((t, v) -> assertThat(warehouse.version(t)).isEqualTo(v));
  }
}
