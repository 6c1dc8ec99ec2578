package io.atomforge.synthesis;

import static io.atomforge.graph.ToyAtoms.free;
import static io.atomforge.graph.ToyAtoms.graph;
import static io.atomforge.graph.ToyAtoms.literal;
import static io.atomforge.graph.ToyAtoms.result;
import static io.atomforge.graph.ToyAtoms.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.graph.Form;
import io.atomforge.graph.Graph;
import java.util.List;
import org.junit.jupiter.api.Test;

class RendererTest {
  private static final Graph CHAIN =
      graph(
          List.of("n: int", "k: int"),
          step(Form.APPLY, "digits", free(0)),
          step(Form.APPLY, "scale", result(0), free(1)),
          step(Form.APPLY, "total", result(1)));
  private static final Graph SHARED =
      graph(
          List.of("n: int"),
          step(Form.APPLY, "digits", free(0)),
          step(Form.APPLY, "total", result(0)),
          step(Form.APPLY, "scale", result(0), result(1)));
  private static final Graph JOIN =
      graph(
          List.of("xs: list[int]", "n: int"),
          step(Form.APPLY, "total", free(0)),
          step(Form.APPLY, "double", free(1)),
          step(Form.APPLY, "mix", result(0), result(1)));
  private static final Graph MAP_FILTER =
      graph(
          List.of("items: list[int]"),
          step(Form.MAP, "mix", free(0), literal(4)),
          step(Form.FILTER, "double", result(0), literal(1)));
  private static final Graph REDUCE =
      graph(
          List.of("n: int"),
          step(Form.APPLY, "digits", free(0)),
          step(Form.REDUCE, "mix", literal(7), result(0)),
          step(Form.APPLY, "double", result(1)));
  private static final Graph CONDITIONAL =
      graph(
          List.of("n: int"),
          step(Form.APPLY, "double", free(0)),
          step(Form.APPLY, "digits", result(0)),
          step(Form.APPLY, "total", result(1)),
          step(Form.APPLY, "mix", result(0), literal(1)),
          step(Form.IF, "mix", result(0), literal(2), literal(1), result(2), result(3)));

  private static String call(Graph graph) {
    return new Renderer().call(graph);
  }

  @Test
  void everyStepOfAChainHasOneForm() {
    assertThat(call(CHAIN))
        .isEqualTo(
            """
            def solve(n, k):
                x = digits(n)
                x = scale(x, k)
                x = total(x)
                return x
            """);
  }

  @Test
  void aValueThatIsNeededLaterKeepsItsVariable() {
    assertThat(call(SHARED))
        .isEqualTo(
            """
            def solve(n):
                x = digits(n)
                y = total(x)
                x = scale(x, y)
                return x
            """);
    assertThat(call(JOIN))
        .isEqualTo(
            """
            def solve(xs, n):
                x = total(xs)
                y = double(n)
                x = mix(x, y)
                return x
            """);
  }

  @Test
  void listsAreMappedFilteredAndFolded() {
    assertThat(call(MAP_FILTER))
        .isEqualTo(
            """
            def solve(items):
                x = [mix(v, 4) for v in items]
                x = [v for v in x if double(v) % 2 == 1]
                return x
            """);
    assertThat(call(REDUCE))
        .isEqualTo(
            """
            def solve(n):
                x = digits(n)
                y = 7
                for v in x:
                    y = mix(y, v)
                x = double(y)
                return x
            """);
  }

  @Test
  void aConditionalHasABlockForEachBranch() {
    assertThat(call(CONDITIONAL))
        .isEqualTo(
            """
            def solve(n):
                x = double(n)
                if mix(x, 2) % 2 == 1:
                    x = digits(x)
                    x = total(x)
                else:
                    x = mix(x, 1)
                return x
            """);
    assertThat(call(CONDITIONAL.without(1 << 3).orElseThrow()))
        .contains("    else:\n        x = x\n");
  }

  @Test
  void inlineIsTheAtomsCodeOnceAndThenTheWiring() {
    String inline = new Renderer().inline(REDUCE);
    assertThat(inline).endsWith("\n\n" + call(REDUCE)).containsOnlyOnce("def mix(");
    assertThat(inline).startsWith("def digits(n):\n");
  }

  @Test
  void aPromptNamesWhatIsUsedElsewhere() {
    Prompts english = new Prompts(Wording.ENGLISH);
    assertThat(english.write(CHAIN, 0))
        .isEqualTo(
            "Write solve(n, k) to digits `n`, then scale the result with `k`, and finally total the"
                + " result.");
    assertThat(english.write(SHARED, 1))
        .isEqualTo(
            "Define solve(n): first, digits `n` (call this A); next, total A; last, scale A with"
                + " what you have.");
    assertThat(english.write(JOIN, 2))
        .isEqualTo(
            "Implement solve(xs, n): total `xs` (call this A); after that, double `n`; then mix A"
                + " with the result.");
    assertThat(english.write(MAP_FILTER, 0))
        .isEqualTo(
            "Write solve(items) to for each element of `items`, mix the element with 4, and collect"
                + " the outcomes in a list, and finally keep only those elements of the result for"
                + " which you get an odd number when you double the element.");
    assertThat(english.write(CONDITIONAL, 2))
        .isEqualTo(
            "Implement solve(n): double `n` (call this A); then if you get an odd number when you"
                + " mix A with 2, digits A and then total the result; otherwise, mix A with 1.");
    assertThat(new Prompts(Wording.CHINESE).write(REDUCE, 2))
        .isEqualTo(
            "定义 solve(n)，依次完成：对`n`做 digits；随后以7为当前值，依次取前一步的结果的每个元素，对当前值 with 该元素做"
                + " mix，结果作为新的当前值；最终对前一步的结果做 double。");
  }
}
