package io.atomforge.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The shape of a model, as in the {@code config.json} of Hugging Face.
 *
 * @param architecture family of the model
 * @param hiddenSize width of the residual stream, D
 * @param numHiddenLayers L
 * @param numAttentionHeads query heads, H
 * @param numKeyValueHeads key and value heads, K; divides H
 * @param headDim width of one head, A; even
 * @param intermediateSize width of the feed-forward block, F
 * @param vocabSize V
 * @param maxPositionEmbeddings longest sequence, in tokens
 * @param rmsNormEps added to the mean square
 * @param ropeTheta base of the rotary wavelengths
 * @param ropeScaling how they are stretched
 * @param tieWordEmbeddings whether the output layer is the embedding
 * @param bosTokenId first token of a sequence, or -1
 * @param eosTokenId token that ends a completion, or -1
 * @param padTokenId padding, or -1
 */
public record ModelConfig(
    Architecture architecture,
    int hiddenSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    int intermediateSize,
    int vocabSize,
    int maxPositionEmbeddings,
    double rmsNormEps,
    double ropeTheta,
    RopeScaling ropeScaling,
    boolean tieWordEmbeddings,
    int bosTokenId,
    int eosTokenId,
    int padTokenId)
    implements Serializable {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * @throws IllegalArgumentException if a size is not positive or the heads do not fit each other
   */
  public ModelConfig {
    positive("hidden_size", hiddenSize);
    positive("num_hidden_layers", numHiddenLayers);
    positive("num_attention_heads", numAttentionHeads);
    positive("num_key_value_heads", numKeyValueHeads);
    positive("head_dim", headDim);
    positive("intermediate_size", intermediateSize);
    positive("vocab_size", vocabSize);
    positive("max_position_embeddings", maxPositionEmbeddings);
    positive("rms_norm_eps", rmsNormEps);
    positive("rope_theta", ropeTheta);
    if (numAttentionHeads % numKeyValueHeads != 0) {
      throw new IllegalArgumentException(
          String.format(
              "num_attention_heads %d is no multiple of num_key_value_heads %d",
              numAttentionHeads, numKeyValueHeads));
    }
    if (headDim % 2 != 0) {
      throw new IllegalArgumentException("head_dim " + headDim + " is odd");
    }
  }

  /** The usual shape: heads that fill the residual stream, tied embeddings. */
  public static ModelConfig of(
      int hiddenSize,
      int numHiddenLayers,
      int numAttentionHeads,
      int numKeyValueHeads,
      int intermediateSize,
      int vocabSize,
      int maxPositionEmbeddings) {
    positive("num_attention_heads", numAttentionHeads);
    return new ModelConfig(
        Architecture.LLAMA,
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        numKeyValueHeads,
        hiddenSize / numAttentionHeads,
        intermediateSize,
        vocabSize,
        maxPositionEmbeddings,
        1e-5,
        10000,
        new RopeScaling.None(),
        true,
        -1,
        -1,
        -1);
  }

  /** The same shape with other special tokens; -1 for none. */
  public ModelConfig withTokens(int bosTokenId, int eosTokenId, int padTokenId) {
    return with(architecture, tieWordEmbeddings, bosTokenId, eosTokenId, padTokenId);
  }

  /** The same shape with an output layer of its own. */
  public ModelConfig untied() {
    return with(architecture, false, bosTokenId, eosTokenId, padTokenId);
  }

  /** The same shape in another family. */
  public ModelConfig as(Architecture other) {
    return with(other, tieWordEmbeddings, bosTokenId, eosTokenId, padTokenId);
  }

  private ModelConfig with(Architecture family, boolean tied, int bos, int eos, int pad) {
    return new ModelConfig(
        family,
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        numKeyValueHeads,
        headDim,
        intermediateSize,
        vocabSize,
        maxPositionEmbeddings,
        rmsNormEps,
        ropeTheta,
        ropeScaling,
        tied,
        bos,
        eos,
        pad);
  }

  /**
   * Reads a {@code config.json}. Keys that do not change the arithmetic are ignored.
   *
   * @throws IllegalArgumentException if a key is missing or asks for arithmetic this model lacks
   */
  public static ModelConfig read(Path file) throws IOException {
    try {
      return parse(JSON.readTree(Files.readAllBytes(file)));
    } catch (IllegalArgumentException | com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage().lines().findFirst().get(), e);
    }
  }

  private static ModelConfig parse(JsonNode json) {
    Architecture architecture = Architecture.ofModelType(json.path("model_type").asText("llama"));
    require(json, "hidden_act", "silu");
    require(json, "mlp_bias", "false");
    require(json, "use_sliding_window", "false");
    if (architecture == Architecture.LLAMA) {
      require(json, "attention_bias", "false");
    }
    JsonNode rope = json.path("rope_parameters");
    JsonNode scaling = json.hasNonNull("rope_scaling") ? json.get("rope_scaling") : rope;
    int positions = integer(json, "max_position_embeddings");
    int hiddenSize = integer(json, "hidden_size");
    int heads = integer(json, "num_attention_heads");
    positive("num_attention_heads", heads);
    double theta = rope.path("rope_theta").asDouble(json.path("rope_theta").asDouble(10000));
    return new ModelConfig(
        architecture,
        hiddenSize,
        integer(json, "num_hidden_layers"),
        heads,
        json.path("num_key_value_heads").asInt(heads),
        json.path("head_dim").asInt(hiddenSize / heads),
        integer(json, "intermediate_size"),
        integer(json, "vocab_size"),
        positions,
        json.path("rms_norm_eps").asDouble(1e-6),
        theta,
        RopeScaling.parse(scaling, positions),
        json.path("tie_word_embeddings").asBoolean(false),
        token(json, "bos_token_id"),
        token(json, "eos_token_id"),
        token(json, "pad_token_id"));
  }

  /** The {@code config.json} of this shape, for parameters stored in that type. */
  String toJson(Precision stored) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add(architecture.className());
    json.put("model_type", architecture.modelType());
    json.put("hidden_size", hiddenSize);
    json.put("num_hidden_layers", numHiddenLayers);
    json.put("num_attention_heads", numAttentionHeads);
    json.put("num_key_value_heads", numKeyValueHeads);
    json.put("head_dim", headDim);
    json.put("intermediate_size", intermediateSize);
    json.put("vocab_size", vocabSize);
    json.put("max_position_embeddings", maxPositionEmbeddings);
    json.put("rms_norm_eps", rmsNormEps);
    json.put("rope_theta", ropeTheta);
    if (!(ropeScaling instanceof RopeScaling.None)) {
      ropeScaling.put(json.putObject("rope_scaling"));
    }
    json.put("tie_word_embeddings", tieWordEmbeddings);
    json.put("hidden_act", "silu");
    json.put("attention_bias", architecture.hasQkvBias());
    json.put("mlp_bias", false);
    json.put("torch_dtype", stored == Precision.FP32 ? "float32" : "bfloat16");
    putTokens(json);
    return JSON.writeValueAsString(json) + "\n";
  }

  /** The {@code generation_config.json}: the special tokens alone. */
  String generationJson() throws IOException {
    return JSON.writeValueAsString(putTokens(JSON.createObjectNode())) + "\n";
  }

  private ObjectNode putTokens(ObjectNode json) {
    json.set("bos_token_id", tokenNode(bosTokenId));
    json.set("eos_token_id", tokenNode(eosTokenId));
    json.set("pad_token_id", tokenNode(padTokenId));
    return json;
  }

  private static JsonNode tokenNode(int id) {
    return id < 0 ? JSON.nullNode() : JSON.getNodeFactory().numberNode(id);
  }

  /** Query heads per key and value head, G. */
  int groupSize() {
    return numAttentionHeads / numKeyValueHeads;
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

  private static void positive(String key, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(key + " must be positive, got " + value);
    }
  }
}
