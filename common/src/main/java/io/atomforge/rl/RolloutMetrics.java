package io.atomforge.rl;

import io.atomforge.model.LogProbs;
import io.atomforge.rl.RolloutBatch.Group;
import io.atomforge.rl.RolloutBatch.Sample;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the rollouts of a step look like, in verl's names. */
final class RolloutMetrics {
  private RolloutMetrics() {}

  static Map<String, Double> of(RolloutBatch batch) {
    List<Group> groups = batch.groups();
    List<Trace> rollouts = batch.samples().stream().map(Sample::trace).toList();
    int[] lengths = rollouts.stream().mapToInt(r -> r.tokens().length).sorted().toArray();
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("critic/score/mean", batch.meanScore());
    batch.samples().stream()
        .flatMap(s -> s.scored().parts().entrySet().stream())
        .collect(
            Collectors.groupingBy(
                Map.Entry::getKey, Collectors.averagingDouble(Map.Entry::getValue)))
        .forEach((name, mean) -> metrics.put("critic/score/" + name + "/mean", mean));
    // Minus the log probability of the tokens drawn is what entropy is the expectation of.
    metrics.put(
        "actor/entropy", LogProbs.meanSurprisal(rollouts.stream().map(Trace::writtenLogProbs)));
    metrics.put("response_length/mean", batch.meanLength());
    for (Trace.Role role : List.of(Trace.Role.GIVEN, Trace.Role.TOOL)) {
      double mean = rollouts.stream().mapToInt(r -> r.count(role)).average().orElse(0);
      if (mean > 0) {
        metrics.put("response_length/" + role.name().toLowerCase(Locale.ROOT) + "_mean", mean);
      }
    }
    metrics.put("response_length/max", (double) lengths[lengths.length - 1]);
    metrics.put(
        "response_length/p95", (double) lengths[(int) Math.ceil(0.95 * lengths.length) - 1]);
    metrics.put("response_length/clip_ratio", share(rollouts, r -> !r.finished()));
    metrics.put(
        "prompt_length/mean",
        groups.stream().mapToInt(g -> g.task().prompt().length).average().orElse(0));
    metrics.put(
        "training/zero_variance_groups",
        share(groups, g -> Arrays.stream(g.scores()).distinct().count() <= 1));
    metrics.put("training/all_failed_groups", share(groups, g -> solved(g) == 0));
    metrics.put("training/all_passed_groups", share(groups, g -> solved(g) == g.samples().size()));
    metrics.put("training/learned_groups", (double) groups.stream().filter(Group::learned).count());
    metrics.put("train/pass@1", share(rollouts, Trace::solved));
    int n = groups.get(0).samples().size();
    metrics.put("train/pass@" + n, share(groups, g -> solved(g) > 0));
    metrics.put(
        "train/visible_pass_hidden_fail",
        share(rollouts, r -> r.judged().visiblePassed() && r.outcome() != Outcome.PASSED));
    for (Outcome outcome : Outcome.values()) {
      metrics.put("sandbox/" + outcome + "_ratio", share(rollouts, r -> r.outcome() == outcome));
    }
    return metrics;
  }

  private static long solved(Group group) {
    return group.samples().stream().filter(s -> s.trace().solved()).count();
  }

  private static <T> double share(List<T> all, Predicate<T> holds) {
    return (double) all.stream().filter(holds).count() / all.size();
  }
}
