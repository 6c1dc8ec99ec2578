package io.atomforge.jobs.training;

import io.atomforge.training.Trainer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The optimizers of a run of reinforcement learning, all of the same parameters.
 *
 * @param supervised empty where the plan never supervises
 * @param values changes the value head alone; empty where the plan never does so
 */
public record Trainers(Trainer policy, Optional<Trainer> supervised, Optional<Trainer> values)
    implements AutoCloseable {
  /** Names of the further optimizers in checkpoints. */
  private static final String SUPERVISED = "supervised";

  private static final String VALUES = "values";

  /** By their names in checkpoints; that of the policy is empty. */
  public Map<String, Trainer> byName() {
    Map<String, Trainer> byName = new HashMap<>(Map.of("", policy));
    supervised.ifPresent(t -> byName.put(SUPERVISED, t));
    values.ifPresent(t -> byName.put(VALUES, t));
    return byName;
  }

  @Override
  public void close() {
    policy.close();
    supervised.ifPresent(Trainer::close);
    values.ifPresent(Trainer::close);
  }
}
