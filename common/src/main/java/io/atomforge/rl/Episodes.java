package io.atomforge.rl;

import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.model.Parameters;
import io.atomforge.rl.RolloutBatch.Group;
import io.atomforge.rl.RolloutBatch.Sample;
import io.atomforge.rollout.Trace;
import io.atomforge.training.Example;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
      int[] prompt = sample.trace().prompt();
      int[] completion = sample.trace().tokens();
      int[] tokens = Arrays.copyOf(prompt, prompt.length + completion.length);
      System.arraycopy(completion, 0, tokens, prompt.length, completion.length);
      int[] learned = Arrays.stream(sample.trace().learned()).map(t -> prompt.length + t).toArray();
      return new Example(tokens, learned, weights, inputs, denominator);
    }
  }

  private record Key(int group, IntBuffer tokens, IntBuffer learned) {
    Key(int group, Trace trace) {
      this(group, IntBuffer.wrap(trace.tokens()), IntBuffer.wrap(trace.learned()));
    }
  }

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
    if (looked.isEmpty()) {
      List<float[]> nothing = Collections.nCopies(all.size(), new float[0]);
      return new Scores(nothing, nothing, nothing);
    }
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < looked.size(); i++) {
      float[] number = new float[looked.get(i).length()];
      Arrays.fill(number, i);
      // The only input says which episode a token of a shard belongs to.
      examples.add(looked.get(i).example(new float[number.length], new float[][] {number}, 0));
    }
    List<Shard> shards = Sharding.cut(examples, loss, shardCount);
    List<LogProbs> scores = source.logProbs(theta, shards, temperature);
    return new Scores(
        spread(looked, shards, scores, LogProbs::logProbs),
        spread(looked, shards, scores, LogProbs::entropies),
        spread(looked, shards, scores, LogProbs::values));
  }

  private List<float[]> spread(
      List<Episode> looked,
      List<Shard> shards,
      List<LogProbs> scores,
      Function<LogProbs, float[]> part) {
    Map<Integer, float[]> rows = new HashMap<>();
    int[] filled = new int[looked.size()];
    for (int s = 0; s < shards.size(); s++) {
      float[] values = part.apply(scores.get(s));
      float[] numbers = shards.get(s).inputs()[0];
      for (int t = 0; t < values.length; t++) {
        Episode episode = looked.get((int) numbers[t]);
        float[] row = rows.computeIfAbsent(episode.twin, twin -> new float[episode.length()]);
        row[filled[(int) numbers[t]]++] = values[t];
      }
    }
    return all.stream().map(e -> rows.getOrDefault(e.twin, new float[0])).toList();
  }
}
