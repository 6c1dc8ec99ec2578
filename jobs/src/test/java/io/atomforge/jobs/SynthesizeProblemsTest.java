package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Warehouse;
import java.nio.file.Path;
import java.util.List;
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
}
