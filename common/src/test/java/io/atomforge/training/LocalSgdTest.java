package io.atomforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.model.CausalLM;
import io.atomforge.model.Gradient;
import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LocalSgdTest {
  private static final CausalLM MODEL =
      CausalLM.shared(
          ModelConfig.of(16, 1, 4, 2, 24, 40, 64),
          Precision.FP32,
          LossScript.NEGATIVE_LOG_LIKELIHOOD,
          Device.cpu());
  private static final float[] START = start();
  private static final Distribution.LocalSgd AVERAGE = new Distribution.LocalSgd(1, 1, 0);

  /** Without means and with an epsilon that nothing adds to, AdamW is SGD. */
  private static final AdamW SGD = new AdamW(0.1e6, 0, 0, 1e6, 0);

  private static final AdamW ADAM_W = new AdamW(0.01, 0.9, 0.95, 1e-8, 0.1);

  @Test
  void oneStepOfSgdAloneIsTheSynchronousOne() {
    List<Shard> workers = List.of(shard(1, 3), shard(2, 5), shard(3, 2));
    float[] together = trained(SGD, new LocalGradients(MODEL), t -> t.step(workers, 1));
    float[] alone =
        trained(SGD, new LocalGradients(MODEL), t -> t.meet(AVERAGE, workers, 1, 1, 100));
    assertThat(distance(together, START)).isGreaterThan(0.01);
    assertThat(alone).containsExactly(together, within(1e-6f));
  }

  @Test
  void oneWorkerAloneTakesThePlainSteps() {
    List<Shard> shards = List.of(shard(1, 3), shard(2, 5), shard(3, 2));
    float[] plain =
        trained(
            ADAM_W,
            new LocalGradients(MODEL),
            t -> shards.forEach(shard -> t.step(List.of(shard), 1)));
    float[] alone =
        trained(ADAM_W, new LocalGradients(MODEL), t -> t.meet(AVERAGE, shards, 3, 1, 100));
    assertThat(distance(plain, START)).isGreaterThan(0.1);
    assertThat(alone).containsExactly(plain, within(1e-6f));
  }

  /** The numbers are those of torch.optim.SGD(lr=0.7, momentum=0.9, nesterov=True). */
  @Test
  void theOuterStepIsThatOfPyTorch() {
    float[][] changes = {{0.1f, 0.2f, -0.3f}, {0.4f, -0.1f, 0.2f}, {-0.2f, 0.05f, 0.1f}};
    Distribution.LocalSgd local = new Distribution.LocalSgd(4, 0.7, 0.9);
    float[] end =
        trained(
            ADAM_W,
            new Given(changes),
            t -> {
              for (int i = 0; i < changes.length; i++) {
                t.meet(local, List.of(shard(i, 1)), 4, 1, 100);
              }
              assertThat(t.optimizer().step()).isEqualTo(12);
            });
    float[] moved = new float[3];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = end[i] - START[i];
    }
    assertThat(moved).containsExactly(new float[] {-0.73353f, -0.35826f, 0.20979f}, within(1e-6f));
  }

  @Test
  void aChangeThatIsNotFiniteChangesNothing() {
    float[] end =
        trained(
            ADAM_W,
            new Given(new float[][] {{Float.NaN, 0, 0}}),
            t ->
                assertThatThrownBy(() -> t.meet(AVERAGE, List.of(shard(1, 1)), 1, 1, 100))
                    .isInstanceOf(DivergedException.class));
    assertThat(end).isEqualTo(START);
  }

  /** Says in turn what it was given, as sums over the shards' denominators. */
  private static final class Given implements GradientSource {
    private final float[][] changes;
    private int calls;

    Given(float[][] changes) {
      this.changes = changes;
    }

    @Override
    public Answer changes(
        Parameters theta, List<Shard> shards, double temperature, LocalSteps steps) {
      double sum = shards.stream().mapToDouble(Shard::denominator).sum();
      float[] values = new float[theta.layout().arraySize()];
      for (int i = 0; i < changes[calls].length; i++) {
        values[i] = (float) (sum * changes[calls][i]);
      }
      calls++;
      Gradient gradient = Gradient.zero(theta.layout(), Device.cpu());
      gradient.values().copyFrom(values);
      gradient.add(1, new double[0]);
      return new Answer(gradient, 0, 0, 0, 0, 0);
    }

    @Override
    public Answer gradients(Parameters theta, List<Shard> shards, double temperature) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<LogProbs> logProbs(Parameters theta, List<Shard> shards, double temperature) {
      throw new UnsupportedOperationException();
    }
  }

  private static float[] trained(AdamW optimizer, GradientSource source, Consumer<Trainer> work) {
    try (Parameters theta = Parameters.of(MODEL.layout(), START, Device.cpu());
        Trainer trainer =
            new Trainer(theta, optimizer, new Schedule.Constant(0), 100, 1e9, source)) {
      work.accept(trainer);
      return theta.toFloats();
    }
  }

  private static float[] start() {
    try (Parameters values = Parameters.initial(MODEL.layout(), 7, Device.cpu())) {
      return values.toFloats();
    }
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.pow(a[i] - b[i], 2);
    }
    return Math.sqrt(sum);
  }

  private static Shard shard(long seed, int rows) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples =
        IntStream.range(0, rows)
            .mapToObj(
                i -> {
                  int[] tokens = random.ints(12, 0, 40).toArray();
                  float[] weights = new float[11];
                  Arrays.fill(weights, 1);
                  int[] learned = IntStream.range(1, 12).toArray();
                  return new Example(tokens, learned, weights, new float[0][], 11);
                })
            .toList();
    return Sharding.cut(examples, LossScript.NEGATIVE_LOG_LIKELIHOOD, 1).get(0);
  }
}
