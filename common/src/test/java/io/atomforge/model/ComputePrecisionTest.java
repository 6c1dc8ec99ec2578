package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComputePrecisionTest {
  @ParameterizedTest
  @CsvSource({
    "amd64, AuthenticAMD, avx512f avx512_bf16, false, BF16",
    "amd64, GenuineIntel, avx512f avx512_bf16 amx_bf16, false, BF16",
    "amd64, GenuineIntel, avx512f avx512_bf16, false, FP32",
    "amd64, GenuineIntel, avx512f, false, FP32",
    "amd64, AuthenticAMD, avx2, false, FP32",
    "amd64, '', '', false, FP32",
    "aarch64, '', '', false, FP32",
    "amd64, AuthenticAMD, avx2, true, BF16"
  })
  void theFasterOneGoesByTheMachine(
      String architecture, String vendor, String flags, boolean gpu, ComputePrecision fastest) {
    Processor processor = new Processor(architecture, vendor, "", Set.of(flags.split(" ")));
    assertThat(ComputePrecision.fastest(processor, gpu)).isEqualTo(fastest);
  }

  @Test
  void whatIsNamedIsTaken() {
    assertThat(ComputePrecision.FP32.precision()).isEqualTo(Precision.FP32);
    assertThat(ComputePrecision.BF16.precision()).isEqualTo(Precision.BF16);
    assertThat(ComputePrecision.AUTO.chosen()).isNotEqualTo(ComputePrecision.AUTO);
    assertThat(ComputePrecision.AUTO.precision().name())
        .isEqualTo(ComputePrecision.AUTO.chosen().name());
  }

  @Test
  void theProcessorIsReadFromLinux() {
    String text =
        """
        processor\t: 0
        vendor_id\t: AuthenticAMD
        model name\t: AMD EPYC 9004: a name
        flags\t\t: fpu avx2 avx512_bf16 fpu

        processor\t: 1
        vendor_id\t: AuthenticAMD
        flags\t\t: fpu
        """;
    assertThat(Processor.of("amd64", text))
        .isEqualTo(
            new Processor(
                "amd64",
                "AuthenticAMD",
                "AMD EPYC 9004: a name",
                Set.of("fpu", "avx2", "avx512_bf16")));
    assertThat(Processor.of("aarch64", "")).isEqualTo(new Processor("aarch64", "", "", Set.of("")));
  }
}
