package io.atomforge.model;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import io.atomforge.torch.TorchScript;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Prints rates of single matrix products on one core, in GFLOP/s, by each kernel that {@link
 * MatrixProduct} may take and in both types, the best of some turns. The shapes are those that a
 * model of a million parameters has in training and in decoding, and one of a larger model.
 */
public final class ProductBenchmark {
  private static final int TURNS = 5;
  private static final double SECONDS = 0.2;

  /**
   * @param transposed whether the first factor is a transposed view, as in the gradient of a weight
   */
  private record Shape(int m, int k, int n, boolean transposed) {}

  private static final List<Shape> SHAPES =
      List.of(
          new Shape(2048, 128, 512, false),
          new Shape(2048, 384, 128, false),
          new Shape(256, 128, 768, false),
          new Shape(2048, 512, 2048, false),
          new Shape(128, 2048, 512, true),
          new Shape(384, 2048, 128, true));

  private ProductBenchmark() {}

  public static void main(String[] args) {
    System.out.println("m x k x n             fp32 mm  fp32 pointwise  bf16 mm  bf16 pointwise");
    for (Shape shape : SHAPES) {
      System.out.printf(
          Locale.ROOT,
          "%4d x %4d x %4d %-3s %9s %15s %8s %15s%n",
          shape.m,
          shape.k,
          shape.n,
          shape.transposed ? "T" : "",
          rate(MatrixProduct.DEFAULT, Precision.FP32, shape),
          rate(MatrixProduct.ONE_DNN, Precision.FP32, shape),
          rate(MatrixProduct.DEFAULT, Precision.BF16, shape),
          rate(MatrixProduct.ONE_DNN, Precision.BF16, shape));
    }
  }

  /**
   * @return a dash where the processor has no such kernel
   */
  private static String rate(String kernel, Precision type, Shape shape) {
    TorchScript product = script(kernel);
    TorchScript cast = script("torch.to(a, " + type.scalarType() + ")");
    try (TorchScript.Call call = product.open();
        TorchScript.Call casting = cast.open()) {
      NDArray a =
          zeros(call, shape.transposed ? shape.k : shape.m, shape.transposed ? shape.m : shape.k);
      NDArray b = zeros(call, shape.k, shape.n);
      a = casting.run("product", a, b).get(0);
      b = casting.run("product", b, a).get(0);
      a = shape.transposed ? a.transpose() : a;
      call.run("product", a, b).close();
      double best = 0;
      for (int turn = 0; turn < TURNS; turn++) {
        long count = 0;
        double seconds = 0;
        for (long start = System.nanoTime(); seconds < SECONDS; count++) {
          call.run("product", a, b).close();
          seconds = (System.nanoTime() - start) / 1e9;
        }
        best = Math.max(best, 2.0 * count * shape.m * shape.k * shape.n / seconds / 1e9);
      }
      return String.format(Locale.ROOT, "%.0f", best);
    } catch (EngineException e) {
      return "-";
    }
  }

  private static TorchScript script(String product) {
    return TorchScript.shared(
        ProductBenchmark.class,
        "product.py",
        "Product",
        Map.of("product", product),
        Device.cpu(),
        1);
  }

  private static NDArray zeros(TorchScript.Call call, int rows, int columns) {
    return call.floats(new float[rows * columns], rows, columns);
  }
}
