package io.atomforge.jobs.training.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.TrainRl;
import io.atomforge.jobs.TrainSft;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainingMemoryTest {
  private static final long GIB = 1L << 30;
  private static final ModelConfig MODEL = ModelConfig.of(64, 2, 4, 2, 128, 512, 256);
  private static final long SIZE = new ParameterLayout(MODEL).size();

  private static TrainingMemory sft(String... words) {
    List<Sequence> sequences =
        List.of(sequence("a", 16), sequence("b", 200), sequence("c", 100), sequence("d", 40));
    List<String> all =
        new ArrayList<>(List.of("model_name_or_path=x", "train_batch_size=2", "gradient_shards=2"));
    all.addAll(List.of(words));
    SftConfig config = JobRunner.load(TrainSft.JOB, all).bind(SftConfig.class);
    return TrainingMemory.of(config, MODEL, sequences, 2, true);
  }

  private static Sequence sequence(String id, int length) {
    return Sequence.of(id, id, "gold", new int[] {1}, new int[length - 1], 1);
  }

  @Test
  void besideTheGradientADriverTakesTwelveBytesPerTrainedParameter() {
    assertThat(sft().driver()).isEqualTo(12 * SIZE);
    assertThat(sft("--recipe", "conf/recipes/sft/asft.yaml").driver()).isEqualTo((12 + 4) * SIZE);
    assertThat(sft("lora.r=1").driver()).isBetween(4 * SIZE, 6 * SIZE);
    assertThat(sft("gradient_shards=1").heap()).isZero();
  }

  @Test
  void gradientsWaitInNativeMemoryOrComeToTheHeap() {
    TrainingMemory.Numbers numbers = new TrainingMemory.Numbers(100, 7, 0, 5, Precision.BF16);
    assertThat(numbers.memory(true, 1, 2))
        .isEqualTo(new TrainingMemory(1200 + 28 + 3 * 400, 0, 1, 2, 0, 0));
    assertThat(numbers.memory(false, 1, 2))
        .isEqualTo(
            new TrainingMemory(1600 + 28, 11 * 107 + 5 * 200, 1, 2, 4 * 207, 11 * 107 + 200));
  }

  @Test
  void theLongestSequencesCountAndTasksShareThem() {
    TrainingMemory two = sft();
    TrainingMemory one = sft("gradient_shards=1");
    assertThat(List.of(one.tasks(), two.tasks())).containsExactly(1, 2);
    assertThat(one.task()).isGreaterThan(two.task());
    assertThat(sft("train_batch_size=1").task()).isEqualTo(two.task()); // that of 200 tokens
    assertThat(sft("gradient_checkpointing=true").task()).isLessThan(two.task());
    assertThat(sft("precision=FP32").task()).isGreaterThan(sft("precision=BF16").task());
  }

  @Test
  void rolloutsCountAtTheirGreatestLength() {
    assertThat(rl("max_completion_length=200").task())
        .isGreaterThan(rl("max_completion_length=20").task());
    assertThat(rl("prompts_per_step=64").task()).isGreaterThan(rl("prompts_per_step=32").task());
    assertThat(rl().driver()).isEqualTo((12 + 4 + 2 * 4) * SIZE); // two of four gradients wait
    assertThat(rl("plan={type: alternate, supervised: 1, reinforced: 1}").driver())
        .as("two moments more")
        .isEqualTo(rl().driver() + 8 * SIZE);
    assertThat(rl("--recipe", "conf/recipes/remix.yaml").driver())
        .as("the policy before")
        .isEqualTo(rl().driver() + 4 * SIZE);
  }

  private static TrainingMemory rl(String... words) {
    RlConfig config = JobRunner.load(TrainRl.JOB, List.of(words)).bind(RlConfig.class);
    return TrainingMemory.of(config, MODEL, Optional.empty(), 50, 2, true);
  }

  @Test
  void aRewardModelThatIsAskedLiesBesideThePolicy() {
    RlConfig config = JobRunner.load(TrainRl.JOB, List.of()).bind(RlConfig.class);
    ModelConfig wide = ModelConfig.of(512, 8, 4, 2, 1024, 512, 256);
    TrainingMemory with = TrainingMemory.of(config, MODEL, Optional.of(wide), 50, 2, true);
    assertThat(with.driver()).isEqualTo(rl().driver() + 4 * new ParameterLayout(wide).size());
    assertThat(with.task()).isGreaterThan(rl().task());
  }

  @Test
  void whatDoesNotFitIsRefusedWithAdvice() {
    TrainingMemory memory = new TrainingMemory(2 * GIB, GIB, 3 * GIB, 2, 0, 0);
    assertThatCode(() -> memory.refuse(9 * GIB, "")).doesNotThrowAnyException();
    assertThatThrownBy(() -> memory.refuse(9 * GIB - 1, "lower train_batch_size"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "memory: the run needs 9.0 GiB and the machine has 9.0 GiB; lower train_batch_size");
    assertThatThrownBy(
            () -> TrainingMemory.refuseHeap("an executor", GIB, GIB - 1, "spark.executor.memory"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "memory: an executor needs 1.0 GiB of heap and may take 1.0 GiB; set"
                + " spark.executor.memory=2g or more");
  }
}
