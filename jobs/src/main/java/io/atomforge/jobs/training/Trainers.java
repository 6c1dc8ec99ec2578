package io.atomforge.jobs.training;

import io.atomforge.model.Parameters;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Trainer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The optimizers of a run of reinforcement learning, all of the same parameters.
 *
 * @param supervised empty where the plan never supervises
 */
public record Trainers(Trainer policy, Optional<Trainer> supervised) implements AutoCloseable {
  /** The name of the second optimizer in checkpoints. */
  private static final String SUPERVISED = "supervised";

  /**
   * @param theta updated in place; the caller closes it
   */
  public static Trainers of(Parameters theta, RlConfig config, GradientSource source) {
    Trainer policy =
        new Trainer(
            theta,
            config.optimizer(),
            config.valueLearningRate(),
            config.schedule(),
            config.optimizerSteps(),
            config.maxGradNorm(),
            source);
    if (!config.plan().supervises()) {
      return new Trainers(policy, Optional.empty());
    }
    RlConfig.Demonstrations by = config.demonstrations();
    return new Trainers(
        policy,
        Optional.of(
            new Trainer(
                theta,
                by.optimizer(),
                0,
                by.schedule(),
                config.maxSteps(),
                by.maxGradNorm(),
                source)));
  }

  /** By their names in checkpoints; that of the policy is empty. */
  public Map<String, Trainer> byName() {
    Map<String, Trainer> byName = new HashMap<>(Map.of("", policy));
    supervised.ifPresent(t -> byName.put(SUPERVISED, t));
    return byName;
  }

  @Override
  public void close() {
    policy.close();
    supervised.ifPresent(Trainer::close);
  }
}
