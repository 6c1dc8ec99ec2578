package io.atomforge.spark;

import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.config.ConfigException;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.ComputePrecision;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Completes the prompts of a data frame with a model, with the words of DJL's Spark extension:
 * {@code setInputCol}, {@code setOutputCol}, {@code setModelUrl}, {@code setBatchSize}, {@code
 * transform}. The prompt is put into the model's chat template. A completion depends on the model,
 * the settings, the seed and the row's key alone, however the rows are partitioned.
 *
 * <p>The data frame is lazy, so a generator is closed after the last action on what it made.
 */
public final class TextGenerator implements AutoCloseable {
  /** Added beside the output column: number of the completion of its row, from 0. */
  public static final String GENERATION = "generation";

  /**
   * Added beside the output column: {@code stop} if the model or a stop text ended the completion,
   * {@code length} if the completion was cut, {@code prompt_too_long} if prompt and completion do
   * not fit into the model's positions or the prompt is null, and the completion is null.
   */
  public static final String FINISH_REASON = "finish_reason";

  private String inputCol = "prompt";
  private String outputCol = "completion";
  private String keyCol = "";
  private String modelUrl = "";
  private int batchSize = 64;
  private int numGenerations = 1;
  private double temperature;
  private double topP = 1;
  private int topK;
  private double minP;
  private int maxCompletionLength = 256;
  private List<String> stop = List.of();
  private long seed = 17;
  private Precision precision = ComputePrecision.AUTO.precision();

  private @Nullable Here here;
  private @Nullable Sent sent;

  private record Here(ModelConfig config, Tokenizer tokenizer, Parameters theta) {}

  /** The same where tasks find it. */
  private record Sent(Version version, Broadcast<CompletedRows.Model> model) {}

  /** Of a model that {@link #setModelUrl} names. */
  public TextGenerator() {}

  /**
   * Of a model that is here.
   *
   * @param tokenizer with a chat template
   * @param theta closed with the generator
   */
  public TextGenerator(ModelConfig config, Tokenizer tokenizer, Parameters theta) {
    here = new Here(config, tokenizer, theta);
  }

  /** Column of prompts, of type string; {@code prompt} at first. */
  public TextGenerator setInputCol(String column) {
    inputCol = column;
    return this;
  }

  /** Column of completions that is added; {@code completion} at first. */
  public TextGenerator setOutputCol(String column) {
    outputCol = column;
    return this;
  }

  /** Column whose text, with the seed, decides about a row's completions; empty for the prompt. */
  public TextGenerator setKeyCol(String column) {
    keyCol = column;
    return this;
  }

  /** A folder with {@code config.json}, {@code model.safetensors} and a tokenizer. */
  public TextGenerator setModelUrl(String url) {
    modelUrl = url;
    return this;
  }

  /** Completions that are decoded together, 1 or more; 64 at first. */
  public TextGenerator setBatchSize(int size) {
    batchSize = atLeastOne("batchSize", size);
    return this;
  }

  /** Completions of each prompt, each a row, 1 or more; 1 at first. */
  public TextGenerator setNumGenerations(int count) {
    numGenerations = atLeastOne("numGenerations", count);
    return this;
  }

  /** 0, as at first, takes the likeliest token each time. */
  public TextGenerator setTemperature(double value) {
    temperature = value;
    return this;
  }

  /** Above 0, at most 1: the fewest tokens whose probabilities reach this are drawn from. */
  public TextGenerator setTopP(double value) {
    topP = value;
    return this;
  }

  /** So many of the likeliest tokens are drawn from; 0 for all. */
  public TextGenerator setTopK(int value) {
    topK = value;
    return this;
  }

  /** Tokens less likely than this share of the likeliest are not drawn, 0 to 1. */
  public TextGenerator setMinP(double value) {
    minP = value;
    return this;
  }

  /** Tokens after which a completion is cut, 1 or more; 256 at first. */
  public TextGenerator setMaxCompletionLength(int tokens) {
    maxCompletionLength = atLeastOne("maxCompletionLength", tokens);
    return this;
  }

  /** Texts that end a completion, which does not have them. */
  public TextGenerator setStop(List<String> texts) {
    stop = List.copyOf(texts);
    return this;
  }

  public TextGenerator setSeed(long value) {
    seed = value;
    return this;
  }

  /** Arithmetic of the model; at first the faster one on this machine. */
  public TextGenerator setPrecision(Precision value) {
    precision = value;
    return this;
  }

  private static int atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be 1 or more, got " + value);
    }
    return value;
  }

  /**
   * The rows with the columns {@code outputCol}, {@link #GENERATION} and {@link #FINISH_REASON}, as
   * many for each row as completions are wanted.
   *
   * @throws ConfigException if a column is missing or there already, or the model cannot be read
   */
  public Dataset<Row> transform(Dataset<Row> rows) {
    checkColumns(rows.schema());
    Here model = here();
    Sent there = sent(JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext()), model);
    CompletedRows.Settings settings =
        new CompletedRows.Settings(
            inputCol,
            keyCol.isEmpty() ? inputCol : keyCol,
            numGenerations,
            new SamplingSettings(
                temperature, topP, topK, minP, maxCompletionLength, model.tokenizer.eosId(), stop),
            seed,
            batchSize,
            precision);
    Broadcast<CompletedRows.Model> loaded = there.model;
    Version current = there.version;
    return rows.mapPartitions(
        (MapPartitionsFunction<Row, Row>)
            part -> new CompletedRows(settings, loaded, current, part),
        Encoders.row(schema(rows.schema())));
  }

  /** The columns of what {@link #transform} gives. */
  public StructType schema(StructType input) {
    return input
        .add(outputCol, DataTypes.StringType, true)
        .add(GENERATION, DataTypes.IntegerType, false)
        .add(FINISH_REASON, DataTypes.StringType, false);
  }

  private void checkColumns(StructType schema) {
    List<String> there = List.of(schema.fieldNames());
    for (String column : keyCol.isEmpty() ? List.of(inputCol) : List.of(inputCol, keyCol)) {
      if (!there.contains(column)) {
        throw new ConfigException("there is no column " + column + " among " + there);
      }
    }
    if (!schema.apply(inputCol).dataType().equals(DataTypes.StringType)) {
      throw new ConfigException(
          "column "
              + inputCol
              + " must hold texts, got "
              + schema.apply(inputCol).dataType().sql());
    }
    for (String column : List.of(outputCol, GENERATION, FINISH_REASON)) {
      if (there.contains(column)) {
        throw new ConfigException("the rows have a column " + column + " already; rename it");
      }
    }
  }

  private Here here() {
    if (here == null) {
      try {
        Checkpoint checkpoint = Checkpoint.open(Path.of(modelUrl.replaceFirst("^file:(//)?", "")));
        ModelConfig config = checkpoint.config();
        Tokenizer tokenizer = Tokenizer.of(checkpoint.tokenizerFiles());
        tokenizer.requireWithin(config.vocabSize());
        Parameters theta = checkpoint.weights(new ParameterLayout(config), Replica.device());
        here = new Here(config, tokenizer, theta);
      } catch (IOException | IllegalArgumentException e) {
        throw new ConfigException("modelUrl: " + modelUrl + ": " + e.getMessage());
      }
    }
    return here;
  }

  private Sent sent(JavaSparkContext spark, Here model) {
    Tokenizer tokenizer = model.tokenizer;
    new ChatTemplate(tokenizer); // refuses a tokenizer without one
    if (sent == null) {
      Version version = Version.of(spark, model.theta);
      CompletedRows.Model settings =
          new CompletedRows.Model(model.config, tokenizer.toJson(), tokenizer.config());
      sent = new Sent(version, spark.broadcast(settings));
    }
    return sent;
  }

  /** Frees the model. */
  @Override
  public void close() {
    if (sent != null) {
      sent.version.close();
      sent.model.destroy();
      sent = null;
    }
    if (here != null) {
      here.theta.close();
      here = null;
    }
  }
}
