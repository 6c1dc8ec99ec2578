package io.atomforge.model;

/**
 * The kernel of a matrix product, as script text over {@code a} (m, k) and {@code b} (k, n).
 *
 * <p>PyTorch's own kernel for fp32 is MKL's, which uses instructions of 512 bits on Intel's
 * processors alone. On other processors that have these, oneDNN's kernel is faster. Elsewhere
 * oneDNN's kernel makes training slower, since it takes longer where {@code a} is transposed. In
 * bf16 PyTorch takes oneDNN's kernel by itself. {@code BENCHMARKS.md} has the rates.
 */
final class MatrixProduct {
  static final String DEFAULT = "torch.mm(a, b)";
  static final String ONE_DNN =
      "ops.mkldnn._linear_pointwise(a, torch.transpose(b, 0, 1), None, \"none\","
          + " annotate(List[Optional[number]], []), \"\")";

  private MatrixProduct() {}

  /** The text for this machine. */
  static String text(Precision precision, boolean gpu) {
    return precision == Precision.FP32 && !gpu ? fp32(Processor.here()) : DEFAULT;
  }

  static String fp32(Processor processor) {
    boolean wide = processor.isX86() && processor.has("avx512f");
    return wide && !processor.isIntels() ? ONE_DNN : DEFAULT;
  }
}
