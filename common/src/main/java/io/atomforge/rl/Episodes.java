package io.atomforge.rl;

import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.model.Parameters;
import io.atomforge.rl.RolloutBatch.Group;
import io.atomforge.rl.RolloutBatch.Sample;
import io.atomforge.rollout.Trace;
import io.atomforge.training.Example;
import io.atomforge.training.ExampleScores;
import io.atomforge.training.GradientSource;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The completions of a step that count, and what models say about their tokens. Equal completions
 * of a prompt are scored once.
 */
final class Episodes {
  /**
   * @param group number of its prompt
   * @param index place among all samples of the step
   * @param twin the first episode with the same prompt, tokens and learned tokens
   */
  record Episode(int group, int index, int twin, Sample sample) {
    /** How many tokens are learned. */
    int length() {
      return sample.trace().learnedLength();
    }

    /** Prompt and completion with values for each learned token of the latter. */
    Example example(float[] weights, float[][] inputs, double denominator) {
      Trace trace = sample.trace();
      return Example.of(
          trace.prompt(), trace.tokens(), trace.learned(), weights, inputs, denominator);
    }
  }

  private record Key(int group, IntBuffer tokens, IntBuffer learned) {
    Key(int group, Trace trace) {
      this(group, IntBuffer.wrap(trace.tokens()), IntBuffer.wrap(trace.learned()));
    }
  }

  private static final LogProbs NOTHING = new LogProbs(new float[0], new float[0], new float[0]);

  private final List<Episode> all = new ArrayList<>();
  private final List<Episode> distinct;

  Episodes(RolloutBatch batch) {
    Map<Key, Integer> twins = new HashMap<>();
    int index = 0;
    for (int g = 0; g < batch.groups().size(); g++) {
      Group group = batch.groups().get(g);
      for (Sample sample : group.samples()) {
        if (sample.counts()) {
          Key key = new Key(g, sample.trace());
          Integer first = twins.putIfAbsent(key, all.size());
          int twin = first == null ? all.size() : first;
          all.add(new Episode(g, index, twin, sample));
        }
        index++;
      }
    }
    distinct =
        IntStream.range(0, all.size())
            .filter(i -> all.get(i).twin == i)
            .mapToObj(all::get)
            .toList();
  }

  List<Episode> all() {
    return all;
  }

  /** How many episodes differ in prompt or tokens. */
  int distinct() {
    return distinct.size();
  }

  /** What is said about each learned token of each episode, in the order of {@link #all}. */
  record Scores(List<float[]> logProbs, List<float[]> entropies, List<float[]> values) {}

  /**
   * @param loss of the run, which says whether there are values
   * @param most distinct episodes to look at, from the first; the others get empty arrays
   */
  Scores score(
      GradientSource source,
      Parameters theta,
      LossScript loss,
      double temperature,
      int shardCount,
      int most) {
    List<Episode> looked = distinct.subList(0, Math.min(most, distinct.size()));
    List<Example> examples =
        looked.stream()
            .map(Episode::sample)
            .map(Sample::trace)
            .map(t -> Example.unweighted(t.prompt(), t.tokens(), t.learned()))
            .toList();
    List<LogProbs> scores =
        ExampleScores.of(source, theta, examples, loss, temperature, shardCount);
    Map<Integer, LogProbs> byTwin = new HashMap<>();
    for (int i = 0; i < looked.size(); i++) {
      byTwin.put(looked.get(i).twin, scores.get(i));
    }
    List<LogProbs> ofAll = all.stream().map(e -> byTwin.getOrDefault(e.twin, NOTHING)).toList();
    return new Scores(
        ofAll.stream().map(LogProbs::logProbs).toList(),
        ofAll.stream().map(LogProbs::entropies).toList(),
        ofAll.stream().map(LogProbs::values).toList());
  }
}
