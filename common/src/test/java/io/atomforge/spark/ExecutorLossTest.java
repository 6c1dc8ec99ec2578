package io.atomforge.spark;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.atomforge.model.CausalLM;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.training.AdamW;
import io.atomforge.training.Example;
import io.atomforge.training.GradientSource;
import io.atomforge.training.LocalGradients;
import io.atomforge.training.Schedule;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import io.atomforge.training.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two executors in processes of their own, of which one is killed. */
class ExecutorLossTest {
  private static final ModelConfig CONFIG = ModelConfig.of(16, 2, 4, 2, 24, 40, 64);
  private static final LossScript LOSS = LossScript.NEGATIVE_LOG_LIKELIHOOD;
  private static final List<String> HOME = List.of("spark.testing", "spark.test.home");

  @TempDir private Path home;
  private JavaSparkContext spark;

  /** Spark wants a home to start executors from; what they run is on this class path. */
  @BeforeEach
  void start() throws Exception {
    LocalSpark.stop();
    Files.createDirectory(home.resolve("jars"));
    Files.createDirectories(home.resolve("launcher/target/scala-2.13")); // it looks for its build
    System.setProperty(HOME.get(0), "true");
    System.setProperty(HOME.get(1), home.toString());
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local-cluster[2,1,512]")
                .setAppName("ExecutorLossTest")
                .set("spark.executor.memory", "512m")
                .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .set("spark.executorEnv.DJL_OFFLINE", "true")
                .set("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "localhost"));
  }

  @AfterEach
  void stop() {
    spark.stop();
    HOME.forEach(System::clearProperty);
  }

  @Test
  void aRunThatLosesAnExecutorEndsAsTheUndisturbedOne() {
    CausalLM model = CausalLM.shared(CONFIG, Precision.FP32, LOSS, Device.cpu());
    float[] expected = trained(model, new LocalGradients(model), step -> {});
    SparkGradients source = new SparkGradients(spark, CONFIG, Precision.FP32, 4);
    float[] disturbed = trained(model, source, step -> killOneBefore(step, 2));
    assertThat(disturbed).isEqualTo(expected);
  }

  private static void killOneBefore(int step, int fatal) {
    if (step == fatal) {
      List<ProcessHandle> executors =
          ProcessHandle.current()
              .descendants()
              .filter(p -> p.info().command().orElse("").endsWith("java"))
              .toList();
      assertThat(executors).hasSize(2);
      assertThat(executors.get(0).destroyForcibly()).isTrue();
    }
  }

  private static float[] trained(CausalLM model, GradientSource source, IntConsumer beforeStep) {
    try (Parameters theta = Parameters.initial(model.layout(), 1, Device.cpu());
        Trainer trainer =
            new Trainer(
                theta,
                new AdamW(0.01, 0.9, 0.95, 1e-8, 0.1),
                new Schedule.Constant(0),
                4,
                1,
                source)) {
      for (int step = 1; step <= 4; step++) {
        beforeStep.accept(step);
        trainer.step(shards(step), 1);
      }
      return theta.toFloats();
    }
  }

  private static List<Shard> shards(int step) {
    SplittableRandom random = new SplittableRandom(step);
    List<Example> examples =
        IntStream.range(0, 12)
            .mapToObj(
                i -> {
                  int[] tokens = random.ints(20 + random.nextInt(10), 0, 40).toArray();
                  int[] learned = IntStream.range(1, tokens.length).toArray();
                  float[] weights = new float[learned.length];
                  Arrays.fill(weights, 1);
                  return new Example(tokens, learned, weights, new float[0][], learned.length);
                })
            .toList();
    return Sharding.cut(examples, LOSS, 4);
  }
}
