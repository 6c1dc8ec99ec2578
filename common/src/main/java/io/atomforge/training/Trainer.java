package io.atomforge.training;

import io.atomforge.model.Gradient;
import io.atomforge.model.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/** Holds the parameters and the optimizer, and takes steps. Used by one thread. */
public final class Trainer implements AutoCloseable {
  private final Parameters theta;
  private final AdamW settings;
  private final AdamW.State optimizer;
  private final Schedule schedule;
  private final long totalSteps;
  private final double maxGradNorm;
  private final double valueLearningRate;
  private final GradientSource source;

  /**
   * @param theta updated in place; the caller closes it
   * @param totalSteps length of the run, for the schedule
   * @param maxGradNorm greatest norm of a step's mean gradient
   */
  public Trainer(
      Parameters theta,
      AdamW settings,
      Schedule schedule,
      long totalSteps,
      double maxGradNorm,
      GradientSource source) {
    this(theta, settings, settings.learningRate(), schedule, totalSteps, maxGradNorm, source);
  }

  /**
   * The same where {@code theta} ends with a value head.
   *
   * @param valueLearningRate of the head, before the schedule
   */
  public Trainer(
      Parameters theta,
      AdamW settings,
      double valueLearningRate,
      Schedule schedule,
      long totalSteps,
      double maxGradNorm,
      GradientSource source) {
    if (!(maxGradNorm > 0)) {
      throw new IllegalArgumentException("max_grad_norm must be positive, got " + maxGradNorm);
    }
    this.theta = theta;
    this.settings = settings;
    this.optimizer = settings.start(theta.layout(), theta.array().getDevice());
    this.valueLearningRate = valueLearningRate;
    this.schedule = schedule;
    this.totalSteps = totalSteps;
    this.maxGradNorm = maxGradNorm;
    this.source = source;
  }

  /**
   * What a step did.
   *
   * @param loss mean loss before the step, after the aggregation in use
   * @param statistics means of the loss script's statistics, likewise
   * @param gradNorm norm of the mean gradient before clipping
   * @param gradientSeconds time until all shards had answered
   * @param updateSeconds time to add, clip and update
   * @param optimizerSeconds the part of it after adding
   * @param source what the gradients cost; their sum is closed
   */
  public record Step(
      double loss,
      double[] statistics,
      double gradNorm,
      double learningRate,
      double gradientSeconds,
      double updateSeconds,
      double optimizerSeconds,
      GradientSource.Answer source) {

    /** Where the time went and what was moved, by the names of metrics. */
    public Map<String, Double> costs() {
      double whole = gradientSeconds + updateSeconds;
      double named = source.broadcastSeconds() + source.computeSeconds() + optimizerSeconds;
      return Map.of(
          "timing_s/update_actor",
          gradientSeconds,
          "timing_s/broadcast",
          source.broadcastSeconds(),
          "timing_s/compute",
          source.computeSeconds(),
          "timing_s/aggregate",
          Math.max(0, whole - named),
          "timing_s/optimizer",
          optimizerSeconds,
          "transfer/broadcast_bytes",
          (double) source.broadcastBytes(),
          "transfer/gradient_bytes",
          (double) source.gradientBytes());
    }
  }

  /**
   * One optimizer step.
   *
   * @param temperature divides the logits
   * @throws DivergedException if loss or gradient is not finite; the parameters are then unchanged
   */
  public Step step(List<Shard> shards, double temperature) {
    return step(shards, temperature, Double.POSITIVE_INFINITY);
  }

  /**
   * One optimizer step.
   *
   * @param temperature divides the logits
   * @param maxLoss greatest mean loss to learn from
   * @throws DivergedException if the loss is above it, or loss or gradient is not finite; the
   *     parameters are then unchanged
   */
  public Step step(List<Shard> shards, double temperature, double maxLoss) {
    long start = System.nanoTime();
    double factor = schedule.factor(optimizer.step() + 1, totalSteps);
    double learningRate = settings.learningRate() * factor;
    return finish(
        start,
        source.gradients(theta, shards, temperature),
        shards,
        maxLoss,
        learningRate,
        (sum, denominator) ->
            optimizer.step(
                theta, sum, denominator, maxGradNorm, learningRate, valueLearningRate * factor));
  }

  /**
   * @param temperature divides the logits
   * @return the norm of the mean gradient, of which nothing is learned
   */
  public double gradNorm(List<Shard> shards, double temperature) {
    try (Gradient sum = source.gradients(theta, shards, temperature).sum()) {
      return sum.values().norm() / shards.stream().mapToDouble(Shard::denominator).sum();
    }
  }

  /**
   * Steps that workers take alone, then one that brings them together. The optimizer's mean of
   * gradients is the outer momentum.
   *
   * @param shards those of the first worker, one per step, then those of the next
   * @param steps of each worker
   * @param temperature divides the logits
   * @param maxLoss greatest mean loss to learn from
   * @throws DivergedException if the loss is above it, or loss or parameters are not finite; the
   *     parameters are then unchanged
   */
  public Step meet(
      Distribution.LocalSgd local,
      List<Shard> shards,
      int steps,
      double temperature,
      double maxLoss) {
    long start = System.nanoTime();
    List<Double> rates =
        LongStream.rangeClosed(optimizer.step() + 1, optimizer.step() + steps)
            .mapToObj(step -> settings.learningRate() * schedule.factor(step, totalSteps))
            .toList();
    LocalSteps alone = new LocalSteps(settings, rates, maxGradNorm);
    return finish(
        start,
        source.changes(theta, shards, temperature, alone),
        shards,
        maxLoss,
        rates.get(rates.size() - 1),
        (sum, denominator) -> outerStep(local, steps, sum, denominator));
  }

  /** SGD with Nesterov momentum. */
  private double outerStep(
      Distribution.LocalSgd local, int steps, Parameters sum, double denominator) {
    Parameters momentum = optimizer.mean();
    double norm = sum.norm() / denominator;
    if (Double.isFinite(norm)) {
      double mu = local.outerMomentum();
      double rate = local.outerLearningRate();
      momentum.change(List.of(sum), v -> (float) (mu * v[0] + v[1] / denominator));
      theta.change(
          List.of(sum, momentum), v -> (float) (v[0] - rate * (v[1] / denominator + mu * v[2])));
      optimizer.resume(optimizer.step() + steps);
    }
    return norm;
  }

  private interface Update {
    /**
     * @param denominator turns the sum into the mean
     * @return the mean's norm
     */
    double apply(Parameters sum, double denominator);
  }

  private Step finish(
      long start,
      GradientSource.Answer answer,
      List<Shard> shards,
      double maxLoss,
      double learningRate,
      Update update) {
    long computed = System.nanoTime();
    try (Gradient sum = answer.sum()) {
      double denominator = shards.stream().mapToDouble(Shard::denominator).sum();
      double loss = sum.loss() / denominator;
      if (!(loss <= maxLoss)) {
        throw new DivergedException(
            String.format(
                Locale.ROOT,
                "The loss of step %d is %.3f, the most allowed %.3f",
                optimizer.step() + 1,
                loss,
                maxLoss));
      }
      double norm = update.apply(sum.values(), denominator);
      if (!Double.isFinite(norm)) {
        throw new DivergedException(
            "The gradient of step "
                + (optimizer.step() + 1)
                + " is not finite (loss "
                + loss
                + "); lower learning_rate or resume from an earlier checkpoint");
      }
      long end = System.nanoTime();
      return new Step(
          loss,
          Arrays.stream(sum.statistics()).map(s -> s / denominator).toArray(),
          norm,
          learningRate,
          (computed - start) / 1e9 - answer.addSeconds(),
          (end - computed) / 1e9 + answer.addSeconds(),
          (end - computed) / 1e9,
          answer);
    }
  }

  public Parameters theta() {
    return theta;
  }

  public AdamW.State optimizer() {
    return optimizer;
  }

  @Override
  public void close() {
    optimizer.close();
  }
}
