package io.atomforge.jobs.training.setup;

import ai.djl.Device;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.jobs.run.StoredTokenizer;
import io.atomforge.model.Lora;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.spark.SparkGradients;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * What a supervised run begins with, and the parts of it that its config describes.
 *
 * @param id name of the checkpoint; empty for a new model
 * @param checkpoint empty for a new model
 */
public record SftStart(
    SftConfig config,
    String id,
    Optional<Pretrained> checkpoint,
    Map<String, byte[]> tokenizerFiles,
    ModelConfig model) {
  /**
   * @throws ConfigException if there is no such checkpoint, or the sequences were made for another
   *     tokenizer
   */
  public static SftStart of(Warehouse warehouse, FileStore store, SftConfig config) {
    if (config.modelNameOrPath().isEmpty()) {
      Map<String, byte[]> files = Checkpoints.files(StoredTokenizer.load(store));
      return new SftStart(
          config, "", Optional.empty(), files, config.model().config(Checkpoints.tokenizer(files)));
    }
    Pretrained start =
        Pretrained.load(warehouse, store, "model_name_or_path", config.modelNameOrPath());
    return new SftStart(
        config,
        start.id(),
        Optional.of(start),
        tokenizerFiles(start, store, config),
        start.config());
  }

  /**
   * Those of the model; where the store has a tokenizer, by which sequences were made, it has the
   * same ids and says what the template is.
   */
  private static Map<String, byte[]> tokenizerFiles(
      Pretrained start, FileStore store, SftConfig config) {
    if (!start.tokenizerFiles().containsKey("tokenizer.json") || !StoredTokenizer.exists(store)) {
      return start.tokenizerFiles();
    }
    Tokenizer used = StoredTokenizer.load(store);
    if (!Checkpoints.tokenizer(start.tokenizerFiles()).hasIdsOf(used)) {
      throw new ConfigException(
          "model_name_or_path: table sequences was made with another tokenizer than that of this"
              + " model; run TrainTokenizer model_name_or_path="
              + config.modelNameOrPath()
              + ", then BuildDataset");
    }
    start.tokenizer(); // refuses one that is larger than the model's vocabulary
    return ChatTemplate.plain(used)
        .map(template -> start.with(template).tokenizerFiles())
        .orElse(start.tokenizerFiles());
  }

  /**
   * What the run takes.
   *
   * @throws ConfigException if there is less
   */
  public TrainingMemory memory(JavaSparkContext spark, SftData data) {
    return TrainingMemory.of(
            config, model, data.train().values(), spark.defaultParallelism(), spark.isLocal())
        .check(
            spark,
            "lower train_batch_size, raise gradient_accumulation_steps or set"
                + " gradient_checkpointing=true");
  }

  /**
   * The whole model as it is at the start, which the caller closes; null if no adapters change it
   * and no loss compares with it.
   */
  public @Nullable Parameters reference() {
    return config.lora().lora().isPresent() || config.objective().lossScript().hasReference()
        ? whole()
        : null;
  }

  /** What is trained, adapters or the whole model; the caller closes it. */
  public Parameters trained() {
    return config
        .lora()
        .lora()
        .map(l -> Parameters.of(l.layout(model), l.initial(model, config.seed()), Device.cpu()))
        .orElseGet(this::whole);
  }

  private Parameters whole() {
    ParameterLayout layout = new ParameterLayout(model);
    return checkpoint
        .map(c -> c.weights(layout))
        .orElseGet(() -> Parameters.initial(layout, config.seed(), Device.cpu()));
  }

  /**
   * Gradients by Spark.
   *
   * @param first what adapters change or a loss compares with; null if nothing does
   */
  public static SparkGradients source(
      JavaSparkContext spark, SftConfig config, ModelConfig model, @Nullable Parameters first) {
    SparkGradients source =
        new SparkGradients(spark, model, config.precision().precision(), config.partitions())
            .with(
                new SparkGradients.Settings(
                    config.partitions(),
                    config.gradientAccumulationSteps(),
                    config.gradientFanIn(),
                    config.gradientPrecision()));
    if (config.gradientCheckpointing()) {
      source = source.recomputing();
    }
    Optional<Lora> lora = config.lora().lora();
    if (lora.isPresent()) {
      return source.adapting(Objects.requireNonNull(first), lora.get());
    }
    return first == null ? source : source.comparedWith(first);
  }
}
