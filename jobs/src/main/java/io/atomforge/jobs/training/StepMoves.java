package io.atomforge.jobs.training;

import io.atomforge.jobs.training.TrainingLoop.Taken;
import io.atomforge.plan.Plan;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the moves of a run with what the run has.
 *
 * @param supervised empty where the plan never supervises
 * @param policy empty where the plan never reinforces
 */
public record StepMoves(Optional<? extends Supervision> supervised, Optional<PolicySteps> policy)
    implements Plan.Moves<Taken> {
  /** Name in the state of a checkpoint. */
  static final String SUPERVISED = "supervised";

  /** What a checkpoint keeps, by name. */
  Map<String, Stateful> parts() {
    Map<String, Stateful> parts = new HashMap<>();
    supervised.ifPresent(s -> parts.put(SUPERVISED, s));
    policy.ifPresent(p -> parts.put("policy", p));
    return parts;
  }

  @Override
  public Taken reinforce(long step) {
    return policy.orElseThrow().take(step);
  }

  @Override
  public Taken supervise(long step, List<String> problemIds) {
    return named(supervised.orElseThrow().take(step, problemIds));
  }

  @Override
  public Taken measure(long step) {
    return supervised.orElseThrow().measure(step);
  }

  @Override
  public Taken fitValues(long step, int passes) {
    return policy.orElseThrow().fitValues(step, passes);
  }

  /** Beside reinforcement learning the metrics of supervised steps have names of their own. */
  private Taken named(Taken taken) {
    if (policy.isEmpty()) {
      return taken;
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    taken.metrics().forEach((name, value) -> metrics.put("supervised/" + name, value));
    return new Taken(taken.lastStep(), metrics, taken.rollouts(), taken.seen(), taken.line());
  }
}
