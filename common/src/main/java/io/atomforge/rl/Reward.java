package io.atomforge.rl;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.sandbox.Outcome;

/** Turns the verdict on one completion into a number. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "binary", value = Reward.Binary.class),
  @Type(name = "fraction", value = Reward.Fraction.class),
  @Type(name = "ladder", value = Reward.Ladder.class)
})
public sealed interface Reward {
  /**
   * @param outcome of the program; never {@code SANDBOX_ERROR}, which says nothing about it: drop
   *     such a sample before asking
   * @param passed tests that passed, in [0, total]
   * @param total tests of the problem, 1 or more
   * @return unitless, {@link #failure} or more
   * @throws IllegalArgumentException for {@code SANDBOX_ERROR}, counts out of range, or a {@code
   *     PASSED} program with a failed test
   */
  double reward(Outcome outcome, int passed, int total);

  /**
   * @return the smallest reward, for what is not worth judging: a completion cut off before its
   *     end-of-sequence token
   */
  double failure();

  /** 1 if every test passed, else 0. */
  record Binary() implements Reward {
    @Override
    public double reward(Outcome outcome, int passed, int total) {
      check(outcome, passed, total);
      return outcome == Outcome.PASSED ? 1 : 0;
    }

    @Override
    public double failure() {
      return 0;
    }
  }

  /** The share of the tests that passed, however the program ended. */
  record Fraction() implements Reward {
    @Override
    public double reward(Outcome outcome, int passed, int total) {
      check(outcome, passed, total);
      return (double) passed / total;
    }

    @Override
    public double failure() {
      return 0;
    }
  }

  /**
   * -1 if the program does not parse, -0.6 if it was stopped by an error or a limit, -0.3 if it ran
   * but failed a test, 1 if it passed. After CodeRL, Le et al. 2022 (arXiv:2207.01780); limits and
   * forbidden actions counted as run-time errors are ours.
   */
  record Ladder() implements Reward {
    @Override
    public double reward(Outcome outcome, int passed, int total) {
      check(outcome, passed, total);
      return switch (outcome) {
        case PASSED -> 1;
        case WRONG_ANSWER -> -0.3;
        case COMPILE_ERROR -> failure();
        default -> -0.6;
      };
    }

    @Override
    public double failure() {
      return -1;
    }
  }

  private static void check(Outcome outcome, int passed, int total) {
    if (outcome == Outcome.SANDBOX_ERROR) {
      throw new IllegalArgumentException(
          "A sandbox error has no reward; drop the sample from the loss and its group");
    }
    if (passed < 0 || total < 1 || passed > total || outcome == Outcome.PASSED && passed < total) {
      throw new IllegalArgumentException(
          "No verdict is " + outcome + " with " + passed + " of " + total + " tests passed");
    }
  }
}
