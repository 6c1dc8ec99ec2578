package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import org.junit.jupiter.api.Test;

class ParameterLayoutTest {
  /** The shape and the number of parameters of Llama 2 7B (Touvron et al. 2023). */
  @Test
  void billionsAreCountedButNoArray() {
    ParameterLayout layout =
        new ParameterLayout(ModelConfig.of(4096, 32, 32, 32, 11008, 32000, 4096).untied());
    assertThat(layout.size()).isEqualTo(6_738_415_616L);
    ParameterLayout.Tensor last = layout.tensor("lm_head.weight");
    assertThat(last.offset() + last.size()).isEqualTo(layout.size());
    assertThat(layout.decayRuns().stream().mapToLong(n -> n).sum()).isEqualTo(layout.size());
    assertThatThrownBy(layout::arraySize)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("6,738,415,616 parameters")
        .hasMessageContaining("at most 2,147,483,639");
  }
}
