package io.atomforge.rollout;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Completion;
import io.atomforge.model.Parameters;
import io.atomforge.model.SamplingSettings;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Verdict;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.TestCase;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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

  public List<Rollout> sample(Parameters theta, List<PromptTask> batch, SamplingSettings settings) {
    int samples = batch.get(0).samples();
    long[] seeds = batch.stream().flatMapToLong(t -> Arrays.stream(t.seeds())).toArray();
    List<Completion> completions =
        model.generate(
            theta, batch.stream().map(PromptTask::prompt).toList(), samples, settings, seeds);
    List<String> texts = completions.stream().map(c -> tokenizer.decode(c.tokens())).toList();
    List<Verdict> verdicts = judge(batch, samples, texts);
    List<Rollout> rollouts = new ArrayList<>();
    for (int i = 0; i < completions.size(); i++) {
      Completion c = completions.get(i);
      Verdict v = verdicts.get(i);
      rollouts.add(
          new Rollout(
              batch.get(i / samples).problemId(),
              i % samples,
              texts.get(i),
              c.tokens(),
              c.logProbs(),
              c.finished(),
              v.outcome(),
              v.passed(),
              v.total(),
              visiblePassed(batch.get(i / samples).tests(), v),
              v.detail()));
    }
    return rollouts;
  }

  private static boolean visiblePassed(List<TestCase> tests, Verdict verdict) {
    boolean any = false;
    for (int i = 0; i < tests.size(); i++) {
      if (tests.get(i).visible()) {
        any = true;
        if (verdict.calls().get(i).outcome() != Outcome.PASSED) {
          return false;
        }
      }
    }
    return any;
  }

  private List<Verdict> judge(List<PromptTask> batch, int samples, List<String> texts) {
    List<Program> programs = new ArrayList<>();
    List<List<String>> expected = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      PromptTask task = batch.get(i / samples);
      List<TestCase> tests = task.tests();
      programs.add(
          new Program(
              library.program(texts.get(i)),
              task.entryPoint(),
              tests.stream().map(t -> new Call(t.argsJson())).toList()));
      expected.add(tests.stream().map(TestCase::expectedJson).toList());
    }
    return sandbox.judgeAll(programs, expected);
  }
}
