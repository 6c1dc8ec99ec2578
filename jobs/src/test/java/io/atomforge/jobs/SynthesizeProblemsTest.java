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
}
