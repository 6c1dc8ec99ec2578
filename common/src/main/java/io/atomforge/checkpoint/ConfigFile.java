package io.atomforge.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.model.Architecture;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Precision;
import io.atomforge.model.RopeScaling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** A model's shape as Hugging Face's {@code config.json}. */
public final class ConfigFile {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private ConfigFile() {}

  /**
   * Reads a {@code config.json}. Keys that do not change the arithmetic are ignored.
   *
   * @throws IllegalArgumentException if a key is missing or asks for arithmetic this model lacks
   */
  public static ModelConfig read(Path file) throws IOException {
    try {
      return parse(JSON.readTree(Files.readAllBytes(file)));
    } catch (IllegalArgumentException | com.fasterxml.jackson.core.JsonProcessingException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().get();
      throw new IllegalArgumentException(file + ": " + why, e);
    }
  }

  private static ModelConfig parse(JsonNode json) {
    Architecture architecture = Architecture.ofModelType(json.path("model_type").asText("llama"));
    require(json, "hidden_act", "silu");
    require(json, "mlp_bias", "false");
    require(json, "use_sliding_window", "false");
    if (architecture != Architecture.QWEN2) {
      require(json, "attention_bias", "false");
    }
    for (JsonNode layer : json.path("layer_types")) {
      if (!layer.asText().equals("full_attention")) {
        throw new IllegalArgumentException(
            "layer_types has '" + layer.asText() + "', only 'full_attention' is supported");
      }
    }
    JsonNode rope = json.path("rope_parameters");
    JsonNode scaling = json.hasNonNull("rope_scaling") ? json.get("rope_scaling") : rope;
    int positions = integer(json, "max_position_embeddings");
    int hiddenSize = integer(json, "hidden_size");
    int heads = integer(json, "num_attention_heads");
    if (heads < 1) {
      throw new IllegalArgumentException("num_attention_heads must be positive, got " + heads);
    }
    double theta = rope.path("rope_theta").asDouble(json.path("rope_theta").asDouble(10000));
    return new ModelConfig(
        architecture,
        hiddenSize,
        integer(json, "num_hidden_layers"),
        heads,
        json.path("num_key_value_heads").asInt(heads),
        json.path("head_dim").asInt(architecture == Architecture.QWEN3 ? 128 : hiddenSize / heads),
        integer(json, "intermediate_size"),
        integer(json, "vocab_size"),
        positions,
        json.path("rms_norm_eps").asDouble(1e-6),
        theta,
        ropeScaling(scaling, positions),
        slidingWindow(architecture, json),
        json.path("tie_word_embeddings").asBoolean(false),
        token(json, "bos_token_id"),
        token(json, "eos_token_id"),
        token(json, "pad_token_id"));
  }

  /**
   * @param json {@code rope_scaling} or {@code rope_parameters}, which may be missing
   * @param maxPositions {@code max_position_embeddings}
   * @throws IllegalArgumentException if the scaling is unknown or a key of it is missing
   */
  private static RopeScaling ropeScaling(JsonNode json, int maxPositions) {
    String type = json.path("rope_type").asText(json.path("type").asText("default"));
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(number(json, "factor"));
      case "llama3" ->
          new RopeScaling.Llama3(
              number(json, "factor"),
              number(json, "low_freq_factor"),
              number(json, "high_freq_factor"),
              (int) number(json, "original_max_position_embeddings"));
      case "yarn" -> {
        for (String key : new String[] {"mscale", "mscale_all_dim", "truncate"}) {
          if (json.hasNonNull(key)) {
            throw new IllegalArgumentException("rope scaling key '" + key + "' is not supported");
          }
        }
        int original = json.path("original_max_position_embeddings").asInt(maxPositions);
        double factor =
            original == maxPositions ? number(json, "factor") : (double) maxPositions / original;
        yield new RopeScaling.Yarn(
            factor,
            json.path("beta_fast").asDouble(32),
            json.path("beta_slow").asDouble(1),
            original,
            json.path("attention_factor").asDouble(factor > 1 ? 0.1 * Math.log(factor) + 1 : 1));
      }
      default -> throw new IllegalArgumentException("rope scaling '" + type + "' is not supported");
    };
  }

  /** A key that is missing means, in transformers, a window of 4096 tokens. */
  private static int slidingWindow(Architecture architecture, JsonNode json) {
    if (architecture != Architecture.MISTRAL) {
      return 0; // the others have use_sliding_window, which is refused
    }
    return json.has("sliding_window") ? json.path("sliding_window").asInt(0) : 4096;
  }

  /** The {@code config.json} of a shape, for parameters stored in that type. */
  static String text(ModelConfig config, Precision stored) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add(config.architecture().className());
    json.put("model_type", config.architecture().modelType());
    json.put("hidden_size", config.hiddenSize());
    json.put("num_hidden_layers", config.numHiddenLayers());
    json.put("num_attention_heads", config.numAttentionHeads());
    json.put("num_key_value_heads", config.numKeyValueHeads());
    json.put("head_dim", config.headDim());
    json.put("intermediate_size", config.intermediateSize());
    json.put("vocab_size", config.vocabSize());
    json.put("max_position_embeddings", config.maxPositionEmbeddings());
    json.put("rms_norm_eps", config.rmsNormEps());
    json.put("rope_theta", config.ropeTheta());
    if (!(config.ropeScaling() instanceof RopeScaling.None)) {
      config.ropeScaling().put(json.putObject("rope_scaling"));
    }
    json.put("tie_word_embeddings", config.tieWordEmbeddings());
    json.put("hidden_act", "silu");
    json.put("attention_bias", config.architecture().hasQkvBias());
    json.put("mlp_bias", false);
    if (config.architecture() == Architecture.MISTRAL) {
      json.put("sliding_window", config.slidingWindow() == 0 ? null : config.slidingWindow());
    }
    json.put("torch_dtype", stored == Precision.FP32 ? "float32" : "bfloat16");
    putTokens(json, config);
    return JSON.writeValueAsString(json) + "\n";
  }

  /** The {@code generation_config.json}: the special tokens alone. */
  static String generationText(ModelConfig config) throws IOException {
    return JSON.writeValueAsString(putTokens(JSON.createObjectNode(), config)) + "\n";
  }

  private static ObjectNode putTokens(ObjectNode json, ModelConfig config) {
    json.set("bos_token_id", tokenNode(config.bosTokenId()));
    json.set("eos_token_id", tokenNode(config.eosTokenId()));
    json.set("pad_token_id", tokenNode(config.padTokenId()));
    return json;
  }

  private static JsonNode tokenNode(int id) {
    return id < 0 ? JSON.nullNode() : JSON.getNodeFactory().numberNode(id);
  }

  private static double number(JsonNode json, String key) {
    if (!json.path(key).isNumber()) {
      throw new IllegalArgumentException("rope scaling lacks the number " + key);
    }
    return json.get(key).asDouble();
  }

  private static int integer(JsonNode json, String key) {
    if (!json.path(key).isInt()) {
      throw new IllegalArgumentException(key + " is missing or no integer");
    }
    return json.get(key).asInt();
  }

  /** Where several tokens end a text, the first is the one to train. */
  private static int token(JsonNode json, String key) {
    JsonNode node = json.path(key);
    return (node.isArray() ? node.path(0) : node).asInt(-1);
  }

  private static void require(JsonNode json, String key, String only) {
    JsonNode value = json.path(key);
    if (!Set.of("", "null", only).contains(value.asText())) {
      throw new IllegalArgumentException(
          key + " is '" + value.asText() + "', only '" + only + "' is supported");
    }
  }
}
