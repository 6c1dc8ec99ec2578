package io.atomforge.rl;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Completion;
import io.atomforge.model.Decoding;
import io.atomforge.model.Parameters;
import io.atomforge.model.SamplingSettings;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.task.Judged;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Decodes batches of prompts on one thread, and has judged what has ended while others go on. */
public final class RolloutSampler {
  private final CausalLM model;
  private final Tokenizer tokenizer;
  private final Sandbox sandbox;
  private final AtomLibrary library;

  /**
   * @param library the atoms that completions may call
   */
  public RolloutSampler(CausalLM model, Tokenizer tokenizer, Sandbox sandbox, AtomLibrary library) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.sandbox = sandbox;
    this.library = library;
  }

  /**
   * @param batch with equally many samples each
   * @param width most completions decoded together
   * @return the samples of the first prompt, then of the next
   */
  public List<Trace> sample(
      Parameters theta, List<PromptTask> batch, SamplingSettings settings, int width) {
    int samples = batch.get(0).samples();
    Completion[] completions = new Completion[batch.size() * samples];
    String[] texts = new String[completions.length];
    try (Judging judging = new Judging(sandbox, completions.length)) {
      model.generate(
          theta,
          batch.stream().map(PromptTask::prompt).toList(),
          samples,
          settings,
          batch.stream().flatMapToLong(t -> Arrays.stream(t.seeds())).toArray(),
          width,
          new Decoding() {
            @Override
            public boolean ends(int row, int[] tokens) {
              return stops(tokens, settings.stop());
            }

            @Override
            public void finished(int row, Completion completion) {
              completions[row] = completion;
              texts[row] = text(completion.tokens(), settings.stop());
              Task task = batch.get(row / samples).task();
              judging.submit(row, () -> task.judge(sandbox, library, texts[row]));
            }
          });
      Judged[] judged = judging.await();
      List<Trace> rollouts = new ArrayList<>();
      for (int i = 0; i < completions.length; i++) {
        Completion c = completions[i];
        rollouts.add(
            Trace.written(
                batch.get(i / samples).task().taskId(),
                i % samples,
                batch.get(i / samples).prompt(),
                texts[i],
                c.tokens(),
                c.logProbs(),
                c.finished(),
                judged[i]));
      }
      return rollouts;
    }
  }

  /** Whether the last token has completed a stop text. */
  private boolean stops(int[] tokens, List<String> stop) {
    if (stop.isEmpty()) {
      return false;
    }
    // A token is a byte or more, so that as many tokens as the longest text has bytes hold it.
    int longest =
        stop.stream().mapToInt(s -> s.getBytes(StandardCharsets.UTF_8).length).max().getAsInt();
    int from = Math.max(0, tokens.length - longest);
    String tail = tokenizer.decode(Arrays.copyOfRange(tokens, from, tokens.length));
    return stop.stream().anyMatch(tail::contains);
  }

  /** The completion up to the first stop text. */
  private String text(int[] tokens, List<String> stop) {
    String text = tokenizer.decode(tokens);
    int end =
        stop.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(text.length());
    return text.substring(0, end);
  }
}
