package io.atomforge.plan;

import io.atomforge.plan.Plan.Move;
import io.atomforge.plan.Plan.Moves;
import io.atomforge.plan.Plan.Seen;
import io.atomforge.random.Seeds;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The course of {@link Plan.Sasr}: counts steps and remembers norms of supervised gradients. */
final class SasrCourse implements Plan.Course {
  private final Plan.Sasr plan;
  private final long seed;
  private double warm;
  private double last;
  private int reinforced;
  private long step;

  SasrCourse(Plan.Sasr plan, long seed) {
    this.plan = plan;
    this.seed = seed;
  }

  @Override
  public Move first(long next) {
    step = next;
    if (step <= plan.warmupSteps()) {
      return new Move.Supervise();
    }
    return reinforced == plan.measureSteps() ? new Move.Measure() : chosen();
  }

  private Move chosen() {
    double draw = Seeds.random(seed, "sasr", step).nextDouble();
    return draw < plan.probability(last, warm) ? new Move.Supervise() : new Move.Reinforce();
  }

  @Override
  public Optional<Move> then(Seen seen) {
    return seen.move()
        .make(
            new Moves<Optional<Move>>() {
              @Override
              public Optional<Move> reinforce(long at) {
                reinforced++;
                return Optional.empty();
              }

              @Override
              public Optional<Move> supervise(long at, List<String> problemIds) {
                look(seen.gradNorm());
                return Optional.empty();
              }

              @Override
              public Optional<Move> measure(long at) {
                look(seen.gradNorm());
                return Optional.of(chosen());
              }

              @Override
              public Optional<Move> fitValues(long at, int passes) {
                return Optional.empty();
              }
            },
            step);
  }

  private void look(double norm) {
    reinforced = 0;
    last = norm;
    int from = Math.max(0, plan.warmupSteps() - Plan.Sasr.LAST);
    if (step > from && step <= plan.warmupSteps()) {
      warm += norm / (plan.warmupSteps() - from);
    }
    if (step == plan.warmupSteps()) {
      last = warm;
    }
  }

  @Override
  public Map<String, Object> state() {
    return Map.of("warm_norm", warm, "last_norm", last, "reinforced_in_a_row", reinforced);
  }

  @Override
  public void restore(Map<String, Object> state) {
    warm = number(state, "warm_norm").doubleValue();
    last = number(state, "last_norm").doubleValue();
    reinforced = number(state, "reinforced_in_a_row").intValue();
  }

  private static Number number(Map<String, Object> state, String key) {
    return (Number) Objects.requireNonNull(state.get(key), key);
  }
}
