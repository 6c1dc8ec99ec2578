package io.atomforge.jobs.training.setup;

import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.jobs.run.LoraSettings;
import io.atomforge.jobs.run.ModelSettings;
import io.atomforge.jobs.tracking.Mlflow;
import io.atomforge.jobs.training.SupervisedSteps;
import io.atomforge.jobs.training.Validation;
import io.atomforge.model.ComputePrecision;
import io.atomforge.model.Precision;
import io.atomforge.training.AdamW;
import io.atomforge.training.Distribution;
import io.atomforge.training.Schedule;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.Objective;
import java.util.List;
import java.util.Map;

/** See {@code conf/train-sft.yaml}. */
public record SftConfig(
    @Operational String warehouse,
    @Operational String files,
    long seed,
    @Operational int partitions,
    String runId,
    String dataset,
    String modelNameOrPath,
    ModelSettings model,
    LoraSettings lora,
    ComputePrecision precision,
    AdamW optimizer,
    Schedule schedule,
    Objective objective,
    LossAggregation lossAggMode,
    Map<String, Double> mixtureWeights,
    int trainBatchSize,
    int numTrainEpochs,
    int maxSteps,
    double maxGradNorm,
    int gradientShards,
    int gradientAccumulationSteps,
    @Operational boolean gradientCheckpointing,
    Distribution distribution,
    Precision gradientPrecision,
    int gradientFanIn,
    @Operational double lossSpikeFactor,
    int saveSteps,
    int saveTotalLimit,
    String metricForBestModel,
    int evalSteps,
    int earlyStoppingPatience,
    @Operational String tensorboard,
    @Operational String mlflow,
    @Operational boolean resumeFromCheckpoint)
    implements JobConfig {
  public SftConfig {
    precision = precision.chosen();
    Checks.atLeast(1, "partitions", partitions);
    Checks.runId("run_id", runId);
    DataSets.checkName("dataset", dataset);
    model.check();
    SupervisedSteps.check("loss_agg_mode", lossAggMode);
    Checks.atLeast(1, "train_batch_size", trainBatchSize);
    Checks.atLeast(0, "num_train_epochs", numTrainEpochs);
    Checks.atLeast(0, "max_steps", maxSteps);
    Checks.positive("max_grad_norm", maxGradNorm);
    Checks.atLeast(1, "gradient_shards", gradientShards);
    Checks.atLeast(1, "gradient_accumulation_steps", gradientAccumulationSteps);
    Checks.atLeast(2, "gradient_fan_in", gradientFanIn);
    Checks.check(
        lossSpikeFactor == 0 || lossSpikeFactor > 1 && Double.isFinite(lossSpikeFactor),
        "loss_spike_factor",
        lossSpikeFactor,
        "above 1, or 0 to look for losses that are not finite alone");
    Checks.atLeast(1, "save_steps", saveSteps);
    Checks.atLeast(0, "save_total_limit", saveTotalLimit);
    Checks.check(
        List.of("", "val/loss", "train/loss").contains(metricForBestModel),
        "metric_for_best_model",
        metricForBestModel,
        "val/loss, train/loss or empty");
    Checks.atLeast(0, "early_stopping_patience", earlyStoppingPatience);
    mixtureWeights = Map.copyOf(mixtureWeights);
    mixtureWeights.forEach(
        (mixture, weight) ->
            Checks.check(
                weight >= 0 && Double.isFinite(weight),
                "mixture_weights." + mixture,
                weight,
                "0 or more"));
    Checks.check(
        lora.r() == 0 || !modelNameOrPath.isEmpty(),
        "lora.r",
        lora.r(),
        "0 for a new model; adapters need a model_name_or_path");
    Checks.atLeast(1, "eval_steps", evalSteps);
    Mlflow.check(mlflow);
    if (distribution instanceof Distribution.LocalSgd local) {
      int inner = local.innerSteps();
      Checks.check(saveSteps % inner == 0, "save_steps", saveSteps, "a multiple of inner_steps");
      Checks.check(evalSteps % inner == 0, "eval_steps", evalSteps, "a multiple of inner_steps");
      Checks.check(lora.r() == 0, "lora.r", lora.r(), "0 with distribution.type=local_sgd");
      Checks.check(
          gradientAccumulationSteps == 1,
          "gradient_accumulation_steps",
          gradientAccumulationSteps,
          "1 with distribution.type=local_sgd");
      Checks.check(
          gradientShards <= trainBatchSize,
          "gradient_shards",
          gradientShards,
          "at most train_batch_size with distribution.type=local_sgd, where it counts workers");
    }
    Checks.check(
        numTrainEpochs > 0 || maxSteps > 0,
        "num_train_epochs",
        numTrainEpochs,
        "1 or more unless max_steps is");
  }

  /**
   * What supervised steps need of it.
   *
   * @param steps of the whole run
   */
  public SupervisedSteps.Settings supervised(long steps) {
    return new SupervisedSteps.Settings(
        seed,
        objective.lossScript(),
        lossAggMode,
        mixtureWeights,
        trainBatchSize,
        gradientShards * gradientAccumulationSteps,
        distribution,
        lora.loraDropout(),
        lossSpikeFactor,
        steps);
  }

  public Validation.Settings validation() {
    return new Validation.Settings(
        evalSteps,
        metricForBestModel,
        earlyStoppingPatience,
        saveTotalLimit,
        trainBatchSize,
        gradientShards * gradientAccumulationSteps);
  }
}
