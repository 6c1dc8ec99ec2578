package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.generation.Completion;
import io.atomforge.generation.Draw;
import io.atomforge.generation.SamplingSettings;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tied",
        "untied",
        "llama3",
        "qwen2_tied",
        "qwen2_untied",
        "qwen3_tied",
        "qwen3_untied",
        "mistral_untied"
      })
  void greedyTokensAreThoseOfTransformers(String name) throws Exception {
    Golden golden = Golden.read(name);
    try (Parameters theta = golden.parameters()) {
      List<Completion> completions =
          golden
              .model(Precision.FP32)
              .generate(theta, golden.prompts(), 1, SamplingSettings.greedy(20, 1), new long[0]);
      for (int i = 0; i < completions.size(); i++) {
        int[] expected = new int[golden.json().get("greedy").get(i).size()];
        for (int t = 0; t < expected.length; t++) {
          expected[t] = golden.json().get("greedy").get(i).get(t).asInt();
        }
        assertThat(completions.get(i).tokens()).containsExactly(expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"untied", "qwen3_untied", "mistral_untied"})
  void aRowDoesNotDependOnTheOthers(String name) throws Exception {
    Golden golden = Golden.read(name);
    CausalLM model = golden.model(Precision.FP32);
    List<int[]> prompts = golden.prompts();
    int samples = 40;
    int eos = 11;
    SamplingSettings settings = SamplingSettings.sampling(1.3, 50, eos);
    long[] seeds = LongStream.range(0, (long) prompts.size() * samples).toArray();
    try (Parameters theta = golden.parameters()) {
      List<Completion> together = model.generate(theta, prompts, samples, settings, seeds);
      assertThat(together).anyMatch(c -> !c.finished() || c.tokens().length > 20);
      assertThat(together).anyMatch(c -> c.tokens().length < 4);
      for (int i = 0; i < together.size(); i += 7) {
        Completion alone =
            model
                .generate(
                    theta, List.of(prompts.get(i / samples)), 1, settings, new long[] {seeds[i]})
                .get(0);
        assertThat(alone.tokens()).containsExactly(together.get(i).tokens());
        assertThat(alone.logProbs()).containsExactly(together.get(i).logProbs(), within(1e-4f));
        assertThat(alone.finished()).isEqualTo(together.get(i).finished());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "untied, 1",
    "untied, 5",
    "untied, 16",
    "untied, 64",
    "mistral_untied, 5",
    "mistral_untied, 16"
  })
  void waitingRowsTakeThePlaceOfEndedOnesUnchanged(String name, int width) throws Exception {
    Golden golden = Golden.read(name);
    CausalLM model = golden.model(Precision.FP32);
    int samples = 24;
    SamplingSettings settings = SamplingSettings.sampling(1.3, 50, 11);
    long[] seeds = LongStream.range(0, (long) golden.prompts().size() * samples).toArray();
    try (Parameters theta = golden.parameters()) {
      List<Completion> together = model.generate(theta, golden.prompts(), samples, settings, seeds);
      Completion[] some = new Completion[seeds.length];
      List<Integer> order = new java.util.ArrayList<>();
      model.generate(
          theta,
          golden.prompts(),
          Draw.each(golden.prompts().size(), samples, settings, seeds),
          settings,
          width,
          (row, completion) -> {
            some[row] = completion;
            order.add(row);
          });
      for (int i = 0; i < some.length; i++) {
        assertThat(some[i].tokens()).containsExactly(together.get(i).tokens());
        assertThat(some[i].logProbs()).containsExactly(together.get(i).logProbs(), within(1e-4f));
        assertThat(some[i].finished()).isEqualTo(together.get(i).finished());
      }
      assertThat(order).doesNotHaveDuplicates().hasSize(some.length);
    }
  }

  @Test
  void minPKeepsTokensNearlyAsLikelyAsTheLikeliest() throws Exception {
    Golden golden = Golden.read("untied");
    CausalLM model = golden.model(Precision.FP32);
    List<int[]> prompt = golden.prompts().subList(0, 1);
    long[] seeds = LongStream.range(0, 400).toArray();
    try (Parameters theta = golden.parameters()) {
      List<Completion> free =
          model.generate(theta, prompt, 400, SamplingSettings.sampling(1.5, 1, -1), seeds);
      double best = free.stream().mapToDouble(c -> Math.exp(c.logProbs()[0])).max().orElseThrow();
      double share = 0.3;
      int[] expected =
          free.stream()
              .filter(c -> Math.exp(c.logProbs()[0]) >= share * best)
              .mapToInt(c -> c.tokens()[0])
              .distinct()
              .sorted()
              .toArray();
      int[] kept =
          model
              .generate(
                  theta,
                  prompt,
                  400,
                  new SamplingSettings(1.5, 1, 0, share, 1, -1, List.of()),
                  seeds)
              .stream()
              .mapToInt(c -> c.tokens()[0])
              .distinct()
              .sorted()
              .toArray();
      assertThat(kept).containsExactly(expected);
      assertThat(kept.length)
          .isLessThan((int) free.stream().map(c -> c.tokens()[0]).distinct().count());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tied", "qwen3_tied", "mistral_untied"})
  void logProbsAreThoseOfAFullForwardPass(String name) throws Exception {
    Golden golden = Golden.read(name);
    CausalLM model = golden.model(Precision.FP32);
    double temperature = 0.8;
    try (Parameters theta = golden.parameters()) {
      for (int[] prompt : golden.prompts()) {
        Completion completion =
            model
                .generate(
                    theta,
                    List.of(prompt),
                    1,
                    SamplingSettings.sampling(temperature, 30, -1),
                    new long[] {99})
                .get(0);
        assertThat(score(model, theta, prompt, completion, temperature))
            .containsExactly(completion.logProbs(), within(3e-5f));
      }
    }
  }

  @Test
  void sampledFrequenciesAreTheProbabilities() throws Exception {
    Golden golden = Golden.read("untied");
    CausalLM model = golden.model(Precision.FP32);
    int draws = 3000;
    int[] counts = new int[29];
    float[] logProbs = new float[29];
    try (Parameters theta = golden.parameters()) {
      for (Completion completion :
          model.generate(
              theta,
              golden.prompts().subList(1, 2),
              draws,
              SamplingSettings.sampling(1.5, 1, -1),
              LongStream.range(0, draws).toArray())) {
        counts[completion.tokens()[0]]++;
        logProbs[completion.tokens()[0]] = completion.logProbs()[0];
      }
    }
    for (int token = 0; token < counts.length; token++) {
      if (counts[token] > 30) {
        assertThat((double) counts[token] / draws)
            .isCloseTo(Math.exp(logProbs[token]), within(0.035));
      }
    }
  }

  @Test
  void topPAndTopKKeepTheLikeliestTokens() throws Exception {
    Golden golden = Golden.read("untied");
    CausalLM model = golden.model(Precision.FP32);
    List<int[]> prompt = golden.prompts().subList(0, 1);
    long[] seeds = LongStream.range(0, 200).toArray();
    try (Parameters theta = golden.parameters()) {
      List<Completion> greedy =
          model.generate(theta, prompt, 1, SamplingSettings.greedy(6, -1), new long[0]);
      for (SamplingSettings narrow :
          List.of(
              new SamplingSettings(1.5, 1, 1, 0, 6, -1, List.of()),
              new SamplingSettings(1.5, 1e-6, 0, 0, 6, -1, List.of()),
              new SamplingSettings(1.5, 1, 0, 1, 6, -1, List.of()))) {
        for (Completion completion : model.generate(theta, prompt, 200, narrow, seeds)) {
          assertThat(completion.tokens()).containsExactly(greedy.get(0).tokens());
        }
      }
      assertThat(
              model
                  .generate(
                      theta, prompt, 200, new SamplingSettings(5, 1, 3, 0, 1, -1, List.of()), seeds)
                  .stream()
                  .map(completion -> completion.tokens()[0])
                  .distinct())
          .hasSize(3);
    }
  }

  @Test
  void moreRowsThanFitOneBatchComeBackInOrder() throws Exception {
    Golden golden = Golden.read("tied");
    CausalLM model = golden.model(Precision.BF16);
    long[] seeds = LongStream.range(0, 3 * 150).toArray();
    SamplingSettings settings = SamplingSettings.sampling(1, 5, 1);
    try (Parameters theta = golden.parameters()) {
      List<Completion> completions = model.generate(theta, golden.prompts(), 150, settings, seeds);
      assertThat(completions).hasSize(450).doesNotContainNull();
      assertThat(completions).allSatisfy(c -> assertThat(c.tokens()).hasSizeBetween(1, 5));
    }
  }

  @Test
  void aPromptThatCannotFitIsAnError() throws Exception {
    Golden golden = Golden.read("tied");
    try (Parameters theta = golden.parameters()) {
      assertThatThrownBy(
              () ->
                  golden
                      .model(Precision.FP32)
                      .generate(
                          theta,
                          List.of(new int[60]),
                          1,
                          SamplingSettings.greedy(5, 1),
                          new long[0]))
          .hasMessage("A prompt of 60 tokens with 5 new ones must have 1 to 64 in all");
    }
  }

  private static float[] score(
      CausalLM model, Parameters theta, int[] prompt, Completion completion, double temperature) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + completion.tokens().length);
    System.arraycopy(completion.tokens(), 0, tokens, prompt.length, completion.tokens().length);
    int[] positions = IntStream.range(prompt.length - 1, tokens.length - 1).toArray();
    TokenBatch batch =
        new TokenBatch(
            1, tokens.length, tokens, positions, completion.tokens(), new float[positions.length]);
    return model.logProbs(theta, batch, temperature).logProbs();
  }
}
