package io.atomforge.jobs.training;

import io.atomforge.evaluation.RocCurve;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.jobs.training.RewardSteps.Completion;
import io.atomforge.training.Example;
import io.atomforge.training.GradientSource;
import io.atomforge.training.SequenceScores;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.RewardObjective;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Measures a reward model on completions of prompts that it is not trained on. */
public final class RewardValidation implements TrainingLoop.Watch {
  /**
   * What was measured; NaN without completions, and the area where they all passed or all failed.
   *
   * @param loss mean loss of the objective, in nats
   * @param accuracy share of completions or pairs with a margin above 0
   * @param area under the ROC curve of the scores of all completions
   */
  public record Measured(double loss, double accuracy, double area) {}

  private final RewardSteps.Settings settings;
  private final int evalSteps;
  private final List<Completion> completions;
  private final List<List<Completion>> units;
  private final TrainingRun run;
  private final GradientSource source;
  private final Trainer trainer;

  /**
   * @param evalSteps steps between two measurements; a checkpoint has one too
   * @param completions may be none
   */
  public RewardValidation(
      RewardSteps.Settings settings,
      int evalSteps,
      List<Completion> completions,
      TrainingRun run,
      GradientSource source,
      Trainer trainer) {
    this.settings = settings;
    this.evalSteps = evalSteps;
    this.completions = completions;
    this.units = RewardSteps.units(settings.objective(), settings.seed(), completions);
    this.run = run;
    this.source = source;
    this.trainer = trainer;
  }

  @Override
  public void after(long step, boolean saves, Map<String, Double> metrics) {
    if (!completions.isEmpty() && (saves || step % evalSteps == 0)) {
      Measured measured = measure();
      record(step, "val/loss", measured.loss);
      record(step, "val/accuracy", measured.accuracy);
      record(step, "val/auc", measured.area);
    }
  }

  private void record(long step, String name, double value) {
    if (!Double.isNaN(value)) {
      run.metric(step, name, value);
    }
  }

  /** Measures the model as it is. */
  public Measured measure() {
    // No more at once than a step has: memory is said for that.
    int steps = (completions.size() + settings.batchSize() - 1) / settings.batchSize();
    List<Example> examples = completions.stream().map(completion -> completion.example()).toList();
    double[] scores =
        SequenceScores.of(source, trainer.theta(), examples, steps * settings.shards());
    boolean[] passed = new boolean[scores.length];
    Map<Completion, Double> byCompletion = new IdentityHashMap<>();
    for (int i = 0; i < scores.length; i++) {
      passed[i] = completions.get(i).passed();
      byCompletion.put(completions.get(i), scores[i]);
    }
    double[] margins =
        units.stream()
            .mapToDouble(unit -> margin(settings.objective(), unit, byCompletion))
            .toArray();
    double loss = 0;
    double right = 0;
    for (double margin : margins) {
      loss += RewardObjective.loss(margin);
      right += margin > 0 ? 1 : 0;
    }
    return new Measured(
        loss / margins.length, right / margins.length, RocCurve.area(scores, passed));
  }

  private static double margin(
      RewardObjective objective, List<Completion> unit, Map<Completion, Double> scores) {
    Completion first = unit.get(0);
    Completion last = unit.get(unit.size() - 1);
    return objective.margin(
        first.passed(),
        Objects.requireNonNull(scores.get(first)),
        Objects.requireNonNull(scores.get(last)));
  }

  @Override
  public boolean stops() {
    return false;
  }

  @Override
  public void saving(long step) {}

  @Override
  public void saved() {}

  @Override
  public Map<String, Object> state() {
    return Map.of();
  }

  @Override
  public void restore(Map<String, Object> state) {}
}
