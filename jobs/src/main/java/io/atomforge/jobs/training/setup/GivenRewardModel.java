package io.atomforge.jobs.training.setup;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.jobs.training.RewardSteps;
import io.atomforge.model.ModelConfig;
import io.atomforge.rl.ModelRewarded;
import io.atomforge.rollout.RolloutSource;
import io.atomforge.spark.SparkGradients;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.Tokenizer;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/** The reward model that a run of reinforcement learning asks about its completions. */
public record GivenRewardModel(Pretrained checkpoint) {
  /**
   * @param policy tokenizer of the policy
   * @return empty if no reward asks a model
   * @throws ConfigException if there is no such checkpoint, it is no reward model, or it cannot
   *     read what the policy writes
   */
  static Optional<GivenRewardModel> of(
      Warehouse warehouse,
      FileStore store,
      RlConfig config,
      Tokenizer policy,
      PromptCursor prompts) {
    Optional<String> name = config.reward().rewardModel();
    if (name.isEmpty()) {
      return Optional.empty();
    }
    String key = "reward.checkpoint";
    Pretrained checkpoint = Pretrained.load(warehouse, store, key, name.get());
    if (!RewardSteps.made(checkpoint.whole().state())) {
      throw new ConfigException(
          key + ": " + name.get() + " is no reward model; name a checkpoint of TrainRewardModel");
    }
    if (!checkpoint.tokenizer().hasIdsOf(policy)) {
      throw new ConfigException(
          key
              + ": the tokenizer of "
              + name.get()
              + " is another than that of the policy "
              + config.modelNameOrPath()
              + "; train a reward model that starts from the policy");
    }
    int longest = prompts.longest() + config.maxCompletionLength();
    int positions = checkpoint.config().maxPositionEmbeddings();
    if (longest > positions) {
      throw new ConfigException(
          key
              + ": prompt and completion have up to "
              + longest
              + " tokens, the reward model "
              + positions
              + " positions; lower max_completion_length");
    }
    return Optional.of(new GivenRewardModel(checkpoint));
  }

  public ModelConfig model() {
    return checkpoint.config();
  }

  /** Rollouts about which it is asked; the caller closes them. */
  RolloutSource asked(RolloutSource rollouts, JavaSparkContext spark, RlConfig config) {
    return new ModelRewarded(
        rollouts,
        new SparkGradients(spark, model(), config.precision().precision(), config.partitions()),
        checkpoint.weightsWithValueHead(),
        config.gradientShards());
  }
}
