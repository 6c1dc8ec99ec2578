package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.atomforge.torch.TorchScript;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixProductTest {
  @ParameterizedTest
  @CsvSource({
    "amd64, GenuineIntel, torch.mm",
    "amd64, AuthenticAMD, ops.mkldnn",
    "amd64, '', ops.mkldnn",
    "aarch64, '', torch.mm"
  })
  void theKernelGoesByTheProcessor(String architecture, String vendor, String kernel) {
    assertThat(MatrixProduct.fp32(architecture, vendor)).startsWith(kernel);
    assertThat(MatrixProduct.text(Precision.BF16, false)).startsWith("torch.mm");
    assertThat(MatrixProduct.text(Precision.FP32, true)).startsWith("torch.mm");
  }

  /** Each kernel is there on every x86 processor, whichever is taken. */
  @ParameterizedTest
  @CsvSource({"amd64, GenuineIntel", "amd64, AuthenticAMD"})
  void eachKernelMultiplies(String architecture, String vendor) {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "x86");
    Map<String, String> places = Map.of("product", MatrixProduct.fp32(architecture, vendor));
    TorchScript script =
        TorchScript.shared(
            MatrixProductTest.class, "product.py", "Product", places, Device.cpu(), 1);
    try (TorchScript.Call call = script.open()) {
      NDArray a = call.floats(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
      NDArray b = call.floats(new float[] {1, 0, 0, 1, 1, 1}, 3, 2);
      assertThat(call.run("product", a, b).get(0).toFloatArray()).containsExactly(4, 5, 10, 11);
    }
  }
}
