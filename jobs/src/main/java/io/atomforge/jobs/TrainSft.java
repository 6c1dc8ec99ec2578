package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static io.atomforge.tables.Tables.STEP_METRICS;

import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.dataset.Batches;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.StoredTokenizer;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.jobs.training.StepMoves;
import io.atomforge.jobs.training.SupervisedSteps;
import io.atomforge.jobs.training.TrainingLoop;
import io.atomforge.jobs.training.Validation;
import io.atomforge.jobs.training.setup.SftConfig;
import io.atomforge.jobs.training.setup.SftData;
import io.atomforge.jobs.training.setup.SftStart;
import io.atomforge.jobs.training.setup.TrainingMemory;
import io.atomforge.model.Lora;
import io.atomforge.model.Parameters;
import io.atomforge.plan.Plan;
import io.atomforge.spark.SparkGradients;
import io.atomforge.tables.Warehouse;
import io.atomforge.training.Trainer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Supervised fine-tuning on {@code sequences}: gradients on executors, one optimizer on the driver.
 */
public final class TrainSft {
  record Summary(
      String checkpointId,
      String bestCheckpointId,
      long parameters,
      long steps,
      double trainLoss,
      double validationLoss,
      double tokensPerSecond) {}

  public static final Job<SftConfig> JOB =
      new Job<>(
              "TrainSft",
              "supervised fine-tuning, gradients on executors, one optimizer on the driver",
              SftConfig.class,
              List.of(SEQUENCES, CHECKPOINTS),
              List.of(STEP_METRICS, CHECKPOINTS),
              TrainSft::run)
          .dependsOn(TrainSft::inputs);

  private TrainSft() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, SftConfig config) {
    FileStore store = FileStore.open(warehouse, config.files());
    SftData data = SftData.read(warehouse, config);
    Batches batches = SupervisedSteps.batches(data.train(), config.trainBatchSize(), config.seed());
    long steps = config.maxSteps() > 0 ? config.maxSteps() : batches.count(config.numTrainEpochs());
    SftStart start = SftStart.of(warehouse, store, config);
    data.checkLength(start.model());
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext());
    TrainingMemory memory = start.memory(spark, data);
    TrainingRun run =
        new TrainingRun(
            warehouse,
            store,
            config.runId(),
            start.id(),
            JOB.basis(config, warehouse),
            start.tokenizerFiles());
    run.showIn(config.tensorboard(), config.mlflow(), config);
    Optional<Checkpoint> resumed = run.resume(config.resumeFromCheckpoint());
    memory.announce(spark, config.precision());
    Optional<Lora> lora = config.lora().lora();
    try (run;
        Parameters first = start.reference();
        Parameters theta = start.trained();
        SparkGradients source = SftStart.source(spark, config, start.model(), first);
        Trainer trainer =
            new Trainer(
                theta,
                config.optimizer(),
                config.schedule(),
                steps,
                config.maxGradNorm(),
                source)) {
      TrainingRun.Saved saved =
          new TrainingRun.Saved(
              start.model(), lora.map(l -> new Checkpoint.Adapter(l, start.id())));
      SupervisedSteps supervised =
          new SupervisedSteps(config.supervised(steps), source, trainer, data.train(), batches);
      Validation validation =
          new Validation(config.validation(), data.validation(), run, source, trainer);
      TrainingLoop loop =
          new TrainingLoop(
              new TrainingLoop.Settings("sft step", steps, config.saveSteps()),
              run,
              saved,
              Plan.supervised().begin(config.seed()),
              Map.of("", trainer),
              new StepMoves(Optional.of(supervised), Optional.empty()),
              Optional.of(validation));
      long begin = System.nanoTime();
      loop.run(resumed);
      double tokensPerSecond = supervised.tokens() / ((System.nanoTime() - begin) / 1e9);
      if (lora.isPresent() && first != null) {
        TrainingRun merged = run.beside(config.runId() + Checkpoints.MERGED);
        try (Parameters all = lora.get().merge(start.model(), first, theta)) {
          merged.export(run.committed(), start.model(), all);
        }
      }
      run.finish();
      return new Summary(
          config.runId() + "/step-" + run.committed(),
          validation.bestStep() < 0 ? "" : config.runId() + "/step-" + validation.bestStep(),
          theta.layout().size(),
          run.committed(),
          supervised.loss(),
          validation.loss(),
          tokensPerSecond);
    }
  }

  /** Data, and the model or the tokenizer that the run begins with. */
  private static List<Input> inputs(SftConfig config) {
    String base = config.modelNameOrPath();
    return List.of(
        new DataSets.OfName(config.dataset()),
        base.isEmpty()
            ? StoredTokenizer.input(config.files())
            : new Inputs.OfCheckpoint("model_name_or_path", base));
  }
}
