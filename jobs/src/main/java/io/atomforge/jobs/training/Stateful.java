package io.atomforge.jobs.training;

import io.atomforge.model.Parameters;
import java.util.Map;
import java.util.Objects;

/** A part of a run that goes on from what a checkpoint keeps of it. */
public interface Stateful {
  /** What it goes on from, as JSON values. */
  Map<String, Object> state();

  /** Goes on from what {@link #state} gave. */
  void restore(Map<String, Object> state);

  /** Policies beside the trained one that it goes on from, by name; what they hold is replaced. */
  default Map<String, Parameters> policies() {
    return Map.of();
  }

  static int whole(Map<String, Object> state, String key) {
    return ((Number) Objects.requireNonNull(state.get(key), key)).intValue();
  }

  /**
   * @return infinity where the state has none, which JSON cannot hold
   */
  static double decimal(Map<String, Object> state, String key) {
    return state.get(key) instanceof Number n ? n.doubleValue() : Double.POSITIVE_INFINITY;
  }
}
