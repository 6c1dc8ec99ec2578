package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.apache.spark.sql.functions.col;

import ai.djl.Device;
import io.atomforge.cluster.PolicyStep;
import io.atomforge.cluster.SparkGradients;
import io.atomforge.cluster.SparkRollouts;
import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Batches;
import io.atomforge.model.Checkpoint;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.random.Seeds;
import io.atomforge.reward.Reward;
import io.atomforge.rollout.PromptTask;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.training.AdamW;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Schedule;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.Objective;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Reinforcement learning from sandbox rewards (recipes B3): rollouts and gradients on executors,
 * one optimizer on the driver.
 */
public final class TrainRl {
  /** See {@code conf/train-rl.yaml}. */
  record Config(
      String warehouse,
      String files,
      long seed,
      int partitions,
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
      int maxCompletionLength,
      int rowsPerBatch,
      Reward reward,
      AdvantageEstimator advEstimator,
      Objective.Clipped objective,
      LossAggregation lossAggMode,
      int numIterations,
      AdamW optimizer,
      Schedule schedule,
      int maxSteps,
      double maxGradNorm,
      int gradientShards,
      int saveSteps,
      boolean resumeFromCheckpoint)
      implements JobConfig {
    Config {
      Checks.atLeast(1, "partitions", partitions);
      Checks.atLeast(1, "prompts_per_step", promptsPerStep);
      Checks.atLeast(1, "num_generations", numGenerations);
      new Sampling(temperature, topP, maxCompletionLength, rowsPerBatch);
      Checks.atLeast(1, "num_iterations", numIterations);
      Checks.atLeast(1, "max_steps", maxSteps);
      Checks.positive("max_grad_norm", maxGradNorm);
      Checks.atLeast(1, "gradient_shards", gradientShards);
      Checks.atLeast(1, "save_steps", saveSteps);
    }

    Sampling sampling() {
      return new Sampling(temperature, topP, maxCompletionLength, rowsPerBatch);
    }
  }

  record Summary(
      String checkpointId,
      long steps,
      double firstReward,
      double lastReward,
      double generatedTokensPerSecond) {}

  static final Job<Config> JOB =
      new Job<>(
          "TrainRl",
          "reinforcement learning from sandbox rewards (GRPO)",
          Config.class,
          List.of(SEQUENCES, PROBLEMS, ATOMS, CHECKPOINTS),
          List.of(ROLLOUTS, STEP_METRICS, CHECKPOINTS),
          TrainRl::run);

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
    Map<String, Problem> problems = problems(warehouse, config);
    Batches batches =
        new Batches(
            new ArrayList<>(problems.keySet()),
            config.promptsPerStep(),
            Seeds.derive(config.seed(), "rl"));
    TrainingRun run =
        new TrainingRun(
            warehouse,
            store,
            config.runId(),
            base.id(),
            settings(config, base, warehouse),
            start.tokenizerFiles());
    Optional<Checkpoint> resumed = run.resume(config.resumeFromCheckpoint());
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext());
    GradientSource source =
        new SparkGradients(
            spark, model, config.precision(), config.objective().lossScript(), config.partitions());
    SparkRollouts rollouts =
        new SparkRollouts(
            spark,
            model,
            config.precision(),
            config.sandbox().settings(0),
            tokenizer.toJson(),
            Warehouse.collect(ATOMS, warehouse.read(ATOMS)),
            config.partitions(),
            config.rowsPerBatch());
    PolicyStep.Settings settings =
        new PolicyStep.Settings(
            config.sampling().settings(tokenizer.eosId()),
            config.reward(),
            config.advEstimator(),
            config.objective(),
            config.lossAggMode(),
            config.numIterations(),
            config.gradientShards());
    ParameterLayout layout = new ParameterLayout(model);
    try (Parameters theta =
            Parameters.of(layout, resumed.orElse(start).parameters(), Device.cpu());
        Parameters reference = Parameters.of(layout, start.parameters(), Device.cpu());
        Trainer trainer =
            new Trainer(
                theta,
                config.optimizer(),
                config.schedule(),
                (long) config.maxSteps() * config.numIterations(),
                config.maxGradNorm(),
                source);
        Progress progress =
            Progress.ofSteps("rl step", Math.max(0, run.committed()), config.maxSteps())) {
      Batches.Cursor cursor = Batches.Cursor.START;
      if (resumed.isPresent()) {
        Checkpoint.TrainingState state = resumed.get().trainingState().orElseThrow();
        trainer
            .optimizer()
            .restore(run.committed() * config.numIterations(), state.mean(), state.square());
        cursor =
            new Batches.Cursor(TrainSft.number(state, "epoch"), TrainSft.number(state, "position"));
      } else {
        run.commit(0, model, trainer, TrainSft.cursor(cursor));
      }
      PolicyStep policy = new PolicyStep(rollouts, source, reference, settings);
      List<Double> rewards = new ArrayList<>();
      double tokens = 0;
      double seconds = 0;
      for (long next = run.committed() + 1; next <= config.maxSteps(); next++) {
        long step = next;
        Batches.Batch batch = batches.at(cursor);
        cursor = batch.next();
        PolicyStep.Result done =
            policy.take(trainer, tasks(batch.sequenceIds(), problems, tokenizer, config, step));
        Map<String, Double> metrics = done.metrics();
        metrics.forEach((name, value) -> run.metric(step, name, value));
        run.rollouts(
            done.rollouts()
                .rows(
                    config.runId(), step, id -> config.promptLanguage().prompt(problems.get(id))));
        double generated = metrics.get("timing_s/gen");
        rewards.add(done.rollouts().meanReward());
        tokens += done.rollouts().tokens();
        seconds += generated;
        progress.report(
            step,
            String.format(
                Locale.ROOT,
                "reward %.3f | entropy %.3f | grad_norm %.2f | length %.1f | %.1fk tok/s",
                done.rollouts().meanReward(),
                metrics.get("actor/entropy"),
                metrics.get("actor/grad_norm"),
                done.rollouts().meanLength(),
                done.rollouts().tokens() / generated / 1000));
        if (step % config.saveSteps() == 0 || step == config.maxSteps()) {
          run.commit(step, model, trainer, TrainSft.cursor(cursor));
        }
      }
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

  /** The problems whose prompts SFT was trained on. */
  private static Map<String, Problem> problems(Warehouse warehouse, Config config) {
    Dataset<Row> trained =
        warehouse
            .read(SEQUENCES)
            .filter(col("mixture").isin(config.promptFamilies().toArray()))
            .select("problem_id")
            .distinct();
    Map<String, Problem> problems = new HashMap<>();
    Warehouse.collect(PROBLEMS, warehouse.read(PROBLEMS).join(trained, "problem_id"))
        .forEach(p -> problems.put(p.problemId(), p));
    if (problems.isEmpty()) {
      throw new ConfigException(
          "prompt_families: table sequences has no example of " + config.promptFamilies());
    }
    return problems;
  }

  private static List<PromptTask> tasks(
      List<String> ids,
      Map<String, Problem> problems,
      Tokenizer tokenizer,
      Config config,
      long step) {
    ChatTemplate template = new ChatTemplate(tokenizer);
    List<PromptTask> tasks = new ArrayList<>();
    for (String id : ids) {
      Problem p = problems.get(id);
      long[] seeds =
          LongStream.range(0, config.numGenerations())
              .map(s -> Seeds.derive(config.seed(), "rollout", id, step, s))
              .toArray();
      tasks.add(
          new PromptTask(
              id,
              p.entryPoint(),
              template.promptIds(config.promptLanguage().prompt(p)),
              seeds,
              p.tests()));
    }
    return tasks;
  }

  private static String settings(Config config, Checkpoints.Found base, Warehouse warehouse) {
    return String.join(
        "; ",
        List.of(
            "seed=" + config.seed(),
            "base=" + base.id(),
            config.promptLanguage().toString(),
            config.precision().toString(),
            config.promptFamilies().toString(),
            "prompts=" + config.promptsPerStep(),
            "generations=" + config.numGenerations(),
            "temperature=" + config.temperature(),
            "top_p=" + config.topP(),
            "length=" + config.maxCompletionLength(),
            "rows=" + config.rowsPerBatch(),
            config.reward().toString(),
            config.advEstimator().toString(),
            config.objective().toString(),
            config.lossAggMode().toString(),
            "iterations=" + config.numIterations(),
            config.optimizer().toString(),
            config.schedule().toString(),
            "steps=" + config.maxSteps(),
            "norm=" + config.maxGradNorm(),
            "shards=" + config.gradientShards(),
            "sequences=" + warehouse.fingerprint(SEQUENCES),
            "problems=" + warehouse.fingerprint(PROBLEMS)));
  }
}
