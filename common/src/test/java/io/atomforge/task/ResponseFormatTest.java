package io.atomforge.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResponseFormatTest {
  private static final String HEAD = "import math\n\n\ndef f(x):\n    \"\"\"Doc.\"\"\"\n";

  @Test
  void aProgramIsTheTextAsItStands() {
    assertThat(new ResponseFormat.Program().answer(HEAD, " def f(): 1\n"))
        .contains(" def f(): 1\n");
  }

  @Test
  void aContinuationFollowsTheGivenCodeAtOnce() {
    assertThat(new ResponseFormat.Continuation().answer(HEAD, "    return x\n"))
        .contains(HEAD + "    return x\n");
  }

  @Test
  void theLastFencedBlockCountsAndFollowsTheGivenCode() {
    ResponseFormat format = new ResponseFormat.FencedBlock();
    String text = "So:\n```\nf(1)\n```\nthen\n```python\ndef f(x):\n    return x\n```\nDone `x`.\n";
    assertThat(format.answer("", text)).contains("def f(x):\n    return x\n");
    assertThat(format.answer(HEAD, text))
        .contains(HEAD.stripTrailing() + "\n\n\ndef f(x):\n    return x\n");
  }

  @Test
  void aFenceThatDoesNotEndReachesToTheEndAndATextWithoutOneIsAProgram() {
    ResponseFormat format = new ResponseFormat.FencedBlock();
    assertThat(format.answer("", "Here:\n```python\ndef f(): pass")).contains("def f(): pass");
    assertThat(format.answer("", "def f(): pass")).contains("def f(): pass");
    assertThat(format.answer("", "x = 1\n```\n\n```\n")).contains("x = 1\n```\n\n```\n");
  }

  @Test
  void thePlanEndsWhereTheProgramBegins() {
    ResponseFormat format = new ResponseFormat.PlanThenProgram();
    assertThat(format.answer("", "# double, then add\nfrom math import pi\ndef f(): pass\n"))
        .contains("from math import pi\ndef f(): pass\n");
    assertThat(format.answer("", "I define nothing.\n")).isEmpty();
  }

  @Test
  void theLastAnswerBlockCounts() {
    ResponseFormat format = new ResponseFormat.AnswerBlock();
    assertThat(format.answer("", "<answer>1</answer> no <answer> 42\n</answer> .")).contains("42");
    assertThat(format.answer("", "<answer>42")).isEmpty();
    assertThat(format.answer("", "42</answer>")).isEmpty();
  }
}
