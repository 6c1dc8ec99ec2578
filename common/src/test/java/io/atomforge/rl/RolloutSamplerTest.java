package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.model.CausalLM;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.model.SamplingSettings;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.TestCase;
import io.atomforge.task.Check;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A model with random weights writes nonsense; what it writes and what becomes of it is tested. */
class RolloutSamplerTest {
  private static Tokenizer tokenizer;
  private static CausalLM model;

  @BeforeAll
  static void load() throws Exception {
    tokenizer =
        Tokenizer.of(
            Files.readString(Path.of("src/test/resources/golden/tokenizer/tokenizer.json")));
    ModelConfig shape = ModelConfig.of(16, 2, 2, 1, 32, tokenizer.vocabularySize(), 96);
    model =
        CausalLM.shared(shape, Precision.FP32, LossScript.NEGATIVE_LOG_LIKELIHOOD, Device.cpu());
  }

  private static PromptTask task(int i, int samples) {
    int[] prompt = IntStream.range(0, 3 + i % 5).map(t -> 10 + (7 * i + t) % 40).toArray();
    long[] seeds = LongStream.range(0, samples).map(s -> 100L * i + s).toArray();
    Check check = Check.calls("solve", List.of(new TestCase("[1]", "1", true)));
    Task task = new Task("p" + i, "", "", new ResponseFormat.Program(), check, true);
    return new PromptTask(task, prompt, seeds);
  }

  private static List<Trace> sample(List<PromptTask> tasks, SamplingSettings settings, int width) {
    Sandbox sandbox = Sandbox.shared(SandboxSettings.DEFAULT);
    RolloutSampler sampler =
        new RolloutSampler(model, tokenizer, sandbox, new AtomLibrary(List.of()));
    try (Parameters theta = Parameters.initial(model.layout(), 3, Device.cpu())) {
      return sampler.sample(theta, tasks, settings, width);
    }
  }

  @Test
  void onePromptAloneSamplesWhatItDoesAmongManyHoweverTheyAreCut() {
    SamplingSettings settings = SamplingSettings.sampling(1, 20, tokenizer.eosId());
    List<PromptTask> tasks = IntStream.range(0, 16).mapToObj(i -> task(i, 4)).toList();
    List<Trace> together = sample(tasks, settings, 64);
    List<Trace> parts = new ArrayList<>();
    for (int from = 0, size = 1; from < 16; from += size, size++) {
      parts.addAll(sample(tasks.subList(from, Math.min(16, from + size)), settings, 3));
    }
    assertThat(parts).hasSize(64);
    for (int i = 0; i < 64; i++) {
      assertThat(parts.get(i).taskId()).isEqualTo(together.get(i).taskId());
      assertThat(parts.get(i).sample()).isEqualTo(together.get(i).sample());
      assertThat(parts.get(i).tokens()).containsExactly(together.get(i).tokens());
      assertThat(parts.get(i).logProbs())
          .containsExactly(together.get(i).logProbs(), within(1e-4f));
      assertThat(parts.get(i).completion()).isEqualTo(together.get(i).completion());
      assertThat(parts.get(i).outcome()).isEqualTo(together.get(i).outcome());
    }
    assertThat(together)
        .noneMatch(r -> r.outcome() == Outcome.PASSED || r.judged().visiblePassed());
  }

  @Test
  void aStopTextEndsACompletionAndIsCutOff() {
    SamplingSettings free = SamplingSettings.sampling(1, 20, -1);
    List<PromptTask> tasks = List.of(task(1, 1));
    Trace whole = sample(tasks, free, 1).get(0);
    String stop = whole.completion().substring(12, 14);
    int at = whole.completion().indexOf(stop);
    SamplingSettings stopped = new SamplingSettings(1, 1, 0, 0, 20, -1, List.of("no such", stop));
    Trace cut = sample(tasks, stopped, 1).get(0);
    assertThat(cut.completion()).isEqualTo(whole.completion().substring(0, at));
    assertThat(cut.finished()).isTrue();
    assertThat(whole.finished()).isFalse();
    assertThat(cut.tokens().length).isLessThan(20);
    assertThat(tokenizer.decode(cut.tokens())).contains(stop);
    assertThat(tokenizer.decode(java.util.Arrays.copyOf(cut.tokens(), cut.tokens().length - 1)))
        .doesNotContain(stop);
  }
}
