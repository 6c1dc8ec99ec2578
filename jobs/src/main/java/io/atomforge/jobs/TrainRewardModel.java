package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.STEP_METRICS;

import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.jobs.training.RewardSteps;
import io.atomforge.jobs.training.RewardSteps.Completion;
import io.atomforge.jobs.training.RewardValidation;
import io.atomforge.jobs.training.StepMoves;
import io.atomforge.jobs.training.TrainingLoop;
import io.atomforge.jobs.training.setup.RewardConfig;
import io.atomforge.jobs.training.setup.RewardData;
import io.atomforge.jobs.training.setup.TrainingMemory;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.plan.Plan;
import io.atomforge.spark.SparkGradients;
import io.atomforge.tables.Warehouse;
import io.atomforge.training.Trainer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Trains a model with a value head to score completions, on judged {@code rollouts}. TrainRl asks
 * it where a reward is of type reward_model.
 */
public final class TrainRewardModel {
  /**
   * @param completions that were learned from
   * @param passed how many of them passed
   * @param validated completions of other prompts, by which the last three were measured
   * @param auc area under the ROC curve, 0 to 1
   */
  record Summary(
      String checkpointId,
      long steps,
      long completions,
      long passed,
      long validated,
      double trainLoss,
      double validationLoss,
      double accuracy,
      double auc) {}

  static final Job<RewardConfig> JOB =
      new Job<>(
              "TrainRewardModel",
              "a reward model: scores of completions, learned from judged rollouts",
              RewardConfig.class,
              List.of(ROLLOUTS, CHECKPOINTS),
              List.of(STEP_METRICS, CHECKPOINTS),
              TrainRewardModel::run)
          .dependsOn(TrainRewardModel::inputs);

  private TrainRewardModel() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(RewardConfig config) {
    return Stream.<Input>concat(
            Stream.of(new Inputs.OfCheckpoint("model_name_or_path", config.modelNameOrPath())),
            config.rolloutRuns().stream()
                .distinct()
                .map(run -> new Input.Rows(ROLLOUTS, "run_id = '" + run + "'")))
        .toList();
  }

  static Summary run(Warehouse warehouse, RewardConfig config) {
    FileStore store = FileStore.open(warehouse, config.files());
    Pretrained start =
        Pretrained.load(warehouse, store, "model_name_or_path", config.modelNameOrPath());
    RewardData data = RewardData.read(warehouse, store, config, start);
    RewardSteps.Settings settings = config.steps();
    List<List<Completion>> units = data.units(config);
    long steps =
        config.maxSteps() > 0
            ? config.maxSteps()
            : RewardSteps.batches(settings, units).count(config.numTrainEpochs());
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext());
    TrainingMemory memory = data.memory(spark, config, start.config());
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
    try (run;
        Parameters theta = start.weights(ParameterLayout.withValueHead(start.config()));
        SparkGradients source =
            new SparkGradients(
                spark, start.config(), config.precision().precision(), config.partitions());
        Trainer trainer =
            new Trainer(
                theta,
                config.optimizer(),
                config.valueLearningRate(),
                config.schedule(),
                steps,
                config.maxGradNorm(),
                source)) {
      RewardSteps learning = new RewardSteps(settings, source, trainer, units);
      RewardValidation validation =
          new RewardValidation(
              settings, config.evalSteps(), data.validation(), run, source, trainer);
      new TrainingLoop(
              new TrainingLoop.Settings("reward model step", steps, config.saveSteps()),
              run,
              TrainingRun.Saved.whole(start.config()),
              Plan.supervised().begin(config.seed()),
              Map.of("", trainer),
              new StepMoves(Optional.of(learning), Optional.empty()),
              Optional.of(validation))
          .run(resumed);
      run.finish();
      RewardValidation.Measured measured = validation.measure();
      return new Summary(
          config.runId() + "/step-" + run.committed(),
          run.committed(),
          data.train().size(),
          data.train().stream().filter(Completion::passed).count(),
          data.validation().size(),
          learning.loss(),
          measured.loss(),
          measured.accuracy(),
          measured.area());
    }
  }
}
