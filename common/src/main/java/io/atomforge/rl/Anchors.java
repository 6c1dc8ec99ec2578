package io.atomforge.rl;

import io.atomforge.model.Parameters;
import io.atomforge.training.objective.PolicyObjective;
import io.atomforge.training.objective.Regularizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The policies that the KL of a step compares with: the base, at first the policy at the start of
 * the run, and, where the loss asks for it, the policy that began the step before. ReMix, Liang et
 * al. 2025 (arXiv:2507.06892).
 */
public final class Anchors implements AutoCloseable {
  private final Parameters base;
  private final Optional<Parameters> previous;
  private final Optional<Regularizer.KlConvex> convex;
  private final long reincarnateStep;
  private double baseShare = 1;

  private Anchors(
      Parameters base,
      Optional<Parameters> previous,
      Optional<Regularizer.KlConvex> convex,
      long reincarnateStep) {
    this.base = base;
    this.previous = previous;
    this.convex = convex;
    this.reincarnateStep = reincarnateStep;
  }

  /**
   * @param start the policy at the start of the run, of which it makes copies
   * @param reincarnateStep the step after which the policy of that time is the base; {@link
   *     Long#MAX_VALUE} for never
   */
  public static Anchors of(Parameters start, PolicyObjective objective, long reincarnateStep) {
    return new Anchors(
        copy(start),
        objective.convex().map(unused -> copy(start)),
        objective.convex(),
        reincarnateStep);
  }

  /**
   * Before a step.
   *
   * @param theta the policy that the step will change
   */
  public void begin(long step, Parameters theta) {
    if (step - 1 == reincarnateStep) {
      set(base, theta);
    }
    baseShare = convex.map(c -> c.baseShare().at(step)).orElse(1.0);
  }

  /**
   * In a step that needs what was before it no more.
   *
   * @param theta the policy that began the step
   */
  void passed(Parameters theta) {
    previous.ifPresent(p -> set(p, theta));
  }

  private static Parameters copy(Parameters policy) {
    return policy.copy(policy.array().getDevice());
  }

  private static void set(Parameters anchor, Parameters theta) {
    anchor.change(List.of(theta), values -> values[1]);
  }

  Parameters base() {
    return base;
  }

  /** Empty where no loss asks for it. */
  Optional<Parameters> previous() {
    return previous;
  }

  /** How much of the KL is that to the base, 0 to 1. */
  double baseShare() {
    return baseShare;
  }

  /** How a KL to both is shared, by the names of metrics. */
  public Map<String, Double> metrics() {
    return convex.isPresent() ? Map.of("actor/kl_base_share", baseShare) : Map.of();
  }

  /** What a run that goes on could not make anew, by name; what they hold is replaced. */
  public Map<String, Parameters> kept() {
    Map<String, Parameters> kept = new HashMap<>();
    previous.ifPresent(p -> kept.put("previous", p));
    if (reincarnateStep < Long.MAX_VALUE) {
      kept.put("base", base);
    }
    return kept;
  }

  @Override
  public void close() {
    base.close();
    previous.ifPresent(Parameters::close);
  }
}
