package io.atomforge.jobs;

import io.atomforge.model.ModelConfig;
import io.atomforge.tokenizer.Tokenizer;

/**
 * The {@code model} block: the shape of a new model, in the names of Hugging Face's config.json.
 */
public record ModelSettings(
    int hiddenSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int intermediateSize,
    int maxPositionEmbeddings,
    double ropeTheta,
    double rmsNormEps,
    boolean tieWordEmbeddings) {
  public ModelSettings {
    config(
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        numKeyValueHeads,
        intermediateSize,
        maxPositionEmbeddings,
        ropeTheta,
        rmsNormEps,
        tieWordEmbeddings,
        1,
        -1,
        -1,
        -1);
  }

  /** The config of a model over this tokenizer's vocabulary. */
  ModelConfig config(Tokenizer tokenizer) {
    return config(
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        numKeyValueHeads,
        intermediateSize,
        maxPositionEmbeddings,
        ropeTheta,
        rmsNormEps,
        tieWordEmbeddings,
        tokenizer.vocabularySize(),
        tokenizer.bosId(),
        tokenizer.eosId(),
        tokenizer.padId());
  }

  private static ModelConfig config(
      int hidden,
      int layers,
      int heads,
      int kvHeads,
      int intermediate,
      int positions,
      double theta,
      double eps,
      boolean tied,
      int vocabulary,
      int bos,
      int eos,
      int pad) {
    if (heads < 1 || hidden % heads != 0) {
      throw new IllegalArgumentException(
          "hidden_size " + hidden + " is no multiple of num_attention_heads " + heads);
    }
    return new ModelConfig(
        hidden,
        layers,
        heads,
        kvHeads,
        hidden / heads,
        intermediate,
        vocabulary,
        positions,
        eps,
        theta,
        tied,
        bos,
        eos,
        pad);
  }
}
