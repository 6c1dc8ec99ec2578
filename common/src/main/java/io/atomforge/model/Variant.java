package io.atomforge.model;

import ai.djl.Device;
import io.atomforge.torch.TorchScript;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One way to fill in the text of {@code causal_lm.py}.
 *
 * @param loss what gradients are of
 * @param threads that one operator may use
 * @param recompute whether gradients keep of each layer its input alone
 * @param lora adapters that alone are trained; null if all parameters are
 */
record Variant(
    ModelConfig config,
    Precision precision,
    LossScript loss,
    Device device,
    int threads,
    boolean recompute,
    @Nullable Lora lora) {
  /**
   * Queries that look together at what is before the last of them: fewer see less, but cost more.
   */
  private static final int QUERIES = 64;

  Variant recomputing() {
    return new Variant(config, precision, loss, device, threads, true, lora);
  }

  Variant with(LossScript other) {
    return new Variant(config, precision, other, device, threads, recompute, lora);
  }

  Variant adapting(Lora adapters) {
    return new Variant(config, precision, loss, device, threads, recompute, adapters);
  }

  /** Where the parameters lie that are trained. */
  ParameterLayout layout() {
    if (lora != null) {
      return lora.layout(config);
    }
    return loss.valueHead() ? ParameterLayout.withValueHead(config) : new ParameterLayout(config);
  }

  /** The JVM's one script of this variant. */
  TorchScript script() {
    return TorchScript.shared(Variant.class, "causal_lm.py", "CausalLM", places(), device, threads);
  }

  private Map<String, String> places() {
    ParameterLayout layout = layout();
    int layers = config.numHiddenLayers();
    boolean biased = config.architecture().hasQkvBias();
    boolean norms = config.architecture().hasHeadNorms();
    int perLayer = 6 + (biased ? 1 : 0) + (norms ? 1 : 0);
    ParameterLayout whole = lora == null ? layout : new ParameterLayout(config);
    Map<String, String> all = new HashMap<>(Lora.places(lora, config));
    all.putAll(
        Map.ofEntries(
            Map.entry("V", "" + config.vocabSize()),
            Map.entry("D", "" + config.hiddenSize()),
            Map.entry("L", "" + layers),
            Map.entry("H", "" + config.numAttentionHeads()),
            Map.entry("K", "" + config.numKeyValueHeads()),
            Map.entry("G", "" + config.groupSize()),
            Map.entry("A", "" + config.headDim()),
            Map.entry("F", "" + config.intermediateSize()),
            Map.entry("epsilon", "" + config.rmsNormEps()),
            Map.entry("mean", "" + 1.0 / config.hiddenSize()),
            Map.entry("scale", "" + 1 / Math.sqrt(config.headDim())),
            Map.entry(
                "frequencies",
                Arrays.stream(
                        config.ropeScaling().frequencies(config.ropeTheta(), config.headDim()))
                    .mapToObj(String::valueOf)
                    .collect(Collectors.joining(", "))),
            Map.entry("rope_factor", "" + config.ropeScaling().attentionFactor()),
            Map.entry("per_layer", "" + perLayer),
            Map.entry("bias", biased ? ", w[o + 6]" : ""),
            Map.entry("biased", biased ? "1" : "0"),
            Map.entry("norms", norms ? "1" : "0"),
            Map.entry("window", "" + config.slidingWindow()),
            Map.entry("product", MatrixProduct.text(precision, device.isGpu())),
            Map.entry("dtype", "" + precision.scalarType()),
            Map.entry("sizes", viewSizes(whole)),
            Map.entry("queries", "" + QUERIES),
            Map.entry("reference", loss.hasReference() ? "1" : "0"),
            Map.entry("head", config.tieWordEmbeddings() ? "0" : "" + (2 + perLayer * layers)),
            Map.entry("value_head", "" + layout.valueHeadSize()),
            Map.entry("attend", device.isGpu() ? "attend_fused" : "attend_grouped"),
            Map.entry("recompute", recompute ? "1" : "0"),
            Map.entry("token_loss", loss.text())));
    return all;
  }

  /**
   * Lengths of the script's views: q, k, v are one, gate, up are one, and norms of q, k are one.
   */
  private static String viewSizes(ParameterLayout layout) {
    StringBuilder sizes = new StringBuilder();
    long open = 0;
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      open += tensor.size();
      if (!tensor
          .name()
          .matches(".*(q_proj|k_proj|gate_proj|q_norm)\\.weight|.*[qk]_proj\\.bias")) {
        sizes.append(sizes.isEmpty() ? "" : ", ").append(open);
        open = 0;
      }
    }
    return sizes.toString();
  }
}
