package io.atomforge.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The kernel of a matrix product, as script text over {@code a} (m, k) and {@code b} (k, n).
 *
 * <p>PyTorch's own kernel for fp32 is MKL's, which uses the widest instructions of Intel's
 * processors alone. On other x86 processors oneDNN's kernel is faster. On Intel's processors
 * oneDNN's kernel makes training a tenth slower, since it takes longer where {@code a} is
 * transposed. In bf16 PyTorch takes oneDNN's kernel by itself. {@code BENCHMARKS.md} has the rates.
 */
final class MatrixProduct {
  private static final String DEFAULT = "torch.mm(a, b)";
  private static final String ONE_DNN =
      "ops.mkldnn._linear_pointwise(a, torch.transpose(b, 0, 1), None, \"none\","
          + " annotate(List[Optional[number]], []), \"\")";

  /** The text for this machine. */
  static final String FP32_ON_CPU = fp32(System.getProperty("os.arch"), vendor());

  private MatrixProduct() {}

  static String text(Precision precision, boolean gpu) {
    return precision == Precision.FP32 && !gpu ? FP32_ON_CPU : DEFAULT;
  }

  /**
   * @param architecture as Java names it
   * @param vendor as processors give it, empty if they do not
   */
  static String fp32(String architecture, String vendor) {
    return architecture.equals("amd64") && !vendor.equals("GenuineIntel") ? ONE_DNN : DEFAULT;
  }

  private static String vendor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("vendor_id"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }
}
