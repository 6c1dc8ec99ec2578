package io.atomforge.rl;

import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.Parameters;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.RolloutSource;
import io.atomforge.rollout.Trace;
import io.atomforge.training.Example;
import io.atomforge.training.GradientSource;
import io.atomforge.training.SequenceScores;
import java.util.ArrayList;
import java.util.List;

/**
 * Rollouts with what a reward model says of each completion that ended by itself.
 *
 * @param rollouts sampled and judged
 * @param source of the reward model's scores
 * @param model its parameters, which end with the value head; closed with this
 * @param shards pieces into which the completions of a call are cut, 1 or more
 */
public record ModelRewarded(
    RolloutSource rollouts, GradientSource source, Parameters model, int shards)
    implements RolloutSource {
  @Override
  public List<List<Trace>> sample(
      Parameters theta, List<PromptTask> prompts, SamplingSettings settings) {
    List<List<Trace>> groups = rollouts.sample(theta, prompts, settings);
    List<Example> finished =
        groups.stream()
            .flatMap(List::stream)
            .filter(Trace::finished)
            .map(r -> SequenceScores.example(r.prompt(), r.tokens(), 1))
            .toList();
    double[] scores = SequenceScores.of(source, model, finished, shards);
    List<List<Trace>> rewarded = new ArrayList<>();
    int at = 0;
    for (List<Trace> group : groups) {
      List<Trace> all = new ArrayList<>();
      for (Trace r : group) {
        all.add(r.finished() ? r.rewarded(Reward.RewardModel.of(scores[at++])) : r);
      }
      rewarded.add(all);
    }
    return rewarded;
  }

  @Override
  public long cached() {
    return rollouts.cached();
  }

  @Override
  public void close() {
    model.close();
    rollouts.close();
  }
}
