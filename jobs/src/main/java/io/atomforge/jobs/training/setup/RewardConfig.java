package io.atomforge.jobs.training.setup;

import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.tracking.Mlflow;
import io.atomforge.jobs.training.RewardSteps;
import io.atomforge.model.ComputePrecision;
import io.atomforge.training.AdamW;
import io.atomforge.training.Schedule;
import io.atomforge.training.objective.RewardObjective;
import java.util.List;

/**
 * See {@code conf/train-reward-model.yaml}.
 *
 * @param rolloutRuns run_ids whose rollouts are learned from, one or more
 * @param validationShare share of the prompts that are measured and not trained on, 0 to below 1
 * @param valueLearningRate of the value head, 0 or more
 */
public record RewardConfig(
    @Operational String warehouse,
    @Operational String files,
    long seed,
    @Operational int partitions,
    String runId,
    List<String> rolloutRuns,
    String modelNameOrPath,
    ComputePrecision precision,
    RewardObjective objective,
    double validationShare,
    AdamW optimizer,
    double valueLearningRate,
    Schedule schedule,
    int trainBatchSize,
    int numTrainEpochs,
    int maxSteps,
    double maxGradNorm,
    int gradientShards,
    int saveSteps,
    int evalSteps,
    @Operational String tensorboard,
    @Operational String mlflow,
    @Operational boolean resumeFromCheckpoint)
    implements JobConfig {
  public RewardConfig {
    precision = precision.chosen();
    rolloutRuns = List.copyOf(rolloutRuns);
    Checks.runId("run_id", runId);
    Checks.check(!rolloutRuns.isEmpty(), "rollout_runs", rolloutRuns, "a list of one run or more");
    rolloutRuns.forEach(run -> Checks.runId("rollout_runs", run));
    Checks.atLeast(1, "partitions", partitions);
    Checks.check(
        validationShare >= 0 && validationShare < 1,
        "validation_share",
        validationShare,
        "0 to below 1");
    Checks.check(
        valueLearningRate >= 0 && Double.isFinite(valueLearningRate),
        "value_learning_rate",
        valueLearningRate,
        "0 or more");
    Checks.atLeast(1, "train_batch_size", trainBatchSize);
    Checks.atLeast(0, "num_train_epochs", numTrainEpochs);
    Checks.atLeast(0, "max_steps", maxSteps);
    Checks.check(
        numTrainEpochs > 0 || maxSteps > 0,
        "num_train_epochs",
        numTrainEpochs,
        "1 or more unless max_steps is");
    Checks.positive("max_grad_norm", maxGradNorm);
    Checks.atLeast(1, "gradient_shards", gradientShards);
    Checks.atLeast(1, "save_steps", saveSteps);
    Checks.atLeast(1, "eval_steps", evalSteps);
    Mlflow.check(mlflow);
  }

  public RewardSteps.Settings steps() {
    return new RewardSteps.Settings(seed, objective, trainBatchSize, gradientShards);
  }
}
