package io.atomforge.training;

import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.model.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a model says about the learned tokens of examples. */
public final class ExampleScores {
  private ExampleScores() {}

  /**
   * @param examples whose weights and inputs play no part
   * @param loss which says whether there are values
   * @param temperature divides the logits
   * @param shardCount pieces into which the examples are cut, 1 or more
   * @return one for each example, in order, with a number per learned token
   */
  public static List<LogProbs> of(
      GradientSource source,
      Parameters theta,
      List<Example> examples,
      LossScript loss,
      double temperature,
      int shardCount) {
    if (examples.isEmpty()) {
      return List.of();
    }
    List<Example> numbered = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      float[] number = new float[example.learned().length];
      Arrays.fill(number, i);
      // The only input says which example a token of a shard belongs to.
      numbered.add(
          new Example(
              example.tokens(),
              example.learned(),
              new float[number.length],
              new float[][] {number},
              0));
    }
    List<Shard> shards = Sharding.cut(numbered, loss, shardCount);
    List<LogProbs> scores = source.logProbs(theta, shards, temperature);
    List<LogProbs> found = new ArrayList<>();
    examples.forEach(e -> found.add(room(e.learned().length, scores.get(0))));
    int[] filled = new int[examples.size()];
    for (int s = 0; s < shards.size(); s++) {
      float[] numbers = shards.get(s).inputs()[0];
      for (int t = 0; t < numbers.length; t++) {
        int example = (int) numbers[t];
        put(scores.get(s), t, found.get(example), filled[example]++);
      }
    }
    return found;
  }

  private static LogProbs room(int length, LogProbs like) {
    return new LogProbs(
        new float[length],
        new float[like.entropies().length == 0 ? 0 : length],
        new float[like.values().length == 0 ? 0 : length]);
  }

  private static void put(LogProbs from, int t, LogProbs to, int place) {
    to.logProbs()[place] = from.logProbs()[t];
    if (to.entropies().length > 0) {
      to.entropies()[place] = from.entropies()[t];
    }
    if (to.values().length > 0) {
      to.values()[place] = from.values()[t];
    }
  }
}
