package io.atomforge.model;

/** The number format of the forward and backward pass. Parameters and gradients are always fp32. */
public enum Precision {
  /** The oracle, and the faster choice on processors without bfloat16 instructions. */
  FP32(6),
  /** Matrix products and activations in bfloat16; logits and losses in fp32. */
  BF16(15);

  private final int scalarType;

  Precision(int scalarType) {
    this.scalarType = scalarType;
  }

  /** What one number takes. */
  public int bytes() {
    return this == FP32 ? 4 : 2;
  }

  /** PyTorch's number for the type, as script text names it. */
  int scalarType() {
    return scalarType;
  }
}
