package io.atomforge.rollout;

import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Probe;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.value.Value;
import io.atomforge.value.Values;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Runs the blocks of Python that the policy writes, and inserts what they print. */
record ToolCalls(Sampler.ToolLoop loop) implements Inserter {
  @Override
  public int most() {
    return loop.maxCalls();
  }

  @Override
  public int maxOutputTokens() {
    return loop.maxOutputTokens();
  }

  /** The last token has completed a block. */
  @Override
  public boolean interrupts(Tokenizer tokenizer, int[] written) {
    return new StopTexts(tokenizer, List.of(loop.end())).end(written)
        && call(tokenizer.decode(written)).isPresent();
  }

  @Override
  public boolean goesOn() {
    return false;
  }

  @Override
  public Insertion insertion(Pause pause, Sandbox sandbox, AtomLibrary library) {
    List<String> stretches = pause.stretches();
    String code = call(stretches.get(stretches.size() - 1)).orElseThrow();
    String program = pause.task().callsAtoms() ? library.program(code) : code;
    CallResult done =
        sandbox.run(new Program(program, "", List.of(new Probe.Input("")))).calls().get(0);
    boolean printed = done.outcome() == Outcome.PASSED;
    String output = printed ? ((Value.Text) Values.parse(done.outputJson())).value() : done.error();
    return new Insertion(loop.outputBegin(), output, loop.outputEnd());
  }

  /** All that the policy has written, without the blocks. */
  @Override
  public String answer(List<String> stretches) {
    String block = "(?s)" + Pattern.quote(loop.begin()) + ".*?" + Pattern.quote(loop.end());
    return String.join("", stretches).replaceAll(block, "");
  }

  /**
   * @param text what the policy has written since the last output
   * @return the code of the block that has just ended, if one has
   */
  Optional<String> call(String text) {
    int from = text.indexOf(loop.begin());
    int code = from + loop.begin().length();
    int to = from < 0 ? -1 : text.indexOf(loop.end(), code);
    return to < 0 ? Optional.empty() : Optional.of(text.substring(code, to));
  }
}
