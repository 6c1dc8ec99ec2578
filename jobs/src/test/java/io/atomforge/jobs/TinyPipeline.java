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

  static final List<String> TINY =
      List.of(
          "synthesize_problems={renderings_per_atom: 1, composite_a: 60, composite_b: 40, composite_c: 40}",
          "train_tokenizer.vocabulary_size=600",
          "build_dataset={mixture: [{family: composite_a, percent: 100}, {family: atom, percent: 150}], validation: 8}",
          "train_sft.model={hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 2, num_key_value_heads: 1, intermediate_size: 64}",
          "train_sft={max_steps: 6, train_batch_size: 16, save_steps: 3, eval_steps: 3}",
          "train_rl={max_steps: 2, prompts_per_step: 4, num_generations: 4, rows_per_batch: 8, max_completion_length: 16, save_steps: 1}",
          "evaluate={samples: 2, max_completion_length: 16, rows_per_batch: 16, problem_sets: [{name: atom, family: atom, split: train, limit: 6}, {name: b_test, family: composite_b, split: test, limit: 6}]}",
          "write_report.samples_per_set=1");

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
