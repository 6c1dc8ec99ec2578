package io.atomforge.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.plan.Plan.Course;
import io.atomforge.plan.Plan.Move;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTest {
  private static final Move REINFORCE = new Move.Reinforce();
  private static final Move SUPERVISE = new Move.Supervise();
  private static final Move MEASURE = new Move.Measure();

  private static Plan.Seen seen(Move move, double norm, String... failed) {
    return new Plan.Seen(move, norm, List.of(failed));
  }

  /** The moves of some steps, if every supervised gradient has the same norm. */
  private static List<Move> moves(Course course, long from, long to, double norm) {
    List<Move> moves = new ArrayList<>();
    for (long step = from; step <= to; step++) {
      Optional<Move> move = Optional.of(course.first(step));
      while (move.isPresent()) {
        moves.add(move.get());
        move = course.then(seen(move.get(), norm));
      }
    }
    return moves;
  }

  @Test
  void theSimplestPlansRepeatOneMove() {
    assertThat(moves(new Plan.Supervised().begin(1), 1, 3, 1)).containsOnly(SUPERVISE).hasSize(3);
    assertThat(moves(new Plan.Reinforced().begin(1), 1, 3, 1)).containsOnly(REINFORCE).hasSize(3);
  }

  @Test
  void alternatingStepsComeInTurn() {
    assertThat(moves(new Plan.Alternating(1, 2).begin(1), 1, 6, 1))
        .containsExactly(SUPERVISE, REINFORCE, REINFORCE, SUPERVISE, REINFORCE, REINFORCE);
  }

  @Test
  void reliftSupervisesTheNewestFailuresOnceThereAreEnough() {
    Course course = new Plan.Relift(3).begin(1);
    assertThat(course.first(1)).isEqualTo(REINFORCE);
    assertThat(course.then(seen(REINFORCE, 1, "a", "b"))).isEmpty();
    assertThat(course.first(2)).isEqualTo(REINFORCE);
    Optional<Move> supervise = course.then(seen(REINFORCE, 1, "c", "d"));
    assertThat(supervise).contains(new Move.Supervise(List.of("b", "c", "d")));
    assertThat(course.state()).isEqualTo(Map.of("buffer", List.of("a")));
    assertThat(course.then(seen(supervise.get(), 1))).isEmpty();
    assertThat(course.state()).isEqualTo(Map.of("buffer", List.of("a")));
  }

  @Test
  void reliftSupervisesOnceInAStepWhateverIsLeft() {
    Course course = new Plan.Relift(2).begin(1);
    Optional<Move> supervise = course.then(seen(REINFORCE, 1, "a", "b", "c", "d"));
    assertThat(supervise).contains(new Move.Supervise(List.of("c", "d")));
    assertThat(course.then(seen(supervise.get(), 1))).isEmpty();
    assertThat(course.then(seen(REINFORCE, 1))).contains(new Move.Supervise(List.of("a", "b")));
  }

  @Test
  void reliftWithoutFailuresIsReinforcementLearning() {
    assertThat(moves(new Plan.Relift(1).begin(1), 1, 5, 1)).containsOnly(REINFORCE).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, 1, 0.5",
    "1, 2, 1, 0.333333333333",
    "0.5, 1, 2, 0.2",
    "0, 1, 1, 0",
    "3, 1, Infinity, 0",
    "3, 1, 0, 1"
  })
  void sasrComparesTheLastSupervisedGradientWithTheWarmUp(
      double last, double warm, double gamma, double probability) {
    assertThat(new Plan.Sasr(1, gamma, 10).probability(last, warm))
        .isCloseTo(probability, within(1e-12));
  }

  @Test
  void sasrWarmsUpThenSwitchesAtTheRateItSays() {
    Course course = new Plan.Sasr(20, 1, 1000).begin(7);
    assertThat(moves(course, 1, 20, 2)).containsOnly(SUPERVISE);
    List<Move> after = moves(course, 21, 2020, 2);
    long supervised = after.stream().filter(SUPERVISE::equals).count();
    // p = 1/2 as the norms are equal: 2000 draws have a standard deviation of 22.4.
    assertThat(supervised).isBetween(1000L - 67, 1000L + 67);
    assertThat(after).hasSize(2000).doesNotContain(MEASURE);
  }

  /**
   * The first choice compares the mean norm of the warm-up with itself: both moves are as likely.
   */
  @Test
  void sasrBeginsWithTheMeanNormOfTheWarmUp() {
    Course course = new Plan.Sasr(2, 1, 10).begin(7);
    moves(course, 1, 1, 3);
    moves(course, 2, 2, 1);
    assertThat(course.state()).containsEntry("warm_norm", 2.0).containsEntry("last_norm", 2.0);
  }

  @Test
  void sasrMeasuresAnewAfterStepsOfReinforcementLearningAlone() {
    Course course = new Plan.Sasr(1, Double.POSITIVE_INFINITY, 3).begin(7);
    assertThat(moves(course, 1, 8, 1))
        .containsExactly(
            SUPERVISE, REINFORCE, REINFORCE, REINFORCE, MEASURE, REINFORCE, REINFORCE, REINFORCE,
            MEASURE, REINFORCE);
  }

  @Test
  void sasrWithGammaZeroOnlySupervises() {
    assertThat(moves(new Plan.Sasr(2, 0, 10).begin(7), 1, 50, 1)).containsOnly(SUPERVISE);
  }

  @Test
  void wsrlFitsValuesFirst() {
    Plan.Wsrl plan = new Plan.Wsrl(2, 4);
    Move fit = new Move.FitValues(4);
    assertThat(moves(plan.begin(7), 1, 4, 1)).containsExactly(fit, fit, REINFORCE, REINFORCE);
    assertThat(plan.fitsValues()).isTrue();
    Plan.Wsrl none = new Plan.Wsrl(0, 4);
    assertThat(moves(none.begin(7), 1, 3, 1)).containsOnly(REINFORCE);
    assertThat(none.fitsValues()).isFalse();
  }

  @Test
  void remixReinforcesAndIsBornAgainOnce() {
    Plan.Remix plan = new Plan.Remix(2);
    assertThat(moves(plan.begin(7), 1, 4, 1)).containsOnly(REINFORCE).hasSize(4);
    assertThat(plan.reincarnateStep()).isEqualTo(2);
    assertThat(plan.supervises()).isFalse();
    assertThat(new Plan.Reinforced().reincarnateStep()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aCourseGoesOnFromItsState() {
    for (Plan plan :
        List.of(new Plan.Sasr(4, 1, 2), new Plan.Relift(2), new Plan.Alternating(2, 3))) {
      Course whole = plan.begin(5);
      moves(whole, 1, 9, 1.5);
      whole.then(seen(REINFORCE, 1, "a"));
      Course again = plan.begin(5);
      again.restore(whole.state());
      assertThat(again.state()).isEqualTo(whole.state());
      assertThat(moves(again, 10, 40, 1.5)).isEqualTo(moves(whole, 10, 40, 1.5));
    }
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> new Plan.Sasr(1, Double.NaN, 1)).hasMessageContaining("gamma must be");
    assertThatThrownBy(() -> new Plan.Relift(0)).hasMessageContaining("buffer_size must be 1");
    assertThatThrownBy(() -> new Plan.Wsrl(-1, 1)).hasMessageContaining("warmup_steps must be 0");
    assertThatThrownBy(() -> new Plan.Remix(0))
        .hasMessage("reincarnate_step must be 1 or more, got 0");
    assertThatThrownBy(() -> new Plan.Alternating(0, 1)).hasMessageContaining("supervised must");
  }
}
