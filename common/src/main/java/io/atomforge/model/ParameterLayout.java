package io.atomforge.model;

import io.atomforge.random.Seeds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Where each Hugging Face tensor lies in the flat parameter vector.
 *
 * <p>Order: embedding; per layer input norm, q, k, v, o, post-attention norm, gate, up, down and
 * the biases of q, k, v if there are any; final norm; output layer unless tied; the value head, if
 * there is one. So q, k, v and gate, up are neighbours and one view spans them.
 */
public final class ParameterLayout {
  /** Weights of a linear function of the final hidden state, then its bias; no part of a model. */
  private static final String VALUE_HEAD = "value_head";

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final int layers;
  private int size;

  /**
   * @param name Hugging Face's name
   * @param offset first element in the flat vector
   * @param shape rows and columns, (out, in), or one length
   */
  public record Tensor(String name, int offset, List<Integer> shape) {
    public int size() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Whether weight decay applies: to matrices, not to norms and biases. */
    public boolean isDecayed() {
      return shape.size() > 1;
    }
  }

  /**
   * @throws ArithmeticException if there are more than 2^31 - 1 parameters
   */
  public ParameterLayout(ModelConfig config) {
    layers = config.numHiddenLayers();
    int d = config.hiddenSize();
    int f = config.intermediateSize();
    int queries = config.numAttentionHeads() * config.headDim();
    int keys = config.numKeyValueHeads() * config.headDim();
    add("model.embed_tokens.weight", config.vocabSize(), d);
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "model.layers." + layer + ".";
      add(prefix + "input_layernorm.weight", d);
      add(prefix + "self_attn.q_proj.weight", queries, d);
      add(prefix + "self_attn.k_proj.weight", keys, d);
      add(prefix + "self_attn.v_proj.weight", keys, d);
      add(prefix + "self_attn.o_proj.weight", d, queries);
      add(prefix + "post_attention_layernorm.weight", d);
      add(prefix + "mlp.gate_proj.weight", f, d);
      add(prefix + "mlp.up_proj.weight", f, d);
      add(prefix + "mlp.down_proj.weight", d, f);
      if (config.architecture().hasQkvBias()) {
        add(prefix + "self_attn.q_proj.bias", queries);
        add(prefix + "self_attn.k_proj.bias", keys);
        add(prefix + "self_attn.v_proj.bias", keys);
      }
    }
    add("model.norm.weight", d);
    if (!config.tieWordEmbeddings()) {
      add("lm_head.weight", config.vocabSize(), d);
    }
  }

  /** Without tensors yet. */
  ParameterLayout(int layers) {
    this.layers = layers;
  }

  /** The same with room for a value head at the end: a weight per hidden unit and a bias. */
  public static ParameterLayout withValueHead(ModelConfig config) {
    ParameterLayout layout = new ParameterLayout(config);
    layout.add(VALUE_HEAD, config.hiddenSize() + 1);
    return layout;
  }

  /** Number of parameters that belong to the value head, at the end of the vector. */
  public int valueHeadSize() {
    Tensor head = tensors.get(VALUE_HEAD);
    return head == null ? 0 : head.size();
  }

  void add(String name, Integer... shape) {
    Tensor tensor = new Tensor(name, size, List.of(shape));
    size = Math.addExact(size, tensor.size());
    tensors.put(name, tensor);
  }

  /** Number of parameters. */
  public int size() {
    return size;
  }

  /** All tensors, in the order of their offsets. */
  public List<Tensor> tensors() {
    return List.copyOf(tensors.values());
  }

  /**
   * @throws IllegalArgumentException if the model has no tensor of that name
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("The model has no tensor " + name);
    }
    return tensor;
  }

  /**
   * Lengths of the runs of decayed and not decayed parameters, in turn from the start of the
   * vector, beginning with a decayed run; the value head is left out.
   */
  public List<Integer> decayRuns() {
    List<Integer> runs = new ArrayList<>();
    boolean decayed = true;
    for (Tensor tensor : tensors.values()) {
      if (tensor.name().equals(VALUE_HEAD)) {
        continue;
      }
      if (runs.isEmpty() || tensor.isDecayed() != decayed) {
        runs.add(0);
        decayed = tensor.isDecayed();
      }
      runs.set(runs.size() - 1, runs.get(runs.size() - 1) + tensor.size());
    }
    return runs;
  }

  /**
   * Values to start training from: norms 1; biases 0; matrices normal with deviation 0.02, where
   * the two that write to the residual stream of each layer have 0.02 / sqrt(2 L) (Radford et al.
   * 2019, section 2.3). Equal for equal seeds; a tensor's values depend on its name, not on its
   * place.
   */
  public float[] initial(long seed) {
    float[] values = new float[size];
    for (Tensor tensor : tensors.values()) {
      boolean residual = tensor.name().matches(".*(o_proj|down_proj)\\.weight");
      double deviation = residual ? 0.02 / Math.sqrt(2.0 * layers) : 0.02;
      float constant = tensor.name().endsWith(".bias") ? 0 : 1;
      SplittableRandom random = Seeds.random(seed, "parameters", tensor.name());
      for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
        values[i] = tensor.isDecayed() ? (float) (deviation * random.nextGaussian()) : constant;
      }
    }
    return values;
  }
}
