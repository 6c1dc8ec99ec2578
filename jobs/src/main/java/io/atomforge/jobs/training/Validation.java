package io.atomforge.jobs.training;

import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.training.Example;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.LossAggregation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Measures a run on sequences that it is not trained on, and knows its best checkpoint. */
public final class Validation implements TrainingLoop.Watch {
  /**
   * @param evalSteps steps between two measurements; a checkpoint has one too
   * @param metricForBestModel {@code val/loss} or {@code train/loss}, or empty for none
   * @param earlyStoppingPatience measurements without a new least loss after which the run ends; 0
   *     for no end
   * @param saveTotalLimit latest checkpoints to keep; 0 keeps all
   * @param atOnce sequences that are measured at once
   * @param shards pieces of these
   */
  public record Settings(
      int evalSteps,
      String metricForBestModel,
      int earlyStoppingPatience,
      int saveTotalLimit,
      int atOnce,
      int shards) {}

  private final Settings settings;
  private final List<Sequence> sequences;
  private final TrainingRun run;
  private final GradientSource source;
  private final Trainer trainer;
  private double loss = Double.NaN;
  private double trainLoss = Double.NaN;
  private double lowest = Double.POSITIVE_INFINITY;
  private int misses;
  private double best = Double.POSITIVE_INFINITY;
  private long bestStep = -1;

  /**
   * @param sequences may be none
   */
  public Validation(
      Settings settings,
      List<Sequence> sequences,
      TrainingRun run,
      GradientSource source,
      Trainer trainer) {
    this.settings = settings;
    this.sequences = sequences;
    this.run = run;
    this.source = source;
    this.trainer = trainer;
  }

  @Override
  public void after(long step, boolean saves, Map<String, Double> metrics) {
    trainLoss = metrics.getOrDefault("train/loss", trainLoss);
    if (sequences.isEmpty() || !saves && step % settings.evalSteps != 0) {
      return;
    }
    loss = measure();
    run.metric(step, "val/loss", loss);
    misses = loss < lowest ? 0 : misses + 1;
    lowest = Math.min(lowest, loss);
  }

  /** Mean negative log likelihood of a reference token, in nats. */
  private double measure() {
    if (sequences.isEmpty()) {
      return Double.NaN;
    }
    List<Example> examples =
        sequences.stream()
            .map(s -> SupervisedSteps.example(s, LossAggregation.TOKEN_MEAN, 1))
            .toList();
    // No more at once than a step has: memory is said for that.
    int steps = (examples.size() + settings.atOnce - 1) / settings.atOnce;
    List<Shard> shards =
        Sharding.cut(examples, LossScript.NEGATIVE_LOG_LIKELIHOOD, steps * settings.shards);
    return LogProbs.meanSurprisal(
        source.logProbs(trainer.theta(), shards, 1.0).stream().map(LogProbs::logProbs));
  }

  @Override
  public boolean stops() {
    return settings.earlyStoppingPatience > 0 && misses >= settings.earlyStoppingPatience;
  }

  /** The latest loss, or one of now if this process measured none; NaN without sequences. */
  public double loss() {
    return Double.isNaN(loss) ? measure() : loss;
  }

  /** The step of the best checkpoint, or -1 if none was looked for. */
  public long bestStep() {
    return bestStep;
  }

  @Override
  public void saving(long step) {
    String metric = settings.metricForBestModel;
    double value = metric.equals("val/loss") ? loss : trainLoss;
    if (!metric.isEmpty() && step > 0 && value < best) {
      best = value;
      bestStep = step;
    }
  }

  @Override
  public void saved() {
    run.prune(settings.saveTotalLimit, bestStep);
  }

  @Override
  public Map<String, Object> state() {
    Map<String, Object> state = new HashMap<>();
    state.put("validations_since_lowest", misses);
    state.put("best_step", bestStep);
    if (Double.isFinite(lowest)) {
      state.put("lowest_val_loss", lowest);
    }
    if (Double.isFinite(best)) {
      state.put("best_metric", best);
    }
    return state;
  }

  @Override
  public void restore(Map<String, Object> state) {
    lowest = Stateful.decimal(state, "lowest_val_loss");
    misses = Stateful.whole(state, "validations_since_lowest");
    best = Stateful.decimal(state, "best_metric");
    bestStep = Stateful.whole(state, "best_step");
  }
}
