package io.atomforge.jobs.training;

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
 * What a supervised run begins with.
 *
 * @param id name of the checkpoint; empty for a new model
 * @param checkpoint empty for a new model
 */
public record SftStart(
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
          "", Optional.empty(), files, config.model().config(Checkpoints.tokenizer(files)));
    }
    Pretrained start =
        Pretrained.load(warehouse, store, "model_name_or_path", config.modelNameOrPath());
    return new SftStart(
        start.id(), Optional.of(start), tokenizerFiles(start, store, config), start.config());
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
          "model_name_or_path: table sequences was made with a tokenizer whose ids mean other"
              + " tokens to this model; run TrainTokenizer model_name_or_path="
              + config.modelNameOrPath()
              + ", then BuildDataset");
    }
    start.tokenizer(); // refuses one that is larger than the model's vocabulary
    return ChatTemplate.plain(used)
        .map(template -> start.with(template).tokenizerFiles())
        .orElse(start.tokenizerFiles());
  }

  /** The whole model, which the caller closes. */
  public Parameters whole(long seed) {
    ParameterLayout layout = new ParameterLayout(model);
    return checkpoint
        .map(c -> c.weights(layout))
        .orElseGet(() -> Parameters.initial(layout, seed, Device.cpu()));
  }

  /** What is trained, adapters or the whole model; the caller closes it. */
  public Parameters trained(Optional<Lora> lora, long seed) {
    return lora.map(l -> Parameters.of(l.layout(model), l.initial(model, seed), Device.cpu()))
        .orElseGet(() -> whole(seed));
  }

  /**
   * Gradients by Spark.
   *
   * @param first what adapters change or a loss compares with; null if nothing does
   */
  public static SparkGradients source(
      JavaSparkContext spark, SftConfig config, ModelConfig model, @Nullable Parameters first) {
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
    Optional<Lora> lora = config.lora().lora();
    if (lora.isPresent()) {
      return source.adapting(Objects.requireNonNull(first), lora.get());
    }
    return first == null ? source : source.comparedWith(first);
  }
}
