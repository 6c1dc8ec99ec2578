package io.atomforge.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChoiceTest {
  @ParameterizedTest
  @CsvSource({
    "a b b, 1",
    "a b b a, 0",
    "b a a c a, 1",
    "_ _ a, 2",
    "_ _, -1",
    "a, 0",
    "_ b a _ _, 1"
  })
  void theResultsOfMostCompletionsWin(String results, int place) {
    List<String> of = List.of(results.split(" ")).stream().map(r -> r.replace("_", "")).toList();
    assertThat(Choice.byVote(of)).isEqualTo(place);
  }

  @Test
  void theFirstOfTheGreatestScoresWins() {
    assertThat(Choice.byScore(List.of(-2.0, -0.5, -0.5, -1.0))).isEqualTo(1);
    assertThat(Choice.byScore(List.of(-2.0))).isZero();
    assertThat(Choice.byScore(List.of())).isEqualTo(-1);
    assertThat(Choice.byVote(List.of())).isEqualTo(-1);
  }
}
