package io.atomforge.rollout;

import io.atomforge.generation.Completion;
import io.atomforge.generation.Decoding;
import io.atomforge.generation.Draw;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.CausalLM;
import io.atomforge.model.Parameters;
import io.atomforge.model.TokenBatch;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.task.Judged;
import io.atomforge.tokenizer.Tokenizer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Decodes batches of prompts on one thread, and has judged what has ended while others go on. */
public final class RolloutSampler {
  private final CausalLM model;
  private final Tokenizer tokenizer;
  private final Sandbox sandbox;
  private final AtomLibrary library;
  private final Sampler sampler;
  private final Optional<Inserter> inserter;

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
    this.inserter = sampler.inserter();
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
        open = round.insert();
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

  /** Takes completions on until each has ended or waits for an insertion. */
  private final class Round implements Decoding {
    private final List<Draft> drafts;
    private final List<Integer> open;
    private final SamplingSettings settings;
    private final StopTexts stops;
    private final String[] texts;
    private final Judging judging;

    /** Places of the completions that wait for an insertion. */
    private final SortedSet<Integer> waiting = new TreeSet<>();

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
      return stops.end(tokens) || interrupts(drafts.get(open.get(row)), tokens);
    }

    @Override
    public void finished(int row, Completion completion) {
      int i = open.get(row);
      Draft draft = drafts.get(i);
      boolean interrupted = interrupts(draft, completion.tokens());
      boolean ended = completion.finished() && !interrupted;
      String text = tokenizer.decode(completion.tokens());
      draft.write(completion, ended ? stops.cut(text, 0) : text, ended);
      if (interrupted || ended && inserts(draft).filter(Inserter::goesOn).isPresent()) {
        waiting.add(i);
      } else {
        submit(i);
      }
    }

    private void submit(int i) {
      Draft draft = drafts.get(i);
      String whole = tokenizer.decode(draft.tokens());
      texts[i] = stops.cut(whole, tokenizer.decode(draft.before()).length());
      List<String> stretches = draft.stretches();
      String answer = inserter.map(by -> by.answer(stretches)).orElse(texts[i]);
      judging.submit(i, () -> draft.task().task().judge(sandbox, library, answer));
    }

    /**
     * Inserts what there is room for.
     *
     * @return the completions that go on behind it; the others stay as they are
     */
    List<Integer> insert() {
      List<Integer> on = new ArrayList<>();
      Iterator<int[]> insertions =
          sandbox.inOrder(waiting.iterator(), i -> insertion(drafts.get(i)));
      for (int i : waiting) {
        int[] inserted = insertions.next();
        Draft draft = drafts.get(i);
        if (draft.length() + inserted.length < settings.maxNewTokens()) {
          draft.insert(inserted, settings.eosTokenId());
          on.add(i);
        } else {
          submit(i);
        }
      }
      return on;
    }
  }

  /** What may be inserted into a completion that is not over. */
  private Optional<Inserter> inserts(Draft draft) {
    return inserter.filter(by -> draft.insertions() < by.most());
  }

  private boolean interrupts(Draft draft, int[] written) {
    return inserts(draft).filter(by -> by.interrupts(tokenizer, written)).isPresent();
  }

  /** The tokens of the insertion that a completion waits for. */
  int[] insertion(Draft draft) {
    Inserter by = inserter.orElseThrow();
    Inserter.Pause pause =
        new Inserter.Pause(
            draft.task().task(), draft.start().seed(), draft.insertions(), draft.stretches());
    Inserter.Insertion text = by.insertion(pause, sandbox, library);
    IntStream output = Arrays.stream(tokenizer.encode(text.output())).limit(by.maxOutputTokens());
    return Stream.of(
            Arrays.stream(tokenizer.encode(text.before())),
            output,
            Arrays.stream(tokenizer.encode(text.after())))
        .flatMapToInt(tokens -> tokens)
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
}
