package io.atomforge.rollout;

import io.atomforge.generation.Completion;
import io.atomforge.generation.Decoding;
import io.atomforge.generation.Draw;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.CausalLM;
import io.atomforge.model.Parameters;
import io.atomforge.model.TokenBatch;
import io.atomforge.sandbox.Execution;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Probe;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.task.Judged;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.value.Value;
import io.atomforge.value.Values;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Decodes batches of prompts on one thread, and has judged what has ended while others go on. */
public final class RolloutSampler {
  private final CausalLM model;
  private final Tokenizer tokenizer;
  private final Sandbox sandbox;
  private final AtomLibrary library;
  private final Sampler sampler;

  /**
   * @param library the atoms that completions may call
   */
  public RolloutSampler(
      CausalLM model, Tokenizer tokenizer, Sandbox sandbox, AtomLibrary library, Sampler sampler) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.sandbox = sandbox;
    this.library = library;
    this.sampler = sampler;
  }

  /**
   * @param width most completions decoded together
   * @return the completions of the first task, then of the next
   */
  public List<Trace> sample(
      Parameters theta, List<PromptTask> batch, SamplingSettings settings, int width) {
    List<Draft> drafts = new ArrayList<>();
    for (PromptTask task : batch) {
      IntStream.range(0, task.samples()).forEach(s -> drafts.add(new Draft(task, s)));
    }
    String[] texts = new String[drafts.size()];
    try (Judging judging = new Judging(sandbox, drafts.size())) {
      List<Integer> open = IntStream.range(0, drafts.size()).boxed().toList();
      while (!open.isEmpty()) {
        Round round = new Round(drafts, open, settings, texts, judging);
        round.decode(theta, width);
        open = round.callTool();
      }
      if (sampler.givenCompletions() > 0) { // others are not learned from
        drafts.forEach(draft -> scoreGiven(theta, draft, settings.temperature()));
      }
      Judged[] judged = judging.await();
      return IntStream.range(0, judged.length)
          .mapToObj(i -> drafts.get(i).trace(texts[i], judged[i]))
          .toList();
    }
  }

  /** Takes completions on until each has ended or called the tool. */
  private final class Round implements Decoding {
    private final List<Draft> drafts;
    private final List<Integer> open;
    private final SamplingSettings settings;
    private final StopTexts stops;
    private final String[] texts;
    private final Judging judging;

    /** Code by the place of the completion that called. */
    private final Map<Integer, String> calls = new TreeMap<>();

    Round(
        List<Draft> drafts,
        List<Integer> open,
        SamplingSettings settings,
        String[] texts,
        Judging judging) {
      this.drafts = drafts;
      this.open = open;
      this.settings = settings;
      this.stops = new StopTexts(tokenizer, settings.stop());
      this.texts = texts;
      this.judging = judging;
    }

    /** Completions of a task that have the same behind them share a prompt. */
    void decode(Parameters theta, int width) {
      record Behind(PromptTask task, IntBuffer context) {}
      List<int[]> prompts = new ArrayList<>();
      Map<Behind, Integer> places = new HashMap<>();
      List<Draw> draws = new ArrayList<>();
      for (int i : open) {
        Draft draft = drafts.get(i);
        int[] context = draft.context();
        int place =
            places.computeIfAbsent(
                new Behind(draft.task(), IntBuffer.wrap(context)),
                behind -> {
                  prompts.add(context);
                  return prompts.size() - 1;
                });
        draws.add(new Draw(place, draft.seed(), settings.maxNewTokens() - draft.length()));
      }
      model.generate(theta, prompts, draws, settings, width, this);
    }

    @Override
    public boolean ends(int row, int[] tokens) {
      return stops.end(tokens) || call(drafts.get(open.get(row)), tokens).isPresent();
    }

    @Override
    public void finished(int row, Completion completion) {
      int i = open.get(row);
      Optional<String> call = call(drafts.get(i), completion.tokens());
      drafts.get(i).write(completion);
      if (call.isPresent()) {
        calls.put(i, call.get());
      } else {
        submit(i);
      }
    }

    private void submit(int i) {
      Draft draft = drafts.get(i);
      String whole = tokenizer.decode(draft.tokens());
      int from = tokenizer.decode(draft.before()).length();
      texts[i] = stops.cut(whole, from);
      String answer =
          sampler
              .tool()
              .map(
                  tool -> {
                    String own = tokenizer.decode(draft.withoutOutput());
                    int cut = whole.length() - texts[i].length();
                    return tool.answer(own.substring(0, own.length() - cut));
                  })
              .orElse(texts[i]);
      judging.submit(i, () -> draft.task().task().judge(sandbox, library, answer));
    }

    /**
     * Runs what was called.
     *
     * @return the completions that go on behind the output
     */
    List<Integer> callTool() {
      List<Integer> on = new ArrayList<>();
      Iterator<int[]> outputs =
          sandbox.inOrder(
              calls.entrySet().iterator(),
              call -> output(drafts.get(call.getKey()), call.getValue()));
      for (int i : calls.keySet()) {
        int[] output = outputs.next();
        Draft draft = drafts.get(i);
        if (draft.length() + output.length < settings.maxNewTokens()) {
          draft.answer(output);
          on.add(i);
        } else {
          draft.cut();
          submit(i);
        }
      }
      return on;
    }
  }

  /** The block that the last token has completed, if there is one and it may run. */
  private Optional<String> call(Draft draft, int[] written) {
    return sampler
        .tool()
        .filter(tool -> draft.calls() < tool.maxCalls() && ends(written, tool.end()))
        .flatMap(tool -> tool.call(tokenizer.decode(written)));
  }

  /** What stands in a completion behind a block. */
  int[] output(Draft draft, String code) {
    Sampler.ToolLoop tool = sampler.tool().orElseThrow();
    boolean callsAtoms = draft.task().task().callsAtoms();
    String program = callsAtoms ? library.program(code) : code;
    Execution done = sandbox.run(new Program(program, "", List.of(new Probe.Input(""))));
    boolean printed = done.calls().get(0).outcome() == Outcome.PASSED;
    String text =
        printed
            ? ((Value.Text) Values.parse(done.calls().get(0).outputJson())).value()
            : done.calls().get(0).error();
    int[] all = tokenizer.encode(text);
    int[] shown = Arrays.copyOf(all, Math.min(all.length, tool.maxOutputTokens()));
    return IntStream.concat(
            IntStream.concat(
                Arrays.stream(tokenizer.encode(tool.outputBegin())), Arrays.stream(shown)),
            Arrays.stream(tokenizer.encode(tool.outputEnd())))
        .toArray();
  }

  /** Asks the policy what it would have given for the tokens that it was given. */
  private void scoreGiven(Parameters theta, Draft draft, double temperature) {
    int[] prompt = draft.start().prompt();
    int[] given = draft.start().given();
    if (given.length == 0) {
      return;
    }
    int[] tokens = Arrays.copyOf(prompt, prompt.length + given.length);
    System.arraycopy(given, 0, tokens, prompt.length, given.length);
    int[] positions = IntStream.range(prompt.length - 1, tokens.length - 1).toArray();
    TokenBatch batch =
        new TokenBatch(1, tokens.length, tokens, positions, given, new float[given.length]);
    double divisor = temperature == 0 ? 1 : temperature;
    draft.scoreGiven(model.logProbs(theta, batch, divisor).logProbs());
  }

  private boolean ends(int[] tokens, String text) {
    return new StopTexts(tokenizer, List.of(text)).end(tokens);
  }
}
