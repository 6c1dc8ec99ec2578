package io.atomforge.training;

import static java.util.Objects.requireNonNull;

import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.model.Parameters;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the value head of a model says at the last token of sequences: a reward model's scores. */
public final class SequenceScores {
  private static final LossScript VALUES = LossScript.NEGATIVE_LOG_LIKELIHOOD.besideValueHead();

  private SequenceScores() {}

  /**
   * A sequence of which the value head sees the last token.
   *
   * @param prompt token ids
   * @param completion token ids, at least one
   * @param weight factor of its loss
   * @param inputs those of the loss, a number each
   */
  public static Example example(int[] prompt, int[] completion, float weight, float... inputs) {
    float[][] rows = new float[inputs.length][];
    for (int i = 0; i < inputs.length; i++) {
      rows[i] = new float[] {inputs[i]};
    }
    int[] behind = {completion.length};
    return Example.of(prompt, completion, behind, new float[] {weight}, rows, weight);
  }

  /**
   * Equal sequences are scored once and get equal scores.
   *
   * @param theta ends with a value head
   * @param examples as {@link #example} makes them
   * @param shardCount pieces into which they are cut, 1 or more
   * @return shape (number of examples,)
   */
  public static double[] of(
      GradientSource source, Parameters theta, List<Example> examples, int shardCount) {
    Map<IntBuffer, Integer> places = new LinkedHashMap<>();
    List<Example> distinct = new ArrayList<>();
    for (Example example : examples) {
      if (places.putIfAbsent(IntBuffer.wrap(example.tokens()), distinct.size()) == null) {
        distinct.add(example);
      }
    }
    List<LogProbs> scores =
        ExampleScores.of(source, theta, distinct, VALUES, 1, Math.min(shardCount, examples.size()));
    return examples.stream()
        .map(e -> scores.get(requireNonNull(places.get(IntBuffer.wrap(e.tokens())))))
        .mapToDouble(score -> score.values()[0])
        .toArray();
  }
}
