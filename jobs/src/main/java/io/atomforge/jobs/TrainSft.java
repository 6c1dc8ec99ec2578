package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static java.util.stream.Collectors.toSet;
import static org.apache.spark.sql.functions.col;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.config.Basis;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.dataset.Batches;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.LoraSettings;
import io.atomforge.jobs.run.ModelSettings;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.jobs.tracking.Mlflow;
import io.atomforge.model.Lora;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.spark.SparkGradients;
import io.atomforge.tables.Warehouse;
import io.atomforge.training.AdamW;
import io.atomforge.training.Distribution;
import io.atomforge.training.Schedule;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.Objective;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Supervised fine-tuning on {@code sequences} (recipes B1): gradients on executors, one optimizer
 * on the driver.
 */
public final class TrainSft {
  /** See {@code conf/train-sft.yaml}. */
  record Config(
      @Operational String warehouse,
      @Operational String files,
      long seed,
      @Operational int partitions,
      String runId,
      String modelNameOrPath,
      ModelSettings model,
      LoraSettings lora,
      Precision precision,
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
    Config {
      Checks.atLeast(1, "partitions", partitions);
      model.check();
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

    /** Factor of the loss of sequences of this mixture. */
    double mixtureWeight(String mixture) {
      return mixtureWeights.getOrDefault(mixture, 1.0);
    }
  }

  record Summary(
      String checkpointId,
      String bestCheckpointId,
      long parameters,
      long steps,
      double trainLoss,
      double validationLoss,
      double tokensPerSecond) {}

  public static final Job<Config> JOB =
      new Job<>(
              "TrainSft",
              "supervised fine-tuning, gradients on executors, one optimizer on the driver",
              Config.class,
              List.of(SEQUENCES, CHECKPOINTS),
              List.of(STEP_METRICS, CHECKPOINTS),
              TrainSft::run)
          .dependsOn(TrainSft::inputs);

  private TrainSft() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) {
    FileStore store = FileStore.open(warehouse, config.files());
    Map<String, Sequence> train = new HashMap<>();
    List<Sequence> validation = new ArrayList<>();
    for (Sequence s :
        Warehouse.collect(SEQUENCES, warehouse.read(SEQUENCES).orderBy(col("sequence_id")))) {
      if (s.mixture().equals(BuildDataset.VALIDATION)) {
        validation.add(s);
      } else {
        train.put(s.sequenceId(), s);
      }
    }
    checkData(config, train, validation);
    Batches batches =
        new Batches(new ArrayList<>(train.keySet()), config.trainBatchSize(), config.seed());
    long steps = config.maxSteps() > 0 ? config.maxSteps() : batches.count(config.numTrainEpochs());
    Optional<Checkpoints.Found> base =
        config.modelNameOrPath().isEmpty()
            ? Optional.empty()
            : Optional.of(Checkpoints.find(warehouse, store, config.modelNameOrPath()));
    Optional<Checkpoint> start = base.map(found -> Checkpoints.load(found.folder()));
    start.ifPresent(s -> checkTokenizer(s, store, config.modelNameOrPath()));
    Map<String, byte[]> tokenizerFiles =
        start
            .map(Checkpoint::tokenizerFiles)
            .orElseGet(() -> Checkpoints.files(TrainTokenizer.load(store)));
    ModelConfig model =
        start
            .map(Checkpoint::config)
            .orElseGet(() -> config.model().config(Checkpoints.tokenizer(tokenizerFiles)));
    longest(train, model);
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext());
    TrainingMemory.of(config, model, train.values(), spark.defaultParallelism(), spark.isLocal())
        .announce(
            spark,
            "lower train_batch_size, raise gradient_accumulation_steps or set"
                + " gradient_checkpointing=true");
    String parent = base.map(Checkpoints.Found::id).orElse("");
    Basis basis = JOB.basis(config, warehouse);
    TrainingRun run =
        new TrainingRun(warehouse, store, config.runId(), parent, basis, tokenizerFiles);
    run.showIn(config.tensorboard(), config.mlflow(), config);
    Optional<Checkpoint> resumed = run.resume(config.resumeFromCheckpoint());
    Optional<Lora> lora = config.lora().lora();
    ParameterLayout layout =
        lora.map(l -> l.layout(model)).orElseGet(() -> new ParameterLayout(model));
    boolean compares = lora.isPresent() || config.objective().lossScript().hasReference();
    try (run;
        Parameters first = compares ? first(start, model, config.seed()) : null;
        Parameters theta =
            lora.isPresent()
                ? Parameters.of(layout, lora.get().initial(model, config.seed()), Device.cpu())
                : first(start, model, config.seed());
        SparkGradients source = source(spark, config, model, first, lora);
        Trainer trainer =
            new Trainer(
                theta,
                config.optimizer(),
                config.schedule(),
                steps,
                config.maxGradNorm(),
                source)) {
      TrainingRun.Saved saved =
          new TrainingRun.Saved(
              model, lora.map(l -> new Checkpoint.Adapter(l, base.orElseThrow().id())));
      SftLoop loop =
          new SftLoop(
              config,
              run,
              saved,
              source,
              trainer,
              new SftLoop.Data(train, validation, batches),
              steps);
      resumed.ifPresentOrElse(loop::resume, loop::begin);
      double tokensPerSecond = loop.take();
      if (lora.isPresent()) {
        TrainingRun merged =
            new TrainingRun(
                warehouse,
                store,
                config.runId() + Checkpoints.MERGED,
                parent,
                basis,
                tokenizerFiles);
        try (Parameters all = lora.get().merge(model, first, theta)) {
          merged.export(run.committed(), model, all);
        }
      }
      run.finish();
      return new Summary(
          config.runId() + "/step-" + run.committed(),
          loop.bestStep() < 0 ? "" : config.runId() + "/step-" + loop.bestStep(),
          layout.size(),
          run.committed(),
          loop.loss(),
          loop.validationLoss(),
          tokensPerSecond);
    }
  }

  /** The whole model that the run begins with. */
  private static Parameters first(Optional<Checkpoint> start, ModelConfig model, long seed) {
    ParameterLayout whole = new ParameterLayout(model);
    return start
        .map(s -> Checkpoints.weights(s, whole))
        .orElseGet(() -> Parameters.initial(whole, seed, Device.cpu()));
  }

  /**
   * Gradients by Spark.
   *
   * @param first what adapters change or a loss compares with; null if nothing does
   */
  static SparkGradients source(
      JavaSparkContext spark,
      Config config,
      ModelConfig model,
      Parameters first,
      Optional<Lora> lora) {
    SparkGradients source =
        new SparkGradients(spark, model, config.precision(), config.partitions())
            .with(
                new SparkGradients.Settings(
                    config.partitions(),
                    config.gradientAccumulationSteps(),
                    config.gradientFanIn(),
                    config.gradientPrecision()));
    if (config.gradientCheckpointing()) {
      source = source.recomputing();
    }
    if (lora.isPresent()) {
      return source.adapting(first, lora.get());
    }
    return first == null ? source : source.comparedWith(first);
  }

  private static void checkData(
      Config config, Map<String, Sequence> train, List<Sequence> validation) {
    boolean needed =
        config.metricForBestModel().equals("val/loss") && config.saveTotalLimit() > 0
            || config.earlyStoppingPatience() > 0;
    if (needed && validation.isEmpty()) {
      throw new ConfigException(
          "early_stopping_patience and save_total_limit with metric_for_best_model=val/loss need a"
              + " validation set; build the dataset with validation above 0");
    }
    Set<String> mixtures = train.values().stream().map(Sequence::mixture).collect(toSet());
    for (String mixture : config.mixtureWeights().keySet()) {
      if (!mixtures.contains(mixture)) {
        throw new ConfigException(
            "mixture_weights." + mixture + ": table sequences has only " + new TreeSet<>(mixtures));
      }
    }
  }

  /** The ids of {@code sequences} are those of the tokenizer in the store. */
  private static void checkTokenizer(Checkpoint start, FileStore store, String name) {
    if (start.tokenizerFiles().containsKey("tokenizer.json")
        && store.exists(TrainTokenizer.FILE)
        && !Checkpoints.tokenizer(start.tokenizerFiles()).hasIdsOf(TrainTokenizer.load(store))) {
      throw new ConfigException(
          "model_name_or_path: table sequences was made with a tokenizer whose ids mean other"
              + " tokens to this model; run TrainTokenizer model_name_or_path="
              + name
              + ", then BuildDataset");
    }
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

  static int number(Map<String, Object> state, String key) {
    return ((Number) state.get(key)).intValue();
  }

  /** Data, and the model or the tokenizer that the run begins with. */
  private static List<Input> inputs(Config config) {
    String base = config.modelNameOrPath();
    return List.of(
        Input.Rows.of(SEQUENCES),
        base.isEmpty()
            ? TrainTokenizer.input(config.files())
            : new Inputs.OfCheckpoint(config.files(), base));
  }
}
