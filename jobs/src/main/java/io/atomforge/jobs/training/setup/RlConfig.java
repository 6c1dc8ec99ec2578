package io.atomforge.jobs.training.setup;

import io.atomforge.config.Operational;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Pairing;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.jobs.data.PromptSource;
import io.atomforge.jobs.run.Sampling;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.jobs.tracking.Mlflow;
import io.atomforge.jobs.training.RolloutFeed;
import io.atomforge.jobs.training.SupervisedSteps;
import io.atomforge.model.ComputePrecision;
import io.atomforge.plan.Plan;
import io.atomforge.rl.Curriculum;
import io.atomforge.rl.Overlong;
import io.atomforge.rl.PolicyStep;
import io.atomforge.rl.PolicyUpdate;
import io.atomforge.rl.PromptFilter;
import io.atomforge.rl.Rewards;
import io.atomforge.rl.RolloutBatch;
import io.atomforge.rl.RolloutMode;
import io.atomforge.rl.Selection;
import io.atomforge.rollout.Sampler;
import io.atomforge.task.ResponseFormat;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.training.AdamW;
import io.atomforge.training.Schedule;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.ImportanceCorrection;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.Objective;
import io.atomforge.training.objective.PolicyLoss;
import io.atomforge.training.objective.PolicyObjective;
import io.atomforge.training.objective.Regularizer;
import io.atomforge.training.objective.ValueHead;
import java.util.List;
import java.util.Locale;

/** See {@code conf/train-rl.yaml}. */
public record RlConfig(
    @Operational String warehouse,
    @Operational String files,
    long seed,
    @Operational int partitions,
    Language promptLanguage,
    Style responseStyle,
    SandboxConfig sandbox,
    String runId,
    String modelNameOrPath,
    String promptTemplate,
    ComputePrecision precision,
    String dataset,
    List<String> promptFamilies,
    String responseFormat,
    PromptSource prompts,
    List<PromptFilter> promptFilters,
    int promptsPerStep,
    int numGenerations,
    double temperature,
    double topP,
    int topK,
    double minP,
    int maxCompletionLength,
    List<String> stop,
    int rowsPerBatch,
    Sampler sampler,
    RolloutMode rolloutMode,
    Curriculum curriculum,
    Plan plan,
    Demonstrations demonstrations,
    Selection selection,
    Rewards reward,
    Overlong overlong,
    AdvantageEstimator advEstimator,
    PolicyLoss policyLoss,
    List<Regularizer> regularizers,
    ImportanceCorrection importanceCorrection,
    LossAggregation lossAggMode,
    int numIterations,
    int numMinibatches,
    AdamW optimizer,
    Schedule schedule,
    int maxSteps,
    double maxGradNorm,
    int gradientShards,
    int saveSteps,
    @Operational String tensorboard,
    @Operational String mlflow,
    @Operational boolean resumeFromCheckpoint)
    implements JobConfig {
  /**
   * How the supervised steps of a plan learn.
   *
   * @param optimizer of their own
   */
  public record Demonstrations(
      Objective objective,
      LossAggregation lossAggMode,
      int trainBatchSize,
      AdamW optimizer,
      Schedule schedule,
      double maxGradNorm) {
    public Demonstrations {
      Checks.check(
          !objective.lossScript().hasReference(),
          "demonstrations.objective",
          objective,
          "one without a KL to the start");
      SupervisedSteps.check("demonstrations.loss_agg_mode", lossAggMode);
      Checks.atLeast(1, "demonstrations.train_batch_size", trainBatchSize);
      Checks.positive("demonstrations.max_grad_norm", maxGradNorm);
    }
  }

  public RlConfig {
    precision = precision.chosen();
    regularizers = List.copyOf(regularizers);
    promptFilters = List.copyOf(promptFilters);
    Checks.runId("run_id", runId);
    Checks.atLeast(1, "partitions", partitions);
    DataSets.checkName("dataset", dataset);
    Checks.check(
        promptFamilies.stream().map(Pairing::named).allMatch(Pairing::asksForCode),
        "prompt_families",
        promptFamilies,
        "families that ask for a program; translations have no tests");
    Checks.check(
        ResponseFormat.knows(responseFormat),
        "response_format",
        responseFormat,
        "auto or one of " + ResponseFormat.NAMES);
    ChatTemplate.check(promptTemplate);
    Checks.atLeast(1, "prompts_per_step", promptsPerStep);
    Checks.atLeast(1, "num_generations", numGenerations);
    Checks.check(
        numGenerations >= advEstimator.leastCompletions(),
        "num_generations",
        numGenerations,
        advEstimator.leastCompletions() + " or more for " + name(advEstimator));
    new Sampling(temperature, topP, topK, minP, maxCompletionLength, stop, rowsPerBatch);
    Checks.atLeast(0, "num_iterations", numIterations);
    Checks.atLeast(1, "num_minibatches", numMinibatches);
    Checks.atLeast(1, "max_steps", maxSteps);
    Checks.positive("max_grad_norm", maxGradNorm);
    Checks.atLeast(1, "gradient_shards", gradientShards);
    Checks.atLeast(1, "save_steps", saveSteps);
    Mlflow.check(mlflow);
    Checks.check(
        numGenerations >= sampler.givenCompletions(),
        "num_generations",
        numGenerations,
        sampler.givenCompletions() + " or more, as many as the sampler gives beginnings to");
    Checks.check(
        !plan.fitsValues() || advEstimator.critic().isPresent(),
        "adv_estimator",
        advEstimator,
        "one with a value head, which the plan fits");
    Checks.check(
        curriculum.greatestLength().orElse(0) <= maxCompletionLength,
        "max_completion_length",
        maxCompletionLength,
        "the greatest length of the curriculum or more");
    Checks.check(
        !curriculum.changes() || !rolloutMode.offPolicy() && sampler.givenCompletions() == 0,
        "curriculum",
        name(curriculum),
        "constant where rollout_mode lets rollouts be stale or the sampler gives beginnings");
    Checks.check(
        !curriculum.changes() || plan.drawsEachStep(),
        "curriculum",
        name(curriculum),
        "constant with a plan some of whose steps draw no rollouts");
    Checks.check(
        rolloutMode.ahead() == 0 || plan.drawsEachStep(),
        "rollout_mode",
        rolloutMode,
        "sync or replay with a plan some of whose steps draw no rollouts");
    Checks.check(
        rolloutMode.ahead() == 0 || plan.reincarnateStep() > maxSteps,
        "rollout_mode",
        rolloutMode,
        "sync or replay with a plan that ends on-policy");
    Checks.check(
        !rolloutMode.offPolicy() || !importanceCorrection.isNone(),
        "importance_correction",
        importanceCorrection,
        "bypass or one with weights where rollout_mode lets rollouts be stale");
    Checks.check(
        !importanceCorrection.bypasses() || policyLoss.correctsForOldPolicy(),
        "importance_correction",
        importanceCorrection,
        "another one with policy_loss score_function, which has no ratio");
    Checks.check(
        !policyLoss.centered() || importanceCorrection.bypasses(),
        "importance_correction",
        importanceCorrection,
        "bypass with policy_loss centered_clip, which compares with the policy that sampled");
    Checks.check(
        rolloutMode.keepsGreedy() || !advEstimator.needsGreedy(),
        "rollout_mode",
        rolloutMode,
        "sync or async with greedy_baseline, whose greedy completions are not kept");
    objective(
        policyLoss,
        regularizers,
        advEstimator,
        importanceCorrection,
        numIterations * numMinibatches);
  }

  private static PolicyObjective objective(
      PolicyLoss loss,
      List<Regularizer> regularizers,
      AdvantageEstimator estimator,
      ImportanceCorrection correction,
      int steps) {
    boolean onPolicy = steps <= 1 && !correction.bypasses();
    return new PolicyObjective(loss, regularizers, estimator.critic(), onPolicy);
  }

  public PolicyObjective objective() {
    return objective(
        policyLoss,
        regularizers,
        advEstimator,
        importanceCorrection,
        numIterations * numMinibatches);
  }

  /** The value head's learning rate; without one it plays no part. */
  public double valueLearningRate() {
    return advEstimator.critic().map(ValueHead::learningRate).orElse(0.0);
  }

  /** The weight of the KL in the reward at the start of the run. */
  public double klBeta() {
    return objective()
        .regularizer(Regularizer.KlReward.class)
        .map(Regularizer.KlReward::beta)
        .orElse(0.0);
  }

  /** A part's type as the YAML has it. */
  private static String name(Object part) {
    String name = part.getClass().getSimpleName();
    return name.replaceAll("(?<=[a-z])([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** How sampling begins; the curriculum may change it. */
  public Curriculum.Stage stage() {
    return new Curriculum.Stage(temperature, maxCompletionLength);
  }

  public PolicyStep.Settings stepSettings(int eosTokenId, Curriculum.Stage stage) {
    return new PolicyStep.Settings(
        new Sampling(stage.temperature(), topP, topK, minP, stage.longest(), stop, rowsPerBatch)
            .settings(eosTokenId),
        new RolloutBatch.Scoring(reward, overlong, selection, stage.longest()),
        advEstimator.needsGreedy());
  }

  public PolicyUpdate.Settings update(Curriculum.Stage stage) {
    return new PolicyUpdate.Settings(
        stage.temperature(),
        advEstimator,
        objective(),
        importanceCorrection,
        lossAggMode,
        numIterations,
        numMinibatches,
        gradientShards,
        sampler.givenKept());
  }

  /** Where the steps get their rollouts. */
  public RolloutFeed.Settings feed() {
    return new RolloutFeed.Settings(
        runId, seed, rolloutMode, promptsPerStep, saveSteps, maxSteps, plan.reincarnateStep());
  }

  /** What the supervised steps of the plan need of it. */
  public SupervisedSteps.Settings supervised() {
    SupervisedSteps.Settings plain =
        SupervisedSteps.Settings.plain(
            seed,
            demonstrations.objective,
            demonstrations.lossAggMode,
            demonstrations.trainBatchSize,
            gradientShards);
    return advEstimator.critic().isPresent() ? plain.besideValueHead() : plain;
  }

  /** Optimizer steps of the policy in the whole run, if each of its steps learns from rollouts. */
  public long optimizerSteps() {
    long first = Math.min(maxSteps, plan.reincarnateStep());
    long afterwards = (maxSteps - first) * Math.min(1, numIterations);
    return first * numIterations * numMinibatches + afterwards;
  }
}
