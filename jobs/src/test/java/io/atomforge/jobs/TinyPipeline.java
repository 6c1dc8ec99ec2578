package io.atomforge.jobs;

import io.atomforge.config.ConfigLoader;
import io.atomforge.tables.Warehouse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** The whole pipeline with a toy model on a few dozen problems, on one shared local session. */
final class TinyPipeline {
  static final SparkSession SPARK = spark();

  static final List<String> TINY = List.of("--config", "conf/toy.yaml");

  private TinyPipeline() {}

  private static SparkSession spark() {
    System.setProperty("spark.master", "local[2,2]"); // a task may fail once
    System.setProperty("spark.sql.shuffle.partitions", "2");
    return Sessions.open("test");
  }

  static ConfigLoader loader(Path warehouse, String... words) {
    List<String> all = new ArrayList<>(TINY);
    all.add("warehouse=" + warehouse);
    all.addAll(List.of(words));
    return JobRunner.load(Pipeline.JOB, all);
  }

  static Warehouse warehouse(Path path, ConfigLoader loader) {
    return Warehouse.open(SPARK, path.toString(), JobRunner.provenance(Pipeline.JOB, loader));
  }

  static Pipeline.Summary run(Path path, String... words) throws Exception {
    ConfigLoader loader = loader(path, words);
    return Pipeline.run(warehouse(path, loader), loader.bind(Pipeline.Config.class));
  }
}
