package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.RELEASES;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Warehouse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseTest {
  @TempDir Path folder;

  private <C extends Record & JobConfig> Run run(Job<C> job, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("warehouse=" + folder);
    return Run.of(job, all.toArray(String[]::new));
  }

  private static void write(Warehouse warehouse, List<Problem> problems) {
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, problems).repartition(3));
  }

  private String count(String release) {
    Run run =
        run(
            Query.JOB,
            "sql=SELECT count(*) AS n FROM problems",
            "format=csv",
            "release=" + release);
    assertThat(run.status()).as(run.err()).isZero();
    return run.out().lines().filter(l -> l.matches("\\d+")).findFirst().orElse(run.out());
  }

  @Test
  void aReleaseStaysWhatItWasAndKnowsItsRowsAgain() {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    List<Problem> first = ToyTables.problems(1, 1);
    write(warehouse, first);
    Run made = run(Release.JOB, "name=v1", "tables=[problems]");
    assertThat(made.status()).as(made.err()).isZero();
    assertThat(made.out()).contains(first.size() + " rows");
    assertThat(run(Release.JOB, "name=v1", "tables=[problems]").out()).isEqualTo(made.out());

    write(warehouse, ToyTables.problems(2, 2));
    Run other = run(Release.JOB, "name=v1", "tables=[problems]");
    assertThat(other.status()).isEqualTo(2);
    assertThat(other.said(Release.JOB))
        .singleElement()
        .asString()
        .contains("release v1 exists already and holds other rows");
    assertThat(count("v1")).isEqualTo(String.valueOf(first.size()));
    assertThat(count("")).isEqualTo(String.valueOf(ToyTables.problems(2, 2).size()));
    Path output = folder.resolveSibling(folder.getFileName() + ".jsonl");
    assertThat(run(Export.JOB, "release=v1", "output=" + output, "format=messages").out())
        .containsPattern("rows +" + first.size());
    output.toFile().delete();
    Run verified = run(Release.JOB, "verify=v1");
    assertThat(verified.status()).as(verified.err()).isZero();
    assertThat(verified.out()).contains("as released").contains("differs");

    List<Problem> again = new ArrayList<>(first);
    Collections.reverse(again);
    write(warehouse, again);
    assertThat(run(Release.JOB, "verify=v1").out()).contains("holds the same rows");

    warehouse.overwrite(
        RELEASES, warehouse.read(RELEASES).withColumn("content_hash", lit("00")).localCheckpoint());
    Run broken = run(Release.JOB, "verify=v1");
    assertThat(broken.status()).isEqualTo(1);
    assertThat(broken.said(Release.JOB).get(0)).contains("[problems] no longer hold");
  }

  @Test
  void whatIsNoReleaseIsNamed() {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    write(warehouse, ToyTables.problems(1, 1));
    for (List<String> words :
        List.of(
            List.of("name=a b", "of letters, digits"),
            List.of("seed=1", "seed"),
            List.of("verify=v7", "no release v7"),
            List.of("tables=[problem]", "no table problem"))) {
      Run run =
          run(
              Release.JOB,
              words.get(0),
              words.get(0).startsWith("tables") ? "name=v1" : "tables=[problems]");
      assertThat(run.status()).as(run.err()).isEqualTo(2);
      assertThat(run.said(Release.JOB)).singleElement().asString().contains(words.get(1));
    }
    assertThat(warehouse.exists(RELEASES)).isFalse();
  }
}
