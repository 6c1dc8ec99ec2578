package io.atomforge.jobs.training;

import java.util.List;

/** Steps of a run that learn from what is given, not from rollouts of their own. */
public interface Supervision extends Stateful {
  /**
   * Takes an optimizer step.
   *
   * @param step number of the first
   * @param problemIds whose examples are learned from; empty for the next batch of all
   */
  TrainingLoop.Taken take(long step, List<String> problemIds);

  /** Computes the gradient of the next batch, which stays the next. */
  TrainingLoop.Taken measure(long step);
}
