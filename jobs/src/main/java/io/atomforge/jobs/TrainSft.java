package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.apache.spark.sql.functions.col;

import ai.djl.Device;
import io.atomforge.cluster.SparkGradients;
import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Batches;
import io.atomforge.dataset.Sequence;
import io.atomforge.model.Checkpoint;
import io.atomforge.model.LogProbs;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.tables.Warehouse;
import io.atomforge.training.AdamW;
import io.atomforge.training.Example;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Schedule;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Supervised fine-tuning on {@code sequences} (recipes B1): gradients on executors, one optimizer
 * on the driver.
 */
public final class TrainSft {
  /** See {@code conf/train-sft.yaml}. */
  record Config(
      String warehouse,
      String files,
      long seed,
      int partitions,
      String runId,
      String modelNameOrPath,
      ModelSettings model,
      Precision precision,
      AdamW optimizer,
      Schedule schedule,
      Objective objective,
      LossAggregation lossAggMode,
      int trainBatchSize,
      int numTrainEpochs,
      int maxSteps,
      double maxGradNorm,
      int gradientShards,
      int saveSteps,
      int evalSteps,
      boolean resumeFromCheckpoint)
      implements JobConfig {
    Config {
      Checks.atLeast(1, "partitions", partitions);
      model.check();
      Checks.atLeast(1, "train_batch_size", trainBatchSize);
      Checks.atLeast(0, "num_train_epochs", numTrainEpochs);
      Checks.atLeast(0, "max_steps", maxSteps);
      Checks.positive("max_grad_norm", maxGradNorm);
      Checks.atLeast(1, "gradient_shards", gradientShards);
      Checks.atLeast(1, "save_steps", saveSteps);
      Checks.atLeast(1, "eval_steps", evalSteps);
      Checks.check(
          numTrainEpochs > 0 || maxSteps > 0,
          "num_train_epochs",
          numTrainEpochs,
          "1 or more unless max_steps is");
    }
  }

  record Summary(
      String checkpointId,
      long parameters,
      long steps,
      double trainLoss,
      double validationLoss,
      double tokensPerSecond) {}

  static final Job<Config> JOB =
      new Job<>(
          "TrainSft",
          "supervised fine-tuning, gradients on executors, one optimizer on the driver",
          Config.class,
          List.of(SEQUENCES, CHECKPOINTS),
          List.of(STEP_METRICS, CHECKPOINTS),
          TrainSft::run);

  private TrainSft() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) {
    FileStore store = FileStore.open(warehouse, config.files());
    Map<String, Sequence> train = new HashMap<>();
    List<Example> validation = new ArrayList<>();
    for (Sequence s :
        Warehouse.collect(SEQUENCES, warehouse.read(SEQUENCES).orderBy(col("sequence_id")))) {
      if (s.mixture().equals(BuildDataset.VALIDATION)) {
        validation.add(example(s, LossAggregation.TOKEN_MEAN));
      } else {
        train.put(s.sequenceId(), s);
      }
    }
    Batches batches =
        new Batches(new ArrayList<>(train.keySet()), config.trainBatchSize(), config.seed());
    long steps = config.maxSteps() > 0 ? config.maxSteps() : batches.count(config.numTrainEpochs());
    Optional<Checkpoints.Found> base =
        config.modelNameOrPath().isEmpty()
            ? Optional.empty()
            : Optional.of(Checkpoints.find(warehouse, store, config.modelNameOrPath()));
    Optional<Checkpoint> start = base.map(found -> Checkpoints.load(found.folder()));
    Map<String, byte[]> tokenizerFiles =
        start.map(Checkpoint::tokenizerFiles).orElseGet(() -> Checkpoints.tokenizerFiles(store));
    ModelConfig model =
        start
            .map(Checkpoint::config)
            .orElseGet(() -> config.model().config(Checkpoints.tokenizer(tokenizerFiles)));
    longest(train, model);
    TrainingRun run =
        new TrainingRun(
            warehouse,
            store,
            config.runId(),
            base.map(Checkpoints.Found::id).orElse(""),
            settings(config, steps, warehouse),
            tokenizerFiles);
    Optional<Checkpoint> resumed = run.resume(config.resumeFromCheckpoint());
    GradientSource source =
        new SparkGradients(
            JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext()),
            model,
            config.precision(),
            config.objective().lossScript(),
            config.partitions());
    ParameterLayout layout = new ParameterLayout(model);
    byte[] initial = resumed.or(() -> start).map(Checkpoint::parameters).orElse(null);
    try (Parameters theta =
            initial == null
                ? Parameters.of(layout, layout.initial(config.seed()), Device.cpu())
                : Parameters.of(layout, initial, Device.cpu());
        Trainer trainer =
            new Trainer(
                theta, config.optimizer(), config.schedule(), steps, config.maxGradNorm(), source);
        Progress progress = Progress.ofSteps("sft step", Math.max(0, run.committed()), steps)) {
      Batches.Cursor cursor = Batches.Cursor.START;
      if (resumed.isPresent()) {
        Checkpoint.TrainingState state = resumed.get().trainingState().orElseThrow();
        trainer.optimizer().restore(run.committed(), state.mean(), state.square());
        cursor = new Batches.Cursor(number(state, "epoch"), number(state, "position"));
      } else {
        run.commit(0, model, trainer, cursor(cursor));
      }
      double loss = Double.NaN;
      long tokens = 0;
      long begin = System.nanoTime();
      for (long step = run.committed() + 1; step <= steps; step++) {
        long stepBegin = System.nanoTime();
        Batches.Batch batch = batches.at(cursor);
        cursor = batch.next();
        List<Example> examples =
            batch.sequenceIds().stream()
                .map(id -> example(train.get(id), config.lossAggMode()))
                .toList();
        List<Shard> shards = Sharding.cut(examples, config.gradientShards());
        Trainer.Step done = trainer.step(shards, 1.0);
        long stepTokens = examples.stream().mapToLong(e -> e.tokens().length).sum();
        tokens += stepTokens;
        loss = done.loss();
        double seconds = (System.nanoTime() - stepBegin) / 1e9;
        record(run, step, done, stepTokens, seconds);
        if ((step % config.evalSteps() == 0 || step == steps) && !validation.isEmpty()) {
          run.metric(
              step, "val/loss", validationLoss(source, theta, validation, config.gradientShards()));
        }
        progress.report(
            step,
            String.format(
                Locale.ROOT,
                "loss %.3f | grad_norm %.2f | %.1fk tok/s",
                done.loss(),
                done.gradNorm(),
                stepTokens / seconds / 1000));
        if (step % config.saveSteps() == 0 || step == steps) {
          run.commit(step, model, trainer, cursor(cursor));
        }
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      return new Summary(
          config.runId() + "/step-" + run.committed(),
          layout.size(),
          steps,
          loss,
          validation.isEmpty()
              ? Double.NaN
              : validationLoss(source, theta, validation, config.gradientShards()),
          tokens / seconds);
    }
  }

  private static void record(
      TrainingRun run, long step, Trainer.Step done, long tokens, double seconds) {
    run.metric(step, "train/loss", done.loss());
    run.metric(step, "actor/grad_norm", done.gradNorm());
    run.metric(step, "actor/lr", done.learningRate());
    run.metric(step, "perf/total_num_tokens", tokens);
    run.metric(step, "perf/throughput", tokens / seconds);
    run.metric(step, "timing_s/update_actor", done.gradientSeconds());
    run.metric(step, "timing_s/aggregate", done.updateSeconds());
    run.metric(step, "timing_s/step", seconds);
  }

  private static Example example(Sequence s, LossAggregation aggregation) {
    int[] learned = IntStream.range(1, s.length()).filter(t -> s.lossMask()[t] == 1).toArray();
    float[] weights = new float[learned.length];
    Arrays.fill(weights, (float) (aggregation.tokenWeight(learned.length) * s.weight()));
    return new Example(
        s.tokens(),
        learned,
        weights,
        new float[0][],
        aggregation.denominator(learned.length, learned.length));
  }

  /** Mean negative log likelihood of a reference token, in nats. */
  private static double validationLoss(
      GradientSource source, Parameters theta, List<Example> examples, int shards) {
    double sum = 0;
    double tokens = 0;
    List<Shard> cut = Sharding.cut(examples, shards);
    List<LogProbs> scores = source.logProbs(theta, cut, 1.0);
    for (LogProbs score : scores) {
      for (float logProb : score.logProbs()) {
        sum -= logProb;
        tokens++;
      }
    }
    return sum / tokens;
  }

  private static void longest(Map<String, Sequence> train, ModelConfig model) {
    int longest = train.values().stream().mapToInt(Sequence::length).max().orElse(0);
    if (longest > model.maxPositionEmbeddings()) {
      throw new ConfigException(
          "model.max_position_embeddings: the longest sequence has "
              + longest
              + " tokens, the model "
              + model.maxPositionEmbeddings()
              + " positions");
    }
  }

  static Map<String, Object> cursor(Batches.Cursor cursor) {
    return Map.of("epoch", cursor.epoch(), "position", cursor.position());
  }

  static int number(Checkpoint.TrainingState state, String key) {
    return ((Number) state.values().get(key)).intValue();
  }

  /**
   * What the result depends on; where tables lie and how many tasks there are is not part of it.
   */
  private static String settings(Config config, long steps, Warehouse warehouse) {
    return String.join(
        "; ",
        List.of(
            "seed=" + config.seed(),
            "base=" + config.modelNameOrPath(),
            config.model().toString(),
            config.precision().toString(),
            config.optimizer().toString(),
            config.schedule().toString(),
            config.objective().toString(),
            config.lossAggMode().toString(),
            "batch=" + config.trainBatchSize(),
            "steps=" + steps,
            "norm=" + config.maxGradNorm(),
            "shards=" + config.gradientShards(),
            "sequences=" + warehouse.fingerprint(SEQUENCES)));
  }
}
