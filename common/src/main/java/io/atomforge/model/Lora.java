package io.atomforge.model;

import ai.djl.Device;
import io.atomforge.random.Seeds;
import io.atomforge.torch.TorchScript;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Low-rank adapters: each target matrix W (out, in) becomes W + alpha / rank B A with A (rank, in)
 * and B (out, rank), which alone are trained. Hu et al. 2022, section 4.1. W is never changed and
 * has no gradient.
 *
 * @param rank columns of B, 1 or more
 * @param alpha numerator of the scale, above 0
 * @param targets modules by Hugging Face's short names, such as {@code q_proj}
 * @param dropout rate at which the values that enter an adapter are dropped in training, 0 or more
 *     and below 1; the others are divided by 1 - dropout. Adapters with the same input, as those of
 *     queries, keys and values, drop the same.
 */
public record Lora(int rank, double alpha, List<String> targets, double dropout)
    implements Serializable {
  private static final List<String> MODULES =
      List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

  /**
   * @throws IllegalArgumentException if a value is out of range or a target is no linear module
   */
  public Lora {
    targets = List.copyOf(targets);
    if (rank < 1) {
      throw new IllegalArgumentException("rank must be 1 or more, got " + rank);
    }
    if (!(alpha > 0)) {
      throw new IllegalArgumentException("alpha must be positive, got " + alpha);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be 0 or more and below 1, got " + dropout);
    }
    if (targets.isEmpty() || !MODULES.containsAll(targets)) {
      throw new IllegalArgumentException("targets must be some of " + MODULES + ", got " + targets);
    }
  }

  /** Without dropout. */
  public Lora(int rank, double alpha, List<String> targets) {
    this(rank, alpha, targets, 0);
  }

  /** Where the adapters lie in a vector of their own: A and B of each target, by PEFT's names. */
  public ParameterLayout layout(ModelConfig config) {
    ParameterLayout layout = new ParameterLayout(config.numHiddenLayers());
    for (ParameterLayout.Tensor target : adapted(config)) {
      String module = target.name().substring(0, target.name().lastIndexOf('.'));
      String prefix = "base_model.model." + module;
      layout.add(prefix + ".lora_A.weight", rank, target.shape().get(1));
      layout.add(prefix + ".lora_B.weight", target.shape().get(0), rank);
    }
    return layout;
  }

  /**
   * Values to start from: A uniform within 1 / sqrt(in) of zero, B zero, so that the model is the
   * base. Equal for equal seeds.
   */
  public float[] initial(ModelConfig config, long seed) {
    ParameterLayout layout = layout(config);
    float[] values = new float[layout.arraySize()];
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      if (tensor.name().endsWith("lora_A.weight")) {
        double bound = 1 / Math.sqrt(tensor.shape().get(1));
        SplittableRandom random = Seeds.random(seed, "parameters", tensor.name());
        int offset = (int) tensor.offset();
        for (int i = offset; i < offset + tensor.size(); i++) {
          values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
      }
    }
    return values;
  }

  /** The parameters of the merged model, on the base's device; the caller closes them. */
  public Parameters merge(ModelConfig config, Parameters base, Parameters adapters) {
    List<Part> parts = adapted(config).stream().map(t -> new Part(t, rank, alpha / rank)).toList();
    Parameters merged = Parameters.zeros(base.layout(), base.array().getDevice());
    merge(parts, base, adapters, merged);
    return merged;
  }

  /**
   * An adapter of one matrix.
   *
   * @param target the matrix (out, in)
   * @param rank of A (rank, in) and B (out, rank)
   * @param scale of B A
   */
  public record Part(ParameterLayout.Tensor target, int rank, double scale) {}

  /**
   * Adds adapters, each of a rank and scale of its own, to the matrices that they change.
   *
   * @param adapters A and B of each part in turn
   */
  public static void merge(List<Part> parts, Parameters theta, Parameters adapters) {
    merge(parts, theta, adapters, theta);
  }

  private static void merge(
      List<Part> parts, Parameters base, Parameters adapters, Parameters merged) {
    List<ParameterLayout.Tensor> own = adapters.layout().tensors();
    Map<String, String> places =
        Map.of(
            "ranks", join(parts, Part::rank),
            "scales", join(parts, Part::scale),
            "sizes", join(own, ParameterLayout.Tensor::size),
            "offsets", join(parts, p -> p.target().offset()),
            "rows", join(parts, p -> p.target().shape().get(0)),
            "columns", join(parts, p -> p.target().shape().get(1)));
    Device device = base.array().getDevice();
    try (TorchScript.Call call =
        TorchScript.shared(Lora.class, "lora.py", "Lora", places, device, 1).open()) {
      call.run("merge", base.array(), adapters.array(), merged.array());
    }
  }

  /**
   * What {@code causal_lm.py} needs to know of a model's adapters.
   *
   * @param lora null for a model without
   */
  static Map<String, String> places(@Nullable Lora lora, ModelConfig config) {
    if (lora == null) {
      return Map.of(
          "lora",
          "0",
          "lora_scale",
          "1.",
          "dropped",
          "0",
          "kept_factor",
          "1.",
          "adapter_sizes",
          "0",
          "adapter_columns",
          "0");
    }
    List<Long> sizes = new ArrayList<>();
    List<Integer> columns = new ArrayList<>();
    for (ParameterLayout.Tensor tensor : new ParameterLayout(config).tensors()) {
      if (MODULES.stream().anyMatch(m -> tensor.name().endsWith("." + m + ".weight"))) {
        boolean adapted = lora.adapts(tensor);
        int out = tensor.shape().get(0);
        int in = tensor.shape().get(1);
        sizes.addAll(
            List.of(adapted ? (long) lora.rank * in : 0, adapted ? (long) out * lora.rank : 0));
        columns.addAll(List.of(adapted ? in : 0, adapted ? lora.rank : 0));
      }
    }
    return Map.of(
        "lora",
        "1",
        "lora_scale",
        "" + lora.alpha / lora.rank,
        "dropped",
        "" + Math.round(lora.dropout * (1 << 24)),
        "kept_factor",
        "" + 1 / (1 - lora.dropout),
        "adapter_sizes",
        sizes.stream().map(String::valueOf).collect(Collectors.joining(", ")),
        "adapter_columns",
        columns.stream().map(String::valueOf).collect(Collectors.joining(", ")));
  }

  private boolean adapts(ParameterLayout.Tensor tensor) {
    return targets.stream().anyMatch(m -> tensor.name().endsWith("." + m + ".weight"));
  }

  private List<ParameterLayout.Tensor> adapted(ModelConfig config) {
    return new ParameterLayout(config).tensors().stream().filter(this::adapts).toList();
  }

  private static <T> String join(List<T> items, Function<T, Number> number) {
    return items.stream().map(i -> "" + number.apply(i)).collect(Collectors.joining(", "));
  }
}
