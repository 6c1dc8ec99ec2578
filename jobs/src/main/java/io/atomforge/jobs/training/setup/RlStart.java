package io.atomforge.jobs.training.setup;

import static io.atomforge.tables.Tables.ATOMS;

import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.jobs.training.PolicyStages;
import io.atomforge.jobs.training.PolicySteps;
import io.atomforge.jobs.training.Trainers;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.rl.Anchors;
import io.atomforge.rl.EntropyProbe;
import io.atomforge.rl.PolicyStep;
import io.atomforge.rl.PolicyUpdate;
import io.atomforge.rollout.RolloutSource;
import io.atomforge.spark.SparkRollouts;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.training.AdamW;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Schedule;
import io.atomforge.training.Trainer;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What a run of reinforcement learning begins with, and the parts of it that its config describes.
 *
 * @param checkpoint the policy at the start, which it is compared with
 * @param rewardModel empty where no reward asks one
 */
public record RlStart(
    RlConfig config,
    Pretrained checkpoint,
    Tokenizer tokenizer,
    PromptCursor prompts,
    Optional<GivenRewardModel> rewardModel) {
  /**
   * @throws io.atomforge.config.ConfigException if there is no such checkpoint, its tokenizer does
   *     not work, no prompt is left or the reward model does not fit
   */
  public static RlStart of(Warehouse warehouse, FileStore store, RlConfig config) {
    Pretrained checkpoint =
        Pretrained.load(warehouse, store, "model_name_or_path", config.modelNameOrPath())
            .with(config.promptTemplate());
    Tokenizer tokenizer = checkpoint.tokenizer();
    PromptCursor prompts = new PromptCursor(warehouse, tokenizer, config);
    Optional<GivenRewardModel> rewardModel =
        GivenRewardModel.of(warehouse, store, config, tokenizer, prompts);
    SparkRollouts.requireRoom(
        prompts.longestText(),
        config.maxCompletionLength(),
        checkpoint.config().maxPositionEmbeddings());
    return new RlStart(config, checkpoint, tokenizer, prompts, rewardModel);
  }

  public ModelConfig model() {
    return checkpoint.config();
  }

  /**
   * What the run takes.
   *
   * @throws io.atomforge.config.ConfigException if there is less
   */
  public TrainingMemory memory(JavaSparkContext spark) {
    return TrainingMemory.of(
            config,
            model(),
            rewardModel.map(GivenRewardModel::model),
            prompts.longest(),
            spark.defaultParallelism(),
            spark.isLocal())
        .check(spark, "lower prompts_per_step or rows_per_batch, or raise gradient_shards");
  }

  /** The policy, with a value head if the config wants one; the caller closes it. */
  public Parameters weights() {
    return checkpoint.weights(
        config.objective().valueHead().isPresent()
            ? ParameterLayout.withValueHead(model())
            : new ParameterLayout(model()));
  }

  /** Completions by Spark, judged there, also by the reward model; the caller closes it. */
  public RolloutSource rollouts(JavaSparkContext spark, Warehouse warehouse) {
    RolloutSource judged =
        new SparkRollouts(
            spark,
            model(),
            config.precision().precision(),
            config.sandbox().settings(0),
            tokenizer,
            warehouse.exists(ATOMS) ? AtomRow.all(warehouse) : List.of(),
            config.partitions(),
            config.rowsPerBatch(),
            config.sampler());
    return rewardModel.isPresent() ? rewardModel.get().asked(judged, spark, config) : judged;
  }

  /**
   * The policies that the KL compares with; the caller closes them.
   *
   * @param start the policy at the start
   */
  public Anchors anchors(Parameters start) {
    return Anchors.of(start, config.objective(), config.plan().reincarnateStep());
  }

  /** The steps that learn from rollouts. */
  public PolicySteps policy(
      RolloutSource rollouts, GradientSource source, Anchors anchors, Trainers trainers) {
    EntropyProbe probe =
        new EntropyProbe(source, config.objective().lossScript(), config.gradientShards());
    PolicyStages stages =
        new PolicyStages(
            config.curriculum(),
            probe,
            config.stage(),
            stage ->
                new PolicyStep(
                    rollouts,
                    new PolicyUpdate(source, anchors, config.update(stage)),
                    config.stepSettings(tokenizer.eosId(), stage)));
    return new PolicySteps(config.feed(), stages, prompts, trainers, anchors, config.klBeta());
  }

  /**
   * The optimizers of the run.
   *
   * @param theta updated in place; the caller closes it
   */
  public Trainers trainers(Parameters theta, GradientSource source) {
    Trainer policy =
        new Trainer(
            theta,
            config.optimizer(),
            config.valueLearningRate(),
            config.schedule(),
            config.optimizerSteps(),
            config.maxGradNorm(),
            source);
    return new Trainers(
        policy,
        config.plan().supervises() ? Optional.of(supervised(theta, source)) : Optional.empty(),
        config.plan().fitsValues() ? Optional.of(values(theta, source)) : Optional.empty());
  }

  private Trainer supervised(Parameters theta, GradientSource source) {
    RlConfig.Demonstrations by = config.demonstrations();
    return new Trainer(
        theta, by.optimizer(), 0, by.schedule(), config.maxSteps(), by.maxGradNorm(), source);
  }

  /**
   * With a learning rate of 0 for all but the head, so that the policy keeps every bit. Clipping
   * would let the policy's part of the gradient scale that of the head.
   */
  private Trainer values(Parameters theta, GradientSource source) {
    AdamW by = config.optimizer();
    return new Trainer(
        theta,
        new AdamW(0, by.beta1(), by.beta2(), by.epsilon(), 0),
        config.valueLearningRate(),
        new Schedule.Constant(0),
        config.maxSteps(),
        Double.POSITIVE_INFINITY,
        source);
  }
}
