package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.config.ConfigLoader;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Sessions;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;

/** The whole pipeline with a toy model on a few dozen problems, on one shared local session. */
public final class TinyPipeline {
  public static final SparkSession SPARK = spark();

  static final List<String> TINY = List.of("--config", "conf/toy.yaml");

  private TinyPipeline() {}

  private static SparkSession spark() {
    System.setProperty("spark.master", "local[2,2]"); // a task may fail once
    System.setProperty("spark.sql.shuffle.partitions", "2");
    // For a few rows each, compiling the plans takes longer than interpreting them.
    System.setProperty("spark.sql.codegen.wholeStage", "false");
    System.setProperty("spark.sql.codegen.factoryMode", "NO_CODEGEN");
    return Sessions.open("test");
  }

  /** Makes a warehouse with the shipped atoms, which are proven once for all tests. */
  static synchronized void loadAtoms(Path warehouse) {
    Path proven = Path.of("target", "atoms-" + ProcessHandle.current().pid());
    if (!Files.exists(proven)) {
      Run run = Run.of(LoadAtoms.JOB, "warehouse=" + proven);
      assertThat(run.status()).as(run.err()).isZero();
    }
    try {
      FileUtils.copyDirectory(proven.toFile(), warehouse.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static ConfigLoader loader(Path warehouse, String... words) {
    List<String> all = new ArrayList<>(TINY);
    all.add("warehouse=" + warehouse);
    all.addAll(List.of(words));
    return JobRunner.load(Pipeline.JOB, all);
  }

  public static Warehouse warehouse(Path path, ConfigLoader loader) {
    return Warehouse.open(SPARK, path.toString(), JobRunner.provenance(Pipeline.JOB, loader));
  }

  static Pipeline.Summary run(Path path, String... words) throws Exception {
    ConfigLoader loader = loader(path, words);
    return (Pipeline.Summary)
        Pipeline.run(warehouse(path, loader), loader.bind(Pipeline.Config.class));
  }
}
