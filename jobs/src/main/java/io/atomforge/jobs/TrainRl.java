package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static io.atomforge.tables.Tables.STEP_METRICS;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.data.Language;
import io.atomforge.jobs.data.Pairing;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.Sampling;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.jobs.tracking.Mlflow;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.random.Seeds;
import io.atomforge.rl.Overlong;
import io.atomforge.rl.PolicyStep;
import io.atomforge.rl.PolicyUpdate;
import io.atomforge.rl.Rewards;
import io.atomforge.rl.RolloutBatch;
import io.atomforge.rl.RolloutMode;
import io.atomforge.rl.Selection;
import io.atomforge.spark.SparkGradients;
import io.atomforge.spark.SparkRollouts;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.RolloutRow;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.training.AdamW;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Schedule;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.ImportanceCorrection;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.PolicyLoss;
import io.atomforge.training.objective.PolicyObjective;
import io.atomforge.training.objective.Regularizer;
import io.atomforge.training.objective.ValueHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Reinforcement learning from sandbox rewards: rollouts and gradients on executors, one optimizer
 * on the driver. Which algorithm it is, the config says.
 */
public final class TrainRl {
  /** See {@code conf/train-rl.yaml}. */
  public record Config(
      @Operational String warehouse,
      @Operational String files,
      long seed,
      @Operational int partitions,
      Language promptLanguage,
      SandboxConfig sandbox,
      String runId,
      String modelNameOrPath,
      Precision precision,
      List<String> promptFamilies,
      int promptsPerStep,
      int numGenerations,
      double temperature,
      double topP,
      int topK,
      double minP,
      int maxCompletionLength,
      List<String> stop,
      int rowsPerBatch,
      RolloutMode rolloutMode,
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
    public Config {
      regularizers = List.copyOf(regularizers);
      Checks.atLeast(1, "partitions", partitions);
      Checks.check(
          promptFamilies.stream().map(Pairing::of).allMatch(Pairing::asksForCode),
          "prompt_families",
          promptFamilies,
          "families that ask for a program; translations have no tests");
      Checks.atLeast(1, "prompts_per_step", promptsPerStep);
      Checks.atLeast(1, "num_generations", numGenerations);
      Checks.check(
          numGenerations > 1 || !(advEstimator instanceof AdvantageEstimator.LeaveOneOut),
          "num_generations",
          numGenerations,
          "2 or more for leave_one_out");
      new Sampling(temperature, topP, topK, minP, maxCompletionLength, stop, rowsPerBatch);
      Checks.atLeast(0, "num_iterations", numIterations);
      Checks.atLeast(1, "num_minibatches", numMinibatches);
      Checks.atLeast(1, "max_steps", maxSteps);
      Checks.positive("max_grad_norm", maxGradNorm);
      Checks.atLeast(1, "gradient_shards", gradientShards);
      Checks.atLeast(1, "save_steps", saveSteps);
      Mlflow.check(mlflow);
      Checks.check(
          !rolloutMode.offPolicy() || !(importanceCorrection instanceof ImportanceCorrection.None),
          "importance_correction",
          importanceCorrection,
          "bypass or one with weights where rollout_mode lets rollouts be stale");
      Checks.check(
          !importanceCorrection.bypasses() || policyLoss.correctsForOldPolicy(),
          "importance_correction",
          importanceCorrection,
          "another one with policy_loss score_function, which has no ratio");
      Checks.check(
          !(rolloutMode instanceof RolloutMode.Replay) || !advEstimator.needsGreedy(),
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

    PolicyObjective objective() {
      return objective(
          policyLoss,
          regularizers,
          advEstimator,
          importanceCorrection,
          numIterations * numMinibatches);
    }

    /** The value head's learning rate; without one it plays no part. */
    double valueLearningRate() {
      return advEstimator.critic().map(ValueHead::learningRate).orElse(0.0);
    }

    /** The weight of the KL in the reward at the start of the run. */
    double klBeta() {
      return objective()
          .regularizer(Regularizer.KlReward.class)
          .map(Regularizer.KlReward::beta)
          .orElse(0.0);
    }

    private Sampling sampling() {
      return new Sampling(temperature, topP, topK, minP, maxCompletionLength, stop, rowsPerBatch);
    }

    PolicyStep.Settings stepSettings(int eosTokenId) {
      return new PolicyStep.Settings(
          sampling().settings(eosTokenId),
          new RolloutBatch.Scoring(reward, overlong, selection, maxCompletionLength),
          advEstimator.needsGreedy());
    }

    PolicyUpdate.Settings update() {
      return new PolicyUpdate.Settings(
          temperature,
          advEstimator,
          objective(),
          importanceCorrection,
          lossAggMode,
          numIterations,
          numMinibatches,
          gradientShards);
    }
  }

  record Summary(
      String checkpointId,
      long steps,
      double firstReward,
      double lastReward,
      double generatedTokensPerSecond) {}

  public static final Job<Config> JOB =
      new Job<>(
              "TrainRl",
              "reinforcement learning from sandbox rewards: PPO, GRPO and others",
              Config.class,
              List.of(SEQUENCES, PROBLEMS, ATOMS, CHECKPOINTS),
              List.of(ROLLOUTS, STEP_METRICS, CHECKPOINTS),
              TrainRl::run)
          .dependsOn(TrainRl::inputs);

  private static final int WINDOW = 10;

  private TrainRl() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) {
    config.sandbox().open(0); // refuses before anything is read
    FileStore store = FileStore.open(warehouse, config.files());
    Checkpoints.Found base = Checkpoints.find(warehouse, store, config.modelNameOrPath());
    Checkpoint start = Checkpoints.load(base.folder());
    ModelConfig model = start.config();
    Tokenizer tokenizer = Checkpoints.tokenizer(start.tokenizerFiles());
    RlPrompts prompts = new RlPrompts(warehouse, tokenizer, config);
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext());
    TrainingMemory.of(config, model, prompts.longest(), spark.defaultParallelism(), spark.isLocal())
        .announce(spark, "lower prompts_per_step or rows_per_batch, or raise gradient_shards");
    TrainingRun run =
        new TrainingRun(
            warehouse,
            store,
            config.runId(),
            base.id(),
            JOB.basis(config, warehouse),
            start.tokenizerFiles());
    run.showIn(config.tensorboard(), config.mlflow(), config);
    Optional<Checkpoint> resumed = run.resume(config.resumeFromCheckpoint());
    LossScript loss = config.objective().lossScript();
    GradientSource source =
        new SparkGradients(spark, model, config.precision(), config.partitions());
    SparkRollouts rollouts =
        new SparkRollouts(
            spark,
            model,
            config.precision(),
            config.sandbox().settings(0),
            tokenizer,
            AtomRow.all(warehouse),
            config.partitions(),
            config.rowsPerBatch());
    ParameterLayout layout =
        loss.valueHead() ? ParameterLayout.withValueHead(model) : new ParameterLayout(model);
    try (run;
        Parameters theta = Checkpoints.weights(start, layout);
        Parameters reference = theta.copy(Device.cpu());
        Trainer trainer =
            new Trainer(
                theta,
                config.optimizer(),
                config.valueLearningRate(),
                config.schedule(),
                (long) config.maxSteps() * config.numIterations() * config.numMinibatches(),
                config.maxGradNorm(),
                source);
        RolloutFeed feed =
            new RolloutFeed(
                new PolicyStep(
                    rollouts,
                    new PolicyUpdate(source, reference, config.update()),
                    config.stepSettings(tokenizer.eosId())),
                prompts,
                config);
        Progress progress =
            Progress.ofSteps("rl step", Math.max(0, run.committed()), config.maxSteps())) {
      RlState state = new RlState(trainer, prompts, config.klBeta());
      if (resumed.isPresent()) {
        state.restore(resumed.get());
      } else {
        run.commit(0, model, trainer, state.values());
      }
      RlAlarms alarms = new RlAlarms();
      feed.restore(warehouse, run.committed());
      List<Double> rewards = new ArrayList<>();
      double tokens = 0;
      double seconds = 0;
      for (long next = run.committed() + 1; next <= config.maxSteps(); next++) {
        long step = next;
        RolloutFeed.Next drawn = feed.next(step, theta);
        PolicyUpdate.Result done =
            feed.policy()
                .learn(
                    trainer,
                    drawn.drawn(),
                    state.klBeta(),
                    Seeds.derive(config.seed(), "minibatches", step));
        state.klBeta(done.klBeta());
        Map<String, Double> metrics = done.metrics();
        metrics.put("training/staleness", (double) drawn.staleness());
        metrics.forEach((name, value) -> run.metric(step, name, value));
        alarms.look(step, metrics);
        RolloutBatch batch = drawn.drawn().rollouts();
        rewards.add(batch.meanScore());
        if (drawn.drawnFor() == step) {
          run.rollouts(
              RolloutRow.of(config.runId(), step, batch, done.advantages(), prompts::text));
          tokens += batch.tokens();
          seconds += metrics.get("timing_s/gen");
        }
        progress.report(
            step,
            String.format(
                Locale.ROOT,
                "reward %.3f | entropy %.3f | kl %.4f | grad_norm %.2f | length %.1f | %.1fk tok/s",
                batch.meanScore(),
                metrics.get("actor/entropy"),
                metrics.getOrDefault("actor/kl_to_start", Double.NaN),
                metrics.getOrDefault("actor/grad_norm", 0.0),
                batch.meanLength(),
                tokens / seconds / 1000));
        if (step % config.saveSteps() == 0 || step == config.maxSteps()) {
          run.commit(step, model, trainer, state.values());
        }
      }
      run.finish();
      return new Summary(
          config.runId() + "/step-" + run.committed(),
          config.maxSteps(),
          rewards.stream().limit(WINDOW).mapToDouble(r -> r).average().orElse(Double.NaN),
          rewards.stream()
              .skip(Math.max(0, rewards.size() - WINDOW))
              .mapToDouble(r -> r)
              .average()
              .orElse(Double.NaN),
          seconds > 0 ? tokens / seconds : Double.NaN);
    }
  }

  private static List<Input> inputs(Config config) {
    return List.of(
        Input.Rows.of(SEQUENCES),
        Input.Rows.of(PROBLEMS),
        Input.Rows.of(ATOMS),
        new Inputs.OfCheckpoint(config.files(), config.modelNameOrPath()));
  }
}
