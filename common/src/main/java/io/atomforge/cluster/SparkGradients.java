package io.atomforge.cluster;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Shard;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Each shard is computed by a Spark task; the parameters travel once per call, by broadcast. */
public final class SparkGradients implements GradientSource {
  private final JavaSparkContext spark;
  private final Shape shape;
  private final int tasks;

  /** What a task needs to find its model. */
  private record Shape(ModelConfig config, Precision precision, LossScript loss)
      implements Serializable {
    CausalLM model() {
      return CausalLM.shared(config, precision, loss, Replica.device());
    }
  }

  /**
   * @param tasks Spark tasks per call; results do not depend on it
   */
  public SparkGradients(
      JavaSparkContext spark, ModelConfig config, Precision precision, LossScript loss, int tasks) {
    this.spark = spark;
    this.shape = new Shape(config, precision, loss);
    this.tasks = tasks;
  }

  private interface Work<R> extends Serializable {
    R apply(CausalLM model, Parameters theta, Shard shard);
  }

  @Override
  public List<Gradient> gradients(Parameters theta, List<Shard> shards, double temperature) {
    return run(
        theta, shards, (model, t, s) -> model.gradient(t, s.batch(), s.inputs(), temperature));
  }

  @Override
  public List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature) {
    return run(theta, shards, (model, t, s) -> model.logProbs(t, s.batch(), temperature));
  }

  private <R> List<R> run(Parameters theta, List<Shard> shards, Work<R> work) {
    Broadcast<byte[]> broadcast = spark.broadcast(theta.toBytes());
    Shape here = shape;
    try {
      return spark
          .parallelize(shards, Math.min(tasks, shards.size()))
          .map(
              shard -> {
                CausalLM model = here.model();
                try (Replica replica = Replica.of(broadcast, model.layout())) {
                  return work.apply(model, replica.parameters(), shard);
                }
              })
          .collect();
    } finally {
      broadcast.unpersist(false);
    }
  }
}
