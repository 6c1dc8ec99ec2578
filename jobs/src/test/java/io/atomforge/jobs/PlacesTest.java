package io.atomforge.jobs;

import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static scala.jdk.javaapi.CollectionConverters.asJava;
import static scala.jdk.javaapi.CollectionConverters.asScala;

import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Rows;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.CreateTable;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A warehouse in a catalog's schema, and one in HDFS. */
class PlacesTest {
  private static final SparkSession SPARK = TinyPipeline.SPARK;
  private static final List<Problem> PROBLEMS_OF_TWO = ToyTables.problems(2, 2);

  private static Warehouse open(String location) {
    return Warehouse.open(
        SPARK,
        location,
        JobRunner.provenance(Pipeline.JOB, TinyPipeline.loader(Path.of("unused"))));
  }

  /** As a kill leaves it between the folder of a table's log and the first commit in it. */
  @Test
  void aTableWhoseCreationWasKilledIsCreated(@TempDir Path folder) throws IOException {
    Warehouse warehouse = open(folder.resolve("warehouse").toString());
    warehouse.mark();
    Files.createDirectories(folder.resolve("warehouse/problems/_delta_log"));
    write(warehouse);
    assertWhole(warehouse);
  }

  /** Twice, since the second write must keep what the first one set up. */
  private static void write(Warehouse warehouse) {
    for (int size = 1; size <= 2; size++) {
      warehouse.overwrite(
          PROBLEMS, warehouse.dataset(PROBLEMS, ToyTables.problems(size, size)).coalesce(1));
    }
    warehouse.replace(EVALUATIONS, "run_id = 'none'", warehouse.dataset(EVALUATIONS, List.of()));
  }

  private static void assertWhole(Warehouse warehouse) {
    assertThat(Rows.collect(PROBLEMS, warehouse.read(PROBLEMS)))
        .containsExactlyInAnyOrderElementsOf(PROBLEMS_OF_TWO);
    assertThat(
            SPARK
                .sql("DESCRIBE TABLE " + warehouse.sqlName(PROBLEMS))
                .select("comment")
                .collectAsList()
                .toString())
        .contains(PROBLEMS.comments().values());
    assertThat(warehouse.provenances(PROBLEMS, 1)).singleElement().asString().contains("\"job\"");
    assertThatThrownBy(
            () ->
                warehouse.replace(
                    PROBLEMS,
                    "mutation_score > 1",
                    warehouse
                        .read(PROBLEMS)
                        .limit(1)
                        .withColumn("mutation_score", functions.lit(2.0))))
        .hasStackTraceContaining("mutation_score_is_a_share");
  }

  /** The second write of {@link #write} deletes what the first one inserted. */
  private static void assertChangesAreKept(String location) {
    assertThat(
            query(
                location,
                "SELECT _change_type, count(*) AS n FROM table_changes('problems', 0) GROUP BY 1"
                    + " ORDER BY 1"))
        .contains("delete," + ToyTables.problems(1, 1).size())
        .contains("insert," + (ToyTables.problems(1, 1).size() + PROBLEMS_OF_TWO.size()));
  }

  private static String query(String location, String sql) {
    Run run = Run.of(Query.JOB, "warehouse=" + location, "format=csv", "sql=" + sql);
    assertThat(run.status()).as(run.err()).isZero();
    return run.out();
  }

  @Test
  void aSchemaOfACatalogHoldsTablesAndViews(@TempDir Path folder) {
    // A name of its own: the catalog forgets a run that was killed, its folder stays.
    String schema =
        "spark_catalog.places_" + folder.getFileName().toString().replaceAll("\\W", "_");
    try {
      Warehouse warehouse = open("catalog:" + schema);
      write(warehouse);
      assertWhole(warehouse);
      assertChangesAreKept("catalog:" + schema);
      assertThat(SqlScope.save(warehouse))
          .contains(schema + ".v_messages", schema + ".v_pass_at_k", schema + ".v_leaks")
          .doesNotContain(schema + ".v_lineage", schema + ".v_learning_curves");
      assertThat(SqlScope.save(warehouse)).as("what stands there is left alone").isEmpty();
      assertThat(SPARK.table(schema + ".v_messages").count())
          .isEqualTo(4L * PROBLEMS_OF_TWO.size());
      assertThat(query("catalog:" + schema, "SELECT count(*) AS n FROM problems VERSION AS OF 0"))
          .contains("n\n0");
      Run export =
          Run.of(
              Export.JOB,
              "warehouse=catalog:" + schema,
              "format=verl",
              "output=" + folder.resolve("x.parquet"));
      assertThat(export.status()).as(export.err()).isZero();
      assertThat(SPARK.read().parquet(folder.resolve("x.parquet").toString()).count()).isPositive();
    } finally {
      SPARK.sql("USE spark_catalog.default");
      SPARK.sql("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
    }
  }

  /** Refuses constraints among the properties of a new table, as Delta does in an ALTER TABLE. */
  private static final class Refusing extends Rule<LogicalPlan> {
    private int refused;

    @Override
    public LogicalPlan apply(LogicalPlan plan) {
      if (plan instanceof CreateTable create
          && asJava(create.tableSpec().properties()).keySet().stream()
              .anyMatch(key -> key.startsWith("delta.constraints."))) {
        refused++;
        throw new IllegalStateException("[DELTA_ADD_CONSTRAINTS] Please use ALTER TABLE");
      }
      return plan;
    }
  }

  @Test
  void constraintsAreAddedWhereANewTableTakesNone(@TempDir Path folder) {
    Refusing refusing = new Refusing();
    SPARK
        .experimental()
        .extraOptimizations_$eq(asScala(List.<Rule<LogicalPlan>>of(refusing)).toSeq());
    try {
      Warehouse warehouse = open(folder.toString());
      write(warehouse);
      assertThat(refusing.refused).isPositive();
      assertWhole(warehouse);
    } finally {
      SPARK.experimental().extraOptimizations_$eq(asScala(List.<Rule<LogicalPlan>>of()).toSeq());
    }
  }

  @Test
  void hdfsHoldsTablesFilesAndExports(@TempDir Path folder) throws Exception {
    Configuration settings = new Configuration();
    settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
    try (MiniDFSCluster cluster = new MiniDFSCluster.Builder(settings).numDataNodes(1).build()) {
      FileSystem files = cluster.getFileSystem();
      String location = files.getUri() + "/atomforge";
      Warehouse warehouse = open(location);
      write(warehouse);
      assertWhole(warehouse);
      assertChangesAreKept(location);
      FileStore store = FileStore.open(warehouse, "");
      store.write("report/report.html", "first");
      store.write("report/report.html", "second");
      assertThat(FileStore.open(warehouse, "").read("report/report.html")).contains("second");
      assertThat(query(location, "SELECT count(*) AS n FROM v_trl"))
          .contains("n\n" + 4 * PROBLEMS_OF_TWO.size());
      Run export =
          Run.of(
              Export.JOB,
              "warehouse=" + location,
              "format=humaneval",
              "output=" + files.getUri() + "/out/humaneval.jsonl");
      assertThat(export.status()).as(export.err()).isZero();
      assertThat(SPARK.read().json(files.getUri() + "/out/humaneval.jsonl").count())
          .isEqualTo(PROBLEMS_OF_TWO.size());
      assertModelsAndSettingsAreRead(warehouse, store, files);
    }
  }

  private static void assertModelsAndSettingsAreRead(
      Warehouse warehouse, FileStore store, FileSystem files) throws IOException {
    String model = files.getUri() + "/model";
    org.apache.hadoop.fs.Path settings = new org.apache.hadoop.fs.Path("/settings.yaml");
    org.apache.hadoop.fs.Path config = new org.apache.hadoop.fs.Path(model, "config.json");
    files.create(config).close();
    Path first = Checkpoints.find(warehouse, store, "checkpoint", model).folder();
    assertThat(first.resolve("config.json")).isEmptyFile();
    try (OutputStream out = files.create(config)) {
      out.write('{');
    }
    Path second = Checkpoints.find(warehouse, store, "checkpoint", model).folder();
    assertThat(second.resolve("config.json")).as("the model as it is now").hasContent("{");
    assertThat(Checkpoints.find(warehouse, store, "checkpoint", model).folder()).isEqualTo(second);
    assertThatThrownBy(() -> Checkpoints.find(warehouse, store, "checkpoint", model + "s"))
        .hasMessageContaining("no checkpoint, run or folder named '" + model + "s'");
    try (OutputStream out = files.create(settings)) {
      out.write("sql: SELECT 1 AS one".getBytes(StandardCharsets.UTF_8));
    }
    String file = files.makeQualified(settings).toString();
    String place = "warehouse=" + warehouse.address();
    assertThat(Run.of(Query.JOB, place, "--config", file).out()).contains("one");
    assertThat(Run.of(Query.JOB, place, "--config", file + "x").said(Query.JOB))
        .singleElement()
        .asString()
        .startsWith("Query: " + file + "x: cannot be read: ");
  }
}
