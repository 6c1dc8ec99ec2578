package io.atomforge.jobs.training;

import io.atomforge.model.Parameters;
import io.atomforge.training.AdamW;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Schedule;
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
    return new Trainers(
        policy,
        config.plan().supervises() ? Optional.of(supervised(theta, config, source)) : none(),
        config.plan().fitsValues() ? Optional.of(values(theta, config, source)) : none());
  }

  private static Optional<Trainer> none() {
    return Optional.empty();
  }

  private static Trainer supervised(Parameters theta, RlConfig config, GradientSource source) {
    RlConfig.Demonstrations by = config.demonstrations();
    return new Trainer(
        theta, by.optimizer(), 0, by.schedule(), config.maxSteps(), by.maxGradNorm(), source);
  }

  /**
   * With a learning rate of 0 for all but the head, so that the policy keeps every bit. Clipping
   * would let the policy's part of the gradient scale that of the head.
   */
  private static Trainer values(Parameters theta, RlConfig config, GradientSource source) {
    AdamW by = config.optimizer();
    return new Trainer(
        theta,
        new AdamW(0, by.beta1(), by.beta2(), by.epsilon(), 0),
        config.valueLearningRate(),
        new Schedule.Constant(0),
        config.maxSteps(),
        Double.POSITIVE_INFINITY,
        source);
  }

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
