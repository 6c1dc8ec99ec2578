package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;

import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.evaluate.Asked;
import io.atomforge.jobs.evaluate.EvaluateConfig;
import io.atomforge.jobs.evaluate.GivenCompletions;
import io.atomforge.jobs.evaluate.PassRates;
import io.atomforge.jobs.evaluate.ProblemSet;
import io.atomforge.jobs.evaluate.ReferenceLikelihood;
import io.atomforge.jobs.evaluate.SampleDivergence;
import io.atomforge.jobs.evaluate.SampledCompletions;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.model.Parameters;
import io.atomforge.spark.SparkGradients;
import io.atomforge.spark.SparkRollouts;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Completions of problems, judged, into {@code evaluations}: greedy and sampled ones under one
 * checkpoint, or those of a file.
 */
public final class Evaluate {
  record Summary(String checkpointId, Map<String, Map<String, Double>> passRates) {}

  static final Job<EvaluateConfig> JOB =
      new Job<>(
              "Evaluate",
              "pass@k of a checkpoint on held-out problems",
              EvaluateConfig.class,
              List.of(PROBLEMS, ATOMS, CHECKPOINTS),
              List.of(EVALUATIONS),
              Evaluate::run)
          .dependsOn(Evaluate::inputs);

  private static final int SEQUENCES_AT_ONCE = 8; // their logits are in memory together

  private Evaluate() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(EvaluateConfig config) {
    List<Input> inputs = new ArrayList<>();
    if (config.problems().isEmpty()) {
      inputs.add(Input.Rows.of(PROBLEMS));
    } else {
      inputs.add(Inputs.OfFiles.hadoop(config.problems()));
    }
    if (config.completions().isEmpty()) {
      inputs.add(Input.Rows.of(ATOMS));
      inputs.add(new Inputs.OfCheckpoint("checkpoint", config.checkpoint()));
      if (!config.klReference().isEmpty()) {
        inputs.add(new Inputs.OfCheckpoint("kl_reference", config.klReference()));
      }
    } else {
      inputs.add(Inputs.OfFiles.hadoop(config.completions()));
    }
    return inputs;
  }

  static Summary run(Warehouse warehouse, EvaluateConfig config) {
    config.sandbox().open(0); // refuses before anything is read
    if (!config.completions().isEmpty()) {
      List<EvaluationRow> rows =
          new GivenCompletions(
                  warehouse,
                  config.sandbox(),
                  config.format(),
                  config.responseFormat(),
                  config.partitions())
              .rows(config.runId(), config.problems(), config.completions());
      return write(warehouse, config, config.completions(), rows);
    }
    FileStore store = FileStore.open(warehouse, config.files());
    Pretrained checkpoint =
        Pretrained.load(warehouse, store, "checkpoint", config.checkpoint())
            .with(config.promptTemplate());
    Tokenizer tokenizer = checkpoint.tokenizer();
    try (Parameters theta = checkpoint.weights(checkpoint.whole().layout());
        SampleDivergence divergence = divergence(warehouse, store, config, tokenizer)) {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext());
      SparkRollouts rollouts =
          new SparkRollouts(
              spark,
              checkpoint.config(),
              config.precision().precision(),
              config.sandbox().settings(0),
              tokenizer,
              warehouse.exists(ATOMS) ? AtomRow.all(warehouse) : List.of(),
              config.partitions(),
              config.rowsPerBatch(),
              config.sampler());
      SampledCompletions completions =
          new SampledCompletions(
              rollouts,
              new ReferenceLikelihood(
                  new SparkGradients(
                      spark,
                      checkpoint.config(),
                      config.precision().precision(),
                      config.partitions()),
                  tokenizer,
                  SEQUENCES_AT_ONCE),
              Optional.ofNullable(divergence),
              theta,
              tokenizer,
              config.sampling(),
              config.samples(),
              config.seed(),
              config.runId(),
              checkpoint.id());
      List<EvaluationRow> rows =
          config.problems().isEmpty()
              ? ofSets(warehouse, config, completions)
              : completions.rows(
                  warehouse.spark(), config.problems(), config.format(), config.responseFormat());
      return write(warehouse, config, checkpoint.id(), rows);
    }
  }

  /** Null if none is asked for. */
  private static @Nullable SampleDivergence divergence(
      Warehouse warehouse, FileStore store, EvaluateConfig config, Tokenizer tokenizer) {
    return config.klReference().isEmpty()
        ? null
        : SampleDivergence.from(
            warehouse,
            store,
            config.klReference(),
            tokenizer,
            config.precision(),
            config.partitions(),
            SEQUENCES_AT_ONCE);
  }

  private static List<EvaluationRow> ofSets(
      Warehouse warehouse, EvaluateConfig config, SampledCompletions completions) {
    List<EvaluationRow> rows = new ArrayList<>();
    try (Progress progress =
        Progress.ofSteps("evaluate " + config.runId(), 0, 2L * config.problemSets().size())) {
      AtomicInteger done = new AtomicInteger();
      for (ProblemSet set : config.problemSets()) {
        List<Asked> tasks =
            set.tasks(
                warehouse,
                config.seed(),
                config.promptLanguage(),
                config.responseFormat(),
                config.responseStyle());
        rows.addAll(
            completions.rows(
                set.name(), tasks, part -> progress.report(done.incrementAndGet(), part)));
      }
    }
    return rows;
  }

  private static Summary write(
      Warehouse warehouse, EvaluateConfig config, String checkpoint, List<EvaluationRow> rows) {
    warehouse.replace(
        EVALUATIONS,
        "run_id = '" + config.runId() + "'",
        warehouse.dataset(EVALUATIONS, rows).coalesce(1));
    return new Summary(checkpoint, PassRates.of(rows));
  }
}
