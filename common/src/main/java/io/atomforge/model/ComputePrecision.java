package io.atomforge.model;

import java.nio.file.Files;
import java.nio.file.Path;

/** The number format of the forward and backward pass, as settings name it. */
public enum ComputePrecision {
  /** The faster one of the others on this machine, by a rule that was made from measurements. */
  AUTO,
  FP32,
  BF16;

  /** Where the driver of NVIDIA's cards tells its version. */
  private static final Path NVIDIA = Path.of("/proc/driver/nvidia/version");

  /** What stands for this setting on this machine: FP32 or BF16. */
  public ComputePrecision chosen() {
    return this == AUTO ? fastest(Processor.here(), Files.exists(NVIDIA)) : this;
  }

  /** The format of {@link #chosen}. */
  public Precision precision() {
    return chosen() == FP32 ? Precision.FP32 : Precision.BF16;
  }

  /** The choice of {@link #AUTO} on this machine and the processor, in a line for people. */
  public static String described() {
    return AUTO.chosen() + " (" + Processor.here().model() + ")";
  }

  /**
   * BF16 on a GPU, with Intel's matrix instructions (AMX), and on AMD's processors with
   * instructions for products of bfloat16. Intel's processors that have the latter alone are faster
   * in FP32, and the others compute bfloat16 many times slower. {@code BENCHMARKS.md} has the
   * rates.
   */
  static ComputePrecision fastest(Processor processor, boolean gpu) {
    boolean products = processor.has("avx512_bf16") && !processor.isIntels();
    return gpu || processor.has("amx_bf16") || products ? BF16 : FP32;
  }
}
