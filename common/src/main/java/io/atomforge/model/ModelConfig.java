package io.atomforge.model;

import java.io.Serializable;

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
 * @param slidingWindow tokens that a token looks at, itself among them; 0 for all before it
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
    int slidingWindow,
    boolean tieWordEmbeddings,
    int bosTokenId,
    int eosTokenId,
    int padTokenId)
    implements Serializable {

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
    if (slidingWindow < 0) {
      throw new IllegalArgumentException(
          "sliding_window must not be negative, got " + slidingWindow);
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
        0,
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
        slidingWindow,
        tied,
        bos,
        eos,
        pad);
  }

  /**
   * @throws IllegalArgumentException if a token is not in the vocabulary
   */
  void requireTokens(int[] tokens) {
    for (int token : tokens) {
      if (token < 0 || token >= vocabSize) {
        throw new IllegalArgumentException(
            "Token " + token + " is not in the vocabulary of " + vocabSize);
      }
    }
  }

  /** Query heads per key and value head, G. */
  int groupSize() {
    return numAttentionHeads / numKeyValueHeads;
  }

  private static void positive(String key, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(key + " must be positive, got " + value);
    }
  }
}
