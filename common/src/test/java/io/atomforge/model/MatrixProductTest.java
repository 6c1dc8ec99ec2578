package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.atomforge.torch.TorchScript;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixProductTest {
  @ParameterizedTest
  @CsvSource({
    "amd64, GenuineIntel, avx512f, torch.mm",
    "amd64, AuthenticAMD, avx512f, ops.mkldnn",
    "amd64, '', avx512f, ops.mkldnn",
    "amd64, AuthenticAMD, avx2, torch.mm",
    "aarch64, '', '', torch.mm"
  })
  void theKernelGoesByTheProcessor(String arch, String vendor, String flag, String kernel) {
    Processor processor = new Processor(arch, vendor, "", Set.of(flag));
    assertThat(MatrixProduct.fp32(processor)).startsWith(kernel);
    assertThat(MatrixProduct.text(Precision.BF16, false)).startsWith("torch.mm");
    assertThat(MatrixProduct.text(Precision.FP32, true)).startsWith("torch.mm");
  }

  /** Each kernel is there on every x86 processor, whichever is taken. */
  @ParameterizedTest
  @ValueSource(strings = {MatrixProduct.DEFAULT, MatrixProduct.ONE_DNN})
  void eachKernelMultiplies(String kernel) {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "x86");
    Map<String, String> places = Map.of("product", kernel);
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
