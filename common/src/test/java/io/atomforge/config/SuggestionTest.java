package io.atomforge.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
  private static final List<String> KEYS =
      List.of("max_steps", "save_steps", "train_batch_size", "seed", "files", "model", "lora");

  @ParameterizedTest
  @CsvSource({
    "max_step, max_steps",
    "maxSteps, max_steps",
    "max-steps, max_steps",
    "batch_size, train_batch_size",
    "sed, seed",
    "sede, seed",
    "file, files",
    "mod, model"
  })
  void theKeyThatIsMeantIsNamedAlone(String written, String meant) {
    assertThat(Suggestion.of(written, KEYS)).isEqualTo("; did you mean " + meant + "?");
  }

  @Test
  void whereNoneIsNearTheNearestFewAreNamed() {
    assertThat(Suggestion.of("zzzz", KEYS))
        .startsWith("; the nearest of 7 known ones are ")
        .contains("seed", "lora")
        .doesNotContain("train_batch_size");
    assertThat(Suggestion.of("zzzz", List.of("a", "b"))).isEqualTo("; the nearest are a, b");
    assertThat(Suggestion.of("zzzz", List.of())).isEmpty();
  }
}
