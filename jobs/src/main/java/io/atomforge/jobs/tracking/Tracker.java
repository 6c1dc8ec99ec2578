package io.atomforge.jobs.tracking;

import io.atomforge.tables.StepMetric;
import java.util.List;
import java.util.function.LongFunction;

/** Shows the numbers of a run in another program, beside table {@code step_metrics}. */
public interface Tracker {
  /**
   * The run goes on from a checkpoint.
   *
   * @param covered the numbers of all steps after a given one that the checkpoint covers, by step
   */
  default void resume(LongFunction<List<StepMetric>> covered) {}

  /**
   * A number of the run, steps in order. A run that is killed makes those again that follow its
   * checkpoint.
   */
  void metric(StepMetric metric);

  /** A checkpoint covers all numbers so far: none of them will come again. */
  default void commit() {}

  /**
   * @param finished whether the run came to its end
   */
  void end(boolean finished);
}
