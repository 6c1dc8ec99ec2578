package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.DIFFICULTIES;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static io.atomforge.tables.Tables.STEP_METRICS;

import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.jobs.training.PolicySteps;
import io.atomforge.jobs.training.StepMoves;
import io.atomforge.jobs.training.SupervisedSteps;
import io.atomforge.jobs.training.Trainers;
import io.atomforge.jobs.training.TrainingLoop;
import io.atomforge.jobs.training.setup.RlConfig;
import io.atomforge.jobs.training.setup.RlStart;
import io.atomforge.jobs.training.setup.SftData;
import io.atomforge.jobs.training.setup.TrainingMemory;
import io.atomforge.model.Parameters;
import io.atomforge.rl.Anchors;
import io.atomforge.rl.PromptFilter;
import io.atomforge.rollout.RolloutSource;
import io.atomforge.spark.SparkGradients;
import io.atomforge.tables.Warehouse;
import io.atomforge.training.GradientSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Reinforcement learning from sandbox rewards: rollouts and gradients on executors, optimizers on
 * the driver. Which algorithm it is, the config says.
 */
public final class TrainRl {
  record Summary(
      String checkpointId,
      long steps,
      double firstReward,
      double lastReward,
      double generatedTokensPerSecond) {}

  public static final Job<RlConfig> JOB =
      new Job<>(
              "TrainRl",
              "reinforcement learning from sandbox rewards: PPO, GRPO and others",
              RlConfig.class,
              List.of(SEQUENCES, PROBLEMS, ATOMS, CHECKPOINTS, DIFFICULTIES),
              List.of(ROLLOUTS, STEP_METRICS, CHECKPOINTS),
              TrainRl::run)
          .dependsOn(TrainRl::inputs);

  private TrainRl() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, RlConfig config) {
    config.sandbox().open(0); // refuses before anything is read
    FileStore store = FileStore.open(warehouse, config.files());
    RlStart start = RlStart.of(warehouse, store, config);
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext());
    TrainingMemory memory = start.memory(spark);
    TrainingRun run =
        new TrainingRun(
            warehouse,
            store,
            config.runId(),
            start.checkpoint().id(),
            JOB.basis(config, warehouse),
            start.checkpoint().tokenizerFiles());
    run.showIn(config.tensorboard(), config.mlflow(), config);
    Optional<Checkpoint> resumed = run.resume(config.resumeFromCheckpoint());
    memory.announce(spark, config.precision());
    GradientSource source =
        new SparkGradients(
            spark, start.model(), config.precision().precision(), config.partitions());
    try (run;
        Parameters theta = start.weights();
        RolloutSource rollouts = start.rollouts(spark, warehouse);
        Anchors anchors = start.anchors(theta);
        Trainers trainers = start.trainers(theta, source);
        PolicySteps policy = start.policy(rollouts, source, anchors, trainers)) {
      Optional<SupervisedSteps> supervised =
          trainers
              .supervised()
              .map(
                  t ->
                      SftData.demonstrations(warehouse, start.model(), config)
                          .steps(config, source, t));
      supervised.ifPresent(s -> policy.tellOnly(s::demonstrates));
      policy.recall(warehouse, run.committed());
      new TrainingLoop(
              new TrainingLoop.Settings("rl step", config.maxSteps(), config.saveSteps()),
              run,
              TrainingRun.Saved.whole(start.model()),
              config.plan().begin(config.seed()),
              trainers.byName(),
              new StepMoves(supervised, Optional.of(policy)),
              Optional.empty())
          .run(resumed);
      run.finish();
      return new Summary(
          config.runId() + "/step-" + run.committed(),
          config.maxSteps(),
          policy.firstReward(),
          policy.lastReward(),
          policy.generatedTokensPerSecond());
    }
  }

  private static List<Input> inputs(RlConfig config) {
    String policy = config.modelNameOrPath();
    Stream<Input> always =
        Stream.of(
            new DataSets.OfName(config.dataset()),
            Input.Rows.of(PROBLEMS),
            Input.Rows.of(ATOMS),
            new Inputs.OfCheckpoint("model_name_or_path", policy));
    Stream<Input> past =
        config.promptFilters().stream()
            .filter(filter -> !filter.runId().isEmpty())
            .map(TrainRl::past)
            .distinct();
    Stream<Input> rewardModel =
        config.reward().rewardModel().stream()
            .filter(name -> !name.equals(policy))
            .map(name -> new Inputs.OfCheckpoint("reward.checkpoint", name));
    return Stream.of(always, past, rewardModel).flatMap(each -> each).toList();
  }

  /** What a filter knows of another run. */
  private static Input past(PromptFilter filter) {
    return new Input.Rows(
        filter.readsSearches() ? DIFFICULTIES : ROLLOUTS, "run_id = '" + filter.runId() + "'");
  }
}
