package io.atomforge.jobs.training;

import io.atomforge.model.Parameters;
import io.atomforge.rl.Curriculum;
import io.atomforge.rl.Curriculum.Stage;
import io.atomforge.rl.EntropyProbe;
import io.atomforge.rl.PolicyStep;
import io.atomforge.rl.RolloutBatch;
import io.atomforge.rollout.PromptTask;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/** How the steps of a run sample and learn, stage by stage. */
public final class PolicyStages implements Stateful {
  private final Curriculum curriculum;
  private final EntropyProbe probe;
  private final Function<Stage, PolicyStep> make;
  private final int longest;
  private Stage stage;
  private PolicyStep policy;

  /**
   * @param first how a run samples where the curriculum says nothing
   * @param make a stage's steps
   */
  public PolicyStages(
      Curriculum curriculum, EntropyProbe probe, Stage first, Function<Stage, PolicyStep> make) {
    this.curriculum = curriculum;
    this.probe = probe;
    this.make = make;
    longest = first.longest();
    use(first.temperature(), longest);
  }

  PolicyStep policy() {
    return policy;
  }

  /**
   * Before a step. A stage that begins samples one completion of each of the step's prompts at the
   * temperature of before, and chooses the new one by them.
   */
  void enter(long step, Parameters theta, Prompts prompts) {
    use(stage.temperature(), curriculum.length(step, longest));
    OptionalDouble target = curriculum.entropy(step);
    if (target.isPresent()) {
      Map<String, Object> before = prompts.state();
      prompts.begin(step);
      RolloutBatch drawn =
          policy.drawAll(theta, prompts.next().stream().map(PromptTask::single).toList());
      prompts.restore(before);
      double old = stage.temperature();
      double chosen = probe.temperature(theta, drawn, target.getAsDouble(), old);
      use(chosen, stage.longest());
    }
  }

  private void use(double temperature, int length) {
    stage = new Stage(temperature, length);
    policy = make.apply(stage);
  }

  Map<String, Double> metrics() {
    return curriculum.changes() ? stage.metrics() : Map.of();
  }

  @Override
  public Map<String, Object> state() {
    return Map.of("temperature", stage.temperature());
  }

  @Override
  public void restore(Map<String, Object> state) {
    use(Stateful.decimal(state, "temperature"), longest);
  }
}
