package io.atomforge.model;

import java.util.Arrays;

/** The families of models whose arithmetic this package has. */
public enum Architecture {
  /** Touvron et al. 2023: RMSNorm, rotary positions, SwiGLU, grouped queries, no biases. */
  LLAMA("llama", "LlamaForCausalLM"),
  /** Yang et al. 2024: the same with biases on queries, keys and values. */
  QWEN2("qwen2", "Qwen2ForCausalLM"),
  /** Yang et al. 2025: as Llama, with norms of each head's query and key before their rotation. */
  QWEN3("qwen3", "Qwen3ForCausalLM"),
  /** Jiang et al. 2023: as Llama, with attention to the last tokens alone if there is a window. */
  MISTRAL("mistral", "MistralForCausalLM");

  private final String modelType;
  private final String className;

  Architecture(String modelType, String className) {
    this.modelType = modelType;
    this.className = className;
  }

  /** {@code model_type} in Hugging Face's config.json. */
  public String modelType() {
    return modelType;
  }

  /** The class in transformers. */
  public String className() {
    return className;
  }

  /** Whether queries, keys and values have a bias. */
  public boolean hasQkvBias() {
    return this == QWEN2;
  }

  /** Whether the query and the key of each head are normalized. */
  public boolean hasHeadNorms() {
    return this == QWEN3;
  }

  /**
   * @throws IllegalArgumentException if no architecture has this {@code model_type}
   */
  public static Architecture ofModelType(String modelType) {
    for (Architecture each : values()) {
      if (each.modelType.equals(modelType)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "model_type is '"
            + modelType
            + "', only "
            + Arrays.stream(values()).map(Architecture::modelType).toList()
            + " are supported");
  }
}
