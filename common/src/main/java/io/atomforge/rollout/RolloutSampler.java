package io.atomforge.rollout;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Completion;
import io.atomforge.model.Parameters;
import io.atomforge.model.SamplingSettings;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Verdict;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.TestCase;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decodes batches of prompts and judges what comes out, on one thread. */
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

  private record Judged(PromptTask task, String completion) {}

  /**
   * @param batch prompts with equally many samples each
   * @return the samples of the first prompt, then those of the next
   */
  public List<Rollout> sample(Parameters theta, List<PromptTask> batch, SamplingSettings settings) {
    int samples = batch.get(0).samples();
    long[] seeds = batch.stream().flatMapToLong(t -> Arrays.stream(t.seeds())).toArray();
    List<Completion> completions =
        model.generate(
            theta, batch.stream().map(PromptTask::prompt).toList(), samples, settings, seeds);
    Map<Judged, Verdict> verdicts = new LinkedHashMap<>();
    List<Judged> keys = new ArrayList<>();
    for (int i = 0; i < completions.size(); i++) {
      Judged key =
          new Judged(batch.get(i / samples), tokenizer.decode(completions.get(i).tokens()));
      keys.add(key);
      verdicts.put(key, null);
    }
    judge(verdicts);
    List<Rollout> rollouts = new ArrayList<>();
    for (int i = 0; i < completions.size(); i++) {
      Completion c = completions.get(i);
      Verdict v = verdicts.get(keys.get(i));
      rollouts.add(
          new Rollout(
              batch.get(i / samples).problemId(),
              i % samples,
              keys.get(i).completion(),
              c.tokens(),
              c.logProbs(),
              c.finished(),
              v.outcome(),
              v.passed(),
              v.total(),
              v.detail()));
    }
    return rollouts;
  }

  /** Judges each key once: equal completions of a problem are one program. */
  private void judge(Map<Judged, Verdict> verdicts) {
    List<Judged> distinct = new ArrayList<>(verdicts.keySet());
    List<Program> programs = new ArrayList<>();
    List<List<String>> expected = new ArrayList<>();
    for (Judged key : distinct) {
      List<TestCase> tests = key.task().tests();
      programs.add(
          new Program(
              library.program(key.completion()),
              key.task().entryPoint(),
              tests.stream().map(t -> new Call(t.argsJson())).toList()));
      expected.add(tests.stream().map(TestCase::expectedJson).toList());
    }
    List<Verdict> judged = sandbox.judgeAll(programs, expected);
    for (int i = 0; i < distinct.size(); i++) {
      verdicts.put(distinct.get(i), judged.get(i));
    }
  }
}
