package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.sandbox.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewardTest {
  private static final List<Reward> ALL =
      List.of(new Reward.Binary(), new Reward.Fraction(), new Reward.Ladder());

  @ParameterizedTest
  @CsvSource({
    "PASSED, 4, 1, 1, 1",
    "WRONG_ANSWER, 3, 0, 0.75, -0.3",
    "RUNTIME_ERROR, 1, 0, 0.25, -0.6",
    "TIMEOUT, 2, 0, 0.5, -0.6",
    "MEMORY_LIMIT, 0, 0, 0, -0.6",
    "OUTPUT_LIMIT, 0, 0, 0, -0.6",
    "FORBIDDEN, 0, 0, 0, -0.6",
    "COMPILE_ERROR, 0, 0, 0, -1"
  })
  void ofEachOutcomeIsTheTablesEntry(
      Outcome outcome, int passed, double binary, double fraction, double ladder) {
    assertThat(ALL)
        .extracting(reward -> reward.reward(outcome, passed, 4))
        .containsExactly(binary, fraction, ladder);
  }

  @Test
  void ofACutOffCompletionIsTheSmallest() {
    assertThat(ALL).extracting(Reward::failure).containsExactly(0.0, 0.0, -1.0);
  }

  @Test
  void ofASandboxErrorDoesNotExist() {
    for (Reward reward : ALL) {
      assertThatThrownBy(() -> reward.reward(Outcome.SANDBOX_ERROR, 0, 4))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("drop the sample");
    }
  }

  @ParameterizedTest
  @CsvSource({"PASSED, 3, 4", "WRONG_ANSWER, 5, 4", "WRONG_ANSWER, -1, 4", "COMPILE_ERROR, 0, 0"})
  void ofImpossibleCountsDoesNotExist(Outcome outcome, int passed, int total) {
    for (Reward reward : ALL) {
      assertThatThrownBy(() -> reward.reward(outcome, passed, total))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(outcome + " with " + passed + " of " + total);
    }
  }

  @Test
  void bindsByType() throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    for (Reward reward : ALL) {
      assertThat(json.readValue(json.writeValueAsString(reward), Reward.class)).isEqualTo(reward);
    }
    assertThat(json.readValue("{\"type\": \"ladder\"}", Reward.class))
        .isEqualTo(new Reward.Ladder());
  }
}
