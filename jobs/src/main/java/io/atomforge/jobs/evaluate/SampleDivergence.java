package io.atomforge.jobs.evaluate;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.model.ComputePrecision;
import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.model.Parameters;
import io.atomforge.rollout.Trace;
import io.atomforge.spark.SparkGradients;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.training.Example;
import io.atomforge.training.ExampleScores;
import io.atomforge.training.GradientSource;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The Kullback-Leibler divergence of a sampled model from another one, estimated from the samples:
 * the mean over their tokens of the difference of the two log-probabilities, in nats (k1 of
 * Schulman, Approximating KL divergence, 2020).
 *
 * @param source computes log-probabilities under the other model
 * @param other the weights of the other model, closed with this
 * @param atOnce samples that one task of Spark reads together
 */
public record SampleDivergence(GradientSource source, Parameters other, int atOnce)
    implements AutoCloseable {
  /**
   * @param name of the other model, as key {@code kl_reference} has it
   * @param tokenizer of the sampled model
   * @throws ConfigException if there is no such model or its tokens have other ids
   */
  public static SampleDivergence from(
      Warehouse warehouse,
      FileStore store,
      String name,
      Tokenizer tokenizer,
      ComputePrecision precision,
      int partitions,
      int atOnce) {
    Pretrained other = Pretrained.load(warehouse, store, "kl_reference", name);
    if (!other.tokenizer().hasIdsOf(tokenizer)) {
      throw new ConfigException(
          "kl_reference: "
              + name
              + " has another tokenizer than checkpoint; name a model that has the same tokens");
    }
    return new SampleDivergence(
        new SparkGradients(
            JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext()),
            other.config(),
            precision.precision(),
            partitions),
        other.weights(other.whole().layout()),
        atOnce);
  }

  /**
   * @param sampled of each task, each completion written by the sampled model alone
   * @param temperature of the sampling, by which both models' logits are divided
   * @return for each task the mean over its sampled tokens, in nats; 0 without samples
   */
  public double[] of(List<List<Trace>> sampled, double temperature) {
    List<Trace> all = sampled.stream().flatMap(List::stream).toList();
    List<Example> examples =
        all.stream()
            .map(t -> Example.unweighted(t.sampledPrompt(), t.tokens(), t.learned()))
            .toList();
    int shards = (examples.size() + atOnce - 1) / atOnce;
    List<LogProbs> scores =
        ExampleScores.of(
            source, other, examples, LossScript.NEGATIVE_LOG_LIKELIHOOD, temperature, shards);
    double[] divergences = new double[sampled.size()];
    int next = 0;
    for (int i = 0; i < divergences.length; i++) {
      double sum = 0;
      int tokens = 0;
      for (Trace trace : sampled.get(i)) {
        float[] others = scores.get(next++).logProbs();
        for (int t = 0; t < others.length; t++) {
          sum += trace.logProbs()[t] - others[t];
        }
        tokens += others.length;
      }
      divergences[i] = sum / Math.max(1, tokens);
    }
    return divergences;
  }

  @Override
  public void close() {
    other.close();
  }
}
