package io.atomforge.jobs.run;

import io.atomforge.jobs.cli.Checks;
import io.atomforge.model.Architecture;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.RopeScaling;
import io.atomforge.tokenizer.Tokenizer;

/**
 * The {@code model} block: the shape of a new model, in the names of Hugging Face's config.json.
 */
public record ModelSettings(
    Architecture architecture,
    int hiddenSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int intermediateSize,
    int maxPositionEmbeddings,
    double ropeTheta,
    double rmsNormEps,
    boolean tieWordEmbeddings) {

  /**
   * @throws IllegalArgumentException naming the key, if no model has this shape
   */
  public void check() {
    Checks.atLeast(1, "model.num_attention_heads", numAttentionHeads);
    Checks.check(
        hiddenSize % numAttentionHeads == 0,
        "model.hidden_size",
        hiddenSize,
        "a multiple of num_attention_heads " + numAttentionHeads);
    try {
      config(1, -1, -1, -1);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("model." + e.getMessage(), e);
    }
  }

  /** The config of a model over this tokenizer's vocabulary. */
  public ModelConfig config(Tokenizer tokenizer) {
    return config(
        tokenizer.vocabularySize(), tokenizer.bosId(), tokenizer.eosId(), tokenizer.padId());
  }

  private ModelConfig config(int vocabulary, int bos, int eos, int pad) {
    return new ModelConfig(
        architecture,
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        numKeyValueHeads,
        hiddenSize / numAttentionHeads,
        intermediateSize,
        vocabulary,
        maxPositionEmbeddings,
        rmsNormEps,
        ropeTheta,
        new RopeScaling.None(),
        0,
        tieWordEmbeddings,
        bos,
        eos,
        pad);
  }
}
