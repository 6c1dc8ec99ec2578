package io.atomforge.jobs.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyAlarmsTest {
  private final PolicyAlarms alarms = new PolicyAlarms();

  private Map<String, String> look(double entropy, double length, double cut) {
    return alarms.alarms(
        Map.of(
            "actor/entropy",
            entropy,
            "response_length/mean",
            length,
            "response_length/clip_ratio",
            cut));
  }

  @Test
  void ringOnceWhenEntropyIsLostOrCompletionsGrow() {
    for (int step = 0; step < 8; step++) {
      assertThat(look(1, 20, 0)).isEmpty();
    }
    for (int step = 0; step < 4; step++) {
      assertThat(look(0.01, 20, 0)).isEmpty();
    }
    assertThat(look(0.01, 20, 0)).containsOnlyKeys("entropy");
    assertThat(look(0.01, 20, 0)).isEmpty();
    for (int step = 0; step < 3; step++) {
      look(1, 50, 0.5);
    }
    assertThat(look(1, 50, 0.5)).containsOnlyKeys("length");
  }

  @Test
  void ringsWhenManyCompletionsAreCut() {
    for (int step = 0; step < 5; step++) {
      assertThat(look(1, 20, 0.2)).isEmpty();
    }
    assertThat(look(1, 20, 0.6)).containsOnlyKeys("cut");
  }
}
