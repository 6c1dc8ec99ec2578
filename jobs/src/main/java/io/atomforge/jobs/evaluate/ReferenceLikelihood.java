package io.atomforge.jobs.evaluate;

import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.model.Parameters;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.training.Example;
import io.atomforge.training.ExampleScores;
import io.atomforge.training.GradientSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
    List<Integer> asked = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      if (!tasks.get(i).reference().isEmpty()) {
        int[] prompt = template.promptIds(tasks.get(i).task().prompt());
        int[] answer = template.completionIds(tasks.get(i).reference());
        examples.add(
            Example.unweighted(prompt, answer, IntStream.range(0, answer.length).toArray()));
        asked.add(i);
      }
    }
    List<LogProbs> scores =
        ExampleScores.of(
            source,
            theta,
            examples,
            LossScript.NEGATIVE_LOG_LIKELIHOOD,
            1.0,
            (examples.size() + atOnce - 1) / atOnce);
    double[] mean = new double[tasks.size()];
    for (int i = 0; i < scores.size(); i++) {
      mean[asked.get(i)] = LogProbs.meanSurprisal(Stream.of(scores.get(i).logProbs()));
    }
    return mean;
  }
}
