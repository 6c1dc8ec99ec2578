package io.atomforge.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The number format of the forward and backward pass. Parameters and gradients are always fp32. */
public enum Precision {
  /** The oracle. */
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

  /** Fp32 in bytes, little-endian, rounded to the nearest bf16, ties to even; a NaN stays one. */
  public static ByteBuffer toBf16(ByteBuffer values) {
    ByteBuffer result = ByteBuffer.allocate(values.remaining() / 2).order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasRemaining()) {
      int bits = values.getInt();
      boolean nan = (bits & 0x7fffffff) > 0x7f800000;
      int rounded = nan ? bits | 0x400000 : bits + 0x7fff + ((bits >>> 16) & 1);
      result.putShort((short) (rounded >>> 16));
    }
    return result.flip();
  }
}
