package io.atomforge.jobs.training;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.StoredTokenizer;
import io.atomforge.model.Lora;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.spark.SparkGradients;
import io.atomforge.tables.Warehouse;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What a supervised run begins with.
 *
 * @param id name of the checkpoint; empty for a new model
 * @param checkpoint empty for a new model
 */
public record SftStart(
    String id,
    Optional<Checkpoint> checkpoint,
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
    Checkpoints.Found base = Checkpoints.find(warehouse, store, config.modelNameOrPath());
    Checkpoint start = Checkpoints.load(base.folder());
    checkTokenizer(start, store, config.modelNameOrPath());
    return new SftStart(base.id(), Optional.of(start), start.tokenizerFiles(), start.config());
  }

  /** The ids of {@code sequences} are those of the tokenizer in the store. */
  private static void checkTokenizer(Checkpoint start, FileStore store, String name) {
    if (start.tokenizerFiles().containsKey("tokenizer.json")
        && StoredTokenizer.exists(store)
        && !Checkpoints.tokenizer(start.tokenizerFiles()).hasIdsOf(StoredTokenizer.load(store))) {
      throw new ConfigException(
          "model_name_or_path: table sequences was made with a tokenizer whose ids mean other"
              + " tokens to this model; run TrainTokenizer model_name_or_path="
              + name
              + ", then BuildDataset");
    }
  }

  /** The whole model, which the caller closes. */
  public Parameters whole(long seed) {
    ParameterLayout layout = new ParameterLayout(model);
    return checkpoint
        .map(c -> Checkpoints.weights(c, layout))
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
      JavaSparkContext spark, SftConfig config, ModelConfig model, Parameters first) {
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
      return source.adapting(first, lora.get());
    }
    return first == null ? source : source.comparedWith(first);
  }
}
