package io.atomforge.jobs.evaluate;

import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.model.Parameters;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.training.Example;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How likely a model finds the reference answers of tasks.
 *
 * @param source computes log-probabilities
 * @param atOnce references that one task of Spark reads together
 */
public record ReferenceLikelihood(GradientSource source, Tokenizer tokenizer, int atOnce) {
  /**
   * @return for each task the mean negative log-likelihood of a token of its reference, the end
   *     token included, in nats; 0 for a task without a reference
   */
  public double[] of(Parameters theta, List<Asked> tasks) {
    ChatTemplate template = new ChatTemplate(tokenizer);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      if (!tasks.get(i).reference().isEmpty()) {
        int[] prompt = template.promptIds(tasks.get(i).task().prompt());
        examples.add(example(i, prompt, template.completionIds(tasks.get(i).reference())));
      }
    }
    double[] mean = new double[tasks.size()];
    if (examples.isEmpty()) {
      return mean;
    }
    List<Shard> shards =
        Sharding.cut(
            examples, LossScript.NEGATIVE_LOG_LIKELIHOOD, (examples.size() + atOnce - 1) / atOnce);
    List<LogProbs> scores = source.logProbs(theta, shards, 1.0);
    int[] tokens = new int[tasks.size()];
    for (int s = 0; s < shards.size(); s++) {
      float[] numbers = shards.get(s).inputs()[0];
      for (int t = 0; t < numbers.length; t++) {
        int task = (int) numbers[t];
        mean[task] -= scores.get(s).logProbs()[t];
        tokens[task]++;
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= Math.max(1, tokens[i]);
    }
    return mean;
  }

  /** Its only input says which task a token of a shard belongs to. */
  private static Example example(int task, int[] prompt, int[] completion) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + completion.length);
    System.arraycopy(completion, 0, tokens, prompt.length, completion.length);
    float[] number = new float[completion.length];
    Arrays.fill(number, task);
    return new Example(
        tokens,
        IntStream.range(prompt.length, tokens.length).toArray(),
        new float[number.length],
        new float[][] {number},
        0);
  }
}
