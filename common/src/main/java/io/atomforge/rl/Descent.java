package io.atomforge.rl;

import io.atomforge.random.Seeds;
import io.atomforge.training.Shard;
import io.atomforge.training.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The optimizer steps on the rollouts of one step.
 *
 * @param longest tokens at which a completion is cut
 */
record Descent(PolicyUpdate.Settings settings, int longest, List<Minibatches.Learned> learned) {
  /**
   * @param seed orders the prompts into minibatches
   * @param metrics to which those of the steps are added
   */
  void take(Trainer trainer, long seed, Map<String, Double> metrics) {
    Minibatches minibatches = new Minibatches(settings, longest, learned);
    List<Trainer.Step> steps = new ArrayList<>();
    for (int pass = 0; pass < settings.numIterations(); pass++) {
      for (List<Shard> shards : minibatches.deal(Seeds.derive(seed, "pass", pass))) {
        steps.add(trainer.step(shards, settings.temperature()));
      }
    }
    metrics.put("training/optimizer_steps", (double) steps.size());
    if (!steps.isEmpty()) {
      measure(steps, metrics);
    }
  }

  private void measure(List<Trainer.Step> steps, Map<String, Double> metrics) {
    List<String> names = settings.objective().lossScript().statistics();
    for (int k = 0; k < names.size(); k++) {
      int at = k;
      String family = names.get(k).startsWith("vf_") ? "critic/" : "actor/";
      metrics.put(
          family + names.get(k),
          steps.stream().mapToDouble(s -> s.statistics()[at]).average().orElseThrow());
    }
    metrics.putIfAbsent("actor/kl_to_start", metrics.get("actor/kl_loss"));
    metrics.put(
        "actor/grad_norm",
        steps.stream().mapToDouble(Trainer.Step::gradNorm).average().orElseThrow());
    metrics.put("actor/lr", steps.get(steps.size() - 1).learningRate());
    metrics.put(
        "timing_s/update_actor", steps.stream().mapToDouble(Trainer.Step::gradientSeconds).sum());
    metrics.put(
        "timing_s/aggregate", steps.stream().mapToDouble(Trainer.Step::updateSeconds).sum());
  }
}
