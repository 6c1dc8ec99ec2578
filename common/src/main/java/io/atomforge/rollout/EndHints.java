package io.atomforge.rollout;

import io.atomforge.random.Seeds;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.tokenizer.Tokenizer;
import java.util.List;

/** Inserts a hint where the policy has ended, so that it looks at its answer again. */
record EndHints(Sampler.Hints sampler) implements Inserter {
  @Override
  public int most() {
    return sampler.insertions();
  }

  @Override
  public int maxOutputTokens() {
    return sampler.maxOutputTokens();
  }

  @Override
  public boolean interrupts(Tokenizer tokenizer, int[] written) {
    return false;
  }

  @Override
  public boolean goesOn() {
    return true;
  }

  @Override
  public Insertion insertion(Pause pause, Sandbox sandbox, AtomLibrary library) {
    List<String> hints = sampler.hints();
    String hint =
        hints.get(Seeds.random(pause.seed(), "hint", pause.number()).nextInt(hints.size()));
    int at = hint.indexOf(Sampler.Hints.OUTPUT);
    if (at < 0) {
      return new Insertion(hint, "", "");
    }
    String output = pause.task().visibleFailures(sandbox, library, answer(pause.stretches()));
    String after = hint.substring(at + Sampler.Hints.OUTPUT.length());
    return new Insertion(hint.substring(0, at), output, after);
  }

  /** The last stretch that is not blank: a policy that adds nothing to it stands by its answer. */
  @Override
  public String answer(List<String> stretches) {
    for (int i = stretches.size() - 1; i > 0; i--) {
      if (!stretches.get(i).isBlank()) {
        return stretches.get(i);
      }
    }
    return stretches.get(0);
  }
}
