package io.atomforge.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.generation.Completion;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.CausalLM;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenBatch;
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
import java.util.Arrays;
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
    return sample(tasks, settings, width, new Sampler.Plain());
  }

  private static List<Trace> sample(
      List<PromptTask> tasks, SamplingSettings settings, int width, Sampler how) {
    Sandbox sandbox = Sandbox.shared(SandboxSettings.DEFAULT);
    RolloutSampler sampler =
        new RolloutSampler(model, tokenizer, sandbox, new AtomLibrary(List.of()), how);
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
    assertThat(tokenizer.decode(Arrays.copyOf(cut.tokens(), cut.tokens().length - 1)))
        .doesNotContain(stop);
  }

  /** Of each task the last of three goes on from given tokens. */
  private static List<PromptTask> begun(List<PromptTask> tasks, int length) {
    return tasks.stream()
        .map(
            task -> {
              List<PromptTask.Start> starts = new ArrayList<>(task.starts());
              int[] given = IntStream.range(0, length).map(t -> 15 + 3 * t).toArray();
              PromptTask.Start last = starts.remove(starts.size() - 1);
              starts.add(new PromptTask.Start(last.seed(), last.prompt(), given));
              return new PromptTask(task.task(), task.prompt(), starts);
            })
        .toList();
  }

  @Test
  void whatGoesOnFromGivenTokensIsSampledAndScoredBehindThem() {
    SamplingSettings settings = SamplingSettings.sampling(1, 20, -1);
    List<PromptTask> tasks = IntStream.range(0, 4).mapToObj(i -> task(i, 3)).toList();
    List<Trace> plain = sample(tasks, settings, 64);
    Sampler giving = new Sampler.Prefix(1, 1, 0.95, 100, 1);
    List<Trace> begun = sample(begun(tasks, 6), settings, 64, giving);
    for (int i = 0; i < begun.size(); i++) {
      Trace trace = begun.get(i);
      if (i % 3 < 2) {
        assertThat(trace)
            .usingRecursiveComparison()
            .ignoringFields("judged")
            .isEqualTo(plain.get(i));
        continue;
      }
      assertThat(trace.roleLetters()).isEqualTo("gggggg" + "w".repeat(14));
      assertThat(trace.sample()).isEqualTo(2);
      assertThat(trace.completion()).isEqualTo(tokenizer.decode(trace.tokens()));
      assertThat(trace.logProbs()).containsExactly(scores(trace), within(1e-4f));
    }
    SamplingSettings room = SamplingSettings.sampling(1, 14, -1);
    PromptTask longer = longer(begun(tasks, 6).get(1));
    Trace same = sample(List.of(longer), room, 1).get(0);
    assertThat(same.tokens()).isEqualTo(Arrays.copyOfRange(begun.get(5).tokens(), 6, 20));
    Trace unlearned = sample(begun(tasks, 6), settings, 64).get(5);
    assertThat(unlearned.tokens()).isEqualTo(begun.get(5).tokens());
    assertThat(Arrays.copyOf(unlearned.logProbs(), 6)).containsOnly(0);
  }

  /** What went on from given tokens, as one prompt. */
  private static PromptTask longer(PromptTask begun) {
    PromptTask.Start last = begun.starts().get(2);
    int[] prompt =
        IntStream.concat(IntStream.of(last.prompt()), IntStream.of(last.given())).toArray();
    return new PromptTask(begun.task(), prompt, new long[] {last.seed()});
  }

  /** The model's log probability of each token of a completion. */
  private static float[] scores(Trace trace) {
    int[] tokens =
        IntStream.concat(IntStream.of(trace.prompt()), IntStream.of(trace.tokens())).toArray();
    int first = trace.prompt().length;
    TokenBatch batch =
        new TokenBatch(
            1,
            tokens.length,
            tokens,
            IntStream.range(first - 1, tokens.length - 1).toArray(),
            trace.tokens(),
            new float[trace.tokens().length]);
    try (Parameters theta = Parameters.initial(model.layout(), 3, Device.cpu())) {
      return model.logProbs(theta, batch, 1).logProbs();
    }
  }

  @Test
  void tasksMayWantDifferentNumbersOfCompletions() {
    SamplingSettings settings = SamplingSettings.sampling(1, 20, tokenizer.eosId());
    List<Trace> mixed = sample(List.of(task(1, 1), task(2, 4), task(3, 2)), settings, 64);
    assertThat(mixed)
        .extracting(Trace::taskId)
        .containsExactly("p1", "p2", "p2", "p2", "p2", "p3", "p3");
    assertThat(mixed).extracting(Trace::sample).containsExactly(0, 0, 1, 2, 3, 0, 1);
    assertThat(mixed.get(2).tokens())
        .isEqualTo(sample(List.of(task(2, 4)), settings, 64).get(1).tokens());
  }

  @Test
  void aBlockRunsAndItsOutputStandsBehindIt() {
    SamplingSettings settings = SamplingSettings.sampling(1, 60, -1);
    List<PromptTask> tasks = IntStream.range(0, 6).mapToObj(i -> task(i, 4)).toList();
    // The model writes nonsense: its blocks begin and end with a letter each, and none is Python.
    Sampler.ToolLoop tool = new Sampler.ToolLoop("e", "a", "<", ">", 2, 5);
    List<Trace> traces = sample(tasks, settings, 64, tool);
    List<Trace> plain = sample(tasks, settings, 64);
    int answered = 0;
    for (int i = 0; i < traces.size(); i++) {
      Trace trace = traces.get(i);
      String roles = trace.roleLetters();
      assertThat(roles.replaceAll("w+", "w").replaceAll("t+", "t")).matches("w(tw){0,2}");
      assertThat(trace.logProbs()).hasSize(trace.count(Trace.Role.WRITTEN));
      int first = roles.indexOf('t');
      if (first < 0) {
        continue;
      }
      answered++;
      assertThat(Arrays.copyOf(trace.tokens(), first))
          .isEqualTo(Arrays.copyOf(plain.get(i).tokens(), first));
      String written = tokenizer.decode(Arrays.copyOf(trace.tokens(), first));
      assertThat(new ToolCalls(tool).call(written)).isPresent();
      String shown =
          tokenizer.decode(Arrays.copyOfRange(trace.tokens(), first, roles.indexOf('w', first)));
      assertThat(shown).startsWith("<").endsWith(">").hasSizeGreaterThan(4);
      float[] scores = scores(trace);
      int[] learned = trace.learned();
      for (int t = 0; t < learned.length; t++) {
        assertThat(trace.logProbs()[t]).isCloseTo(scores[learned[t]], within(1e-4f));
      }
    }
    assertThat(answered).isGreaterThan(3);
    assertThat(traces).anyMatch(t -> t.roleLetters().matches("w+t+w+t+w+"));
    List<Trace> alone = new ArrayList<>();
    tasks.forEach(task -> alone.addAll(sample(List.of(task), settings, 3, tool)));
    for (int i = 0; i < traces.size(); i++) {
      assertThat(alone.get(i).tokens()).isEqualTo(traces.get(i).tokens());
      assertThat(alone.get(i).roleLetters()).isEqualTo(traces.get(i).roleLetters());
    }
  }

  @Test
  void aBlockWithoutRoomForItsOutputEndsTheCompletion() {
    Sampler.ToolLoop tool = new Sampler.ToolLoop("e", "a", "<".repeat(40), ">", 2, 5);
    SamplingSettings settings = SamplingSettings.sampling(1, 30, -1);
    List<PromptTask> tasks = IntStream.range(0, 6).mapToObj(i -> task(i, 4)).toList();
    List<Trace> traces = sample(tasks, settings, 64, tool);
    assertThat(traces).noneMatch(Trace::finished).anyMatch(t -> t.tokens().length < 30);
    assertThat(traces).allMatch(t -> t.count(Trace.Role.TOOL) == 0);
  }

  private static RolloutSampler sampler(Sampler how) {
    return new RolloutSampler(
        model, tokenizer, Sandbox.shared(SandboxSettings.DEFAULT), new AtomLibrary(List.of()), how);
  }

  /** A completion that waits for an insertion. */
  private static Draft written(Check check, String text) {
    Task task = new Task("p", "", "", new ResponseFormat.Program(), check, true);
    Draft draft = new Draft(new PromptTask(task, new int[] {10}, new long[] {7}), 0);
    int[] tokens = tokenizer.encode(text);
    draft.write(new Completion(tokens, new float[tokens.length], true), text, false);
    return draft;
  }

  private static final Check CHECK =
      Check.calls(
          "solve", List.of(new TestCase("[1]", "1", true), new TestCase("[2]", "-377", false)));

  @Test
  void whatABlockPrintsIsItsOutputAndWhatStopsItElse() {
    RolloutSampler sampler = sampler(new Sampler.ToolLoop("<run>", "</run>", "[", "]", 1, 4));
    int[] printed = sampler.insertion(written(CHECK, "a<run>print(6 * 7)</run>"));
    assertThat(tokenizer.decode(printed)).isEqualTo("[42\n]");
    assertThat(sampler.insertion(written(CHECK, "<run>print('1 2 ' * 40)</run>"))).hasSize(6);
    int[] stopped = sampler.insertion(written(CHECK, "<run>1 / 0</run>"));
    assertThat(tokenizer.decode(stopped)).matches("\\[Zer.*\\]");
  }

  @Test
  void aHintSaysWhatTheVisibleTestsSayAndNothingOfTheHiddenOnes() {
    Sampler.Hints hints = new Sampler.Hints(List.of("# {output}.\n"), 1, 60);
    String program = "def solve(n): return 5 * n";
    String shown = tokenizer.decode(sampler(hints).insertion(written(CHECK, program)));
    assertThat(shown).isEqualTo("# solve(1): expected 1, got 5.\n");
    String right = "def solve(n): return n";
    assertThat(tokenizer.decode(sampler(hints).insertion(written(CHECK, right))))
        .as("the hidden test fails")
        .isEqualTo("# passed.\n");
    int[] cut = sampler(new Sampler.Hints(hints.hints(), 1, 3)).insertion(written(CHECK, program));
    int around = tokenizer.encode("# ").length + tokenizer.encode(".\n").length;
    assertThat(cut).hasSize(around + 3);
  }

  /** Completions that end at a letter: the model never writes the end token by chance. */
  private static final SamplingSettings ENDING =
      new SamplingSettings(1, 1, 0, 0, 60, -1, List.of("e"));

  private static final Sampler.Hints HINTS =
      new Sampler.Hints(List.of("# one\n", "# two\n", "# three\n"), 2, 8);

  @Test
  void aHintStandsWhereACompletionEndedAndIsNotLearned() {
    List<PromptTask> tasks = IntStream.range(0, 6).mapToObj(i -> task(i, 4)).toList();
    List<Trace> traces = sample(tasks, ENDING, 64, HINTS);
    List<Trace> plain = sample(tasks, ENDING, 64);
    List<String> hints = new ArrayList<>();
    for (int i = 0; i < traces.size(); i++) {
      Trace trace = traces.get(i);
      String roles = trace.roleLetters();
      assertThat(roles.replaceAll("w+", "w").replaceAll("t+", "t")).matches("w(tw){0,2}");
      assertThat(trace.logProbs()).hasSize(trace.count(Trace.Role.WRITTEN));
      int[] first = plain.get(i).tokens();
      assertThat(Arrays.copyOf(trace.tokens(), first.length)).isEqualTo(first);
      float[] scores = scores(trace);
      int[] learned = trace.learned();
      for (int t = 0; t < learned.length; t++) {
        assertThat(roles.charAt(learned[t])).isEqualTo('w');
        assertThat(trace.logProbs()[t]).isCloseTo(scores[learned[t]], within(1e-4f));
      }
      for (int from = roles.indexOf('t'); from >= 0; ) {
        int to = roles.indexOf('w', from);
        hints.add(tokenizer.decode(Arrays.copyOfRange(trace.tokens(), from, to)));
        from = roles.indexOf('t', to);
      }
      assertThat(trace.finished() || trace.tokens().length == 60).isTrue();
    }
    assertThat(hints).containsOnly("# one\n", "# two\n", "# three\n").hasSizeGreaterThan(12);
    assertThat(traces).anyMatch(t -> t.roleLetters().matches("w+t+w+t+w+"));
    List<Trace> alone = new ArrayList<>();
    tasks.forEach(task -> alone.addAll(sample(List.of(task), ENDING, 3, HINTS)));
    for (int i = 0; i < traces.size(); i++) {
      assertThat(alone.get(i).tokens()).isEqualTo(traces.get(i).tokens());
      assertThat(alone.get(i).roleLetters()).isEqualTo(traces.get(i).roleLetters());
    }
  }

  @Test
  void withoutHintsInsertionsOrRoomAllIsAsIfThePolicyWroteAlone() {
    List<PromptTask> tasks = IntStream.range(0, 6).mapToObj(i -> task(i, 4)).toList();
    List<Trace> plain = sample(tasks, ENDING, 64);
    for (Sampler.Hints none :
        List.of(
            new Sampler.Hints(List.of(), 2, 8),
            new Sampler.Hints(HINTS.hints(), 0, 8),
            new Sampler.Hints(List.of("#".repeat(400)), 2, 8))) {
      List<Trace> same = sample(tasks, ENDING, 64, none);
      for (int i = 0; i < plain.size(); i++) {
        assertThat(same.get(i))
            .usingRecursiveComparison()
            .ignoringFields("judged")
            .isEqualTo(plain.get(i));
        assertThat(same.get(i).outcome()).isEqualTo(plain.get(i).outcome());
      }
    }
    assertThat(plain).anyMatch(Trace::finished);
  }

  @Test
  void aHintTakesThePlaceOfTheEndTokenAndWhatFollowsTheLastOneIsJudged() {
    PromptTask task = task(1, 1);
    int end = sample(List.of(task), SamplingSettings.sampling(1, 20, -1), 1).get(0).tokens()[5];
    SamplingSettings ending = SamplingSettings.sampling(1, 90, end);
    Sampler.Hints once = new Sampler.Hints(List.of("# again\n"), 1, 8);
    Trace hinted = sample(List.of(task), ending, 1, once).get(0);
    int first = hinted.roleLetters().indexOf('t');
    int last = hinted.roleLetters().lastIndexOf('t') + 1;
    assertThat(first).isBetween(1, 5);
    assertThat(Arrays.copyOf(hinted.tokens(), last)).doesNotContain(end);
    int[] behind = Arrays.copyOfRange(hinted.tokens(), last, hinted.tokens().length);
    assertThat(behind).isNotEmpty();
    Check text = new Check.Text(tokenizer.decode(behind));
    Task asked = new Task("p1", "", "", new ResponseFormat.Program(), text, true);
    PromptTask judged = new PromptTask(asked, task.prompt(), task.starts());
    assertThat(sample(List.of(judged), ending, 1, once).get(0).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(hinted.completion())
        .isEqualTo(tokenizer.decode(hinted.tokens()))
        .contains("# again\n");
  }
}
