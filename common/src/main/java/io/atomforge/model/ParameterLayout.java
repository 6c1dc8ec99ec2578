package io.atomforge.model;

import io.atomforge.config.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where each Hugging Face tensor lies in the flat parameter vector.
 *
 * <p>Order: embedding; per layer input norm, q, k, v, o, post-attention norm, gate, up, down and
 * the biases of q, k, v and the norms of q, k if there are any; final norm; output layer unless
 * tied; the value head, if there is one. So q, k, v and gate, up are neighbours and one view spans
 * them.
 */
public final class ParameterLayout {
  /** Weights of a linear function of the final hidden state, then its bias; no part of a model. */
  public static final String VALUE_HEAD = "value_head";

  private static final long MOST_IN_ARRAY = Integer.MAX_VALUE - 8;

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final int layers;
  private long size;

  /**
   * @param name Hugging Face's name
   * @param offset first element in the flat vector
   * @param shape rows and columns, (out, in), or one length
   */
  public record Tensor(String name, long offset, List<Integer> shape) {
    public long size() {
      return shape.stream().mapToLong(n -> n).reduce(1, Math::multiplyExact);
    }

    /** Whether weight decay applies: to matrices, not to norms and biases. */
    public boolean isDecayed() {
      return shape.size() > 1;
    }
  }

  /** All tensors of a model. */
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
      if (config.architecture().hasHeadNorms()) {
        add(prefix + "self_attn.q_norm.weight", config.headDim());
        add(prefix + "self_attn.k_norm.weight", config.headDim());
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

  /** Of tensors one behind the other, such as adapters; offsets are counted anew. */
  public static ParameterLayout of(Map<String, List<Integer>> shapes) {
    ParameterLayout layout = new ParameterLayout(1);
    shapes.forEach((name, shape) -> layout.add(name, shape.toArray(new Integer[0])));
    return layout;
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
    return head == null ? 0 : (int) head.size();
  }

  void add(String name, Integer... shape) {
    Tensor tensor = new Tensor(name, size, List.of(shape));
    size = Math.addExact(size, tensor.size());
    tensors.put(name, tensor);
  }

  /** Number of parameters. */
  public long size() {
    return size;
  }

  /**
   * Number of parameters where their values are one Java array.
   *
   * @throws ConfigException if an array cannot hold them
   */
  public int arraySize() {
    if (size > MOST_IN_ARRAY) {
      throw new ConfigException(
          String.format(
              Locale.ROOT, "%,d parameters, but an array holds at most %,d", size, MOST_IN_ARRAY));
    }
    return (int) size;
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
  public List<Long> decayRuns() {
    List<Long> runs = new ArrayList<>();
    boolean decayed = true;
    for (Tensor tensor : tensors.values()) {
      if (tensor.name().equals(VALUE_HEAD)) {
        continue;
      }
      if (runs.isEmpty() || tensor.isDecayed() != decayed) {
        runs.add(0L);
        decayed = tensor.isDecayed();
      }
      runs.set(runs.size() - 1, runs.get(runs.size() - 1) + tensor.size());
    }
    return runs;
  }

  /** Of the values that training starts from, see {@link Parameters#initial}. */
  double deviation(Tensor tensor) {
    boolean residual = tensor.name().matches(".*(o_proj|down_proj)\\.weight");
    return residual ? 0.02 / Math.sqrt(2.0 * layers) : 0.02;
  }
}
