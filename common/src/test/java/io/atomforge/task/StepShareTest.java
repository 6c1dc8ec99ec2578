package io.atomforge.task;

import static io.atomforge.graph.ToyAtoms.FIVE;
import static io.atomforge.graph.ToyAtoms.chain;
import static io.atomforge.graph.ToyAtoms.five;
import static io.atomforge.graph.ToyAtoms.free;
import static io.atomforge.graph.ToyAtoms.graph;
import static io.atomforge.graph.ToyAtoms.literal;
import static io.atomforge.graph.ToyAtoms.result;
import static io.atomforge.graph.ToyAtoms.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.graph.Form;
import io.atomforge.graph.Graph;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.Renderer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepShareTest {
  private static final AtomLibrary LIBRARY = new AtomLibrary(FIVE);
  private static final String CHAIN =
      new Renderer()
          .call(
              graph(
                  List.of("n: int", "k: int"),
                  step(Form.APPLY, "digits", free(0)),
                  step(Form.APPLY, "scale", result(0), free(1)),
                  step(Form.APPLY, "total", result(1))));
  private static final String MAP_FILTER =
      new Renderer()
          .call(
              graph(
                  List.of("items: list[int]"),
                  step(Form.MAP, "mix", free(0), literal(4)),
                  step(Form.FILTER, "double", result(0), literal(1))));
  private static final String REDUCE =
      new Renderer()
          .call(
              graph(
                  List.of("n: int"),
                  step(Form.APPLY, "digits", free(0)),
                  step(Form.REDUCE, "mix", literal(7), result(0)),
                  step(Form.APPLY, "double", result(1))));
  private static final String CONDITIONAL =
      new Renderer()
          .call(
              graph(
                  List.of("n: int"),
                  step(Form.APPLY, "double", free(0)),
                  step(Form.APPLY, "digits", result(0)),
                  step(Form.APPLY, "total", result(1)),
                  step(Form.APPLY, "mix", result(0), literal(1)),
                  step(Form.IF, "mix", result(0), literal(2), literal(1), result(2), result(3))));

  private static double share(String reference, String program) {
    return StepShare.of(LIBRARY, reference, program);
  }

  /** Statements of a function of two parameters, separated by semicolons. */
  private static double ofChain(String head, String statements) {
    String program = head + ":\n    " + statements.replace("; ", "\n    ") + "\n";
    return share(CHAIN, program);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x = digits(n); x = scale(x, k); x = total(x); return x|3",
        "a = digits(n); b = scale(a, k); c = total(b); return c|3",
        "return total(scale(digits(n), k))|3",
        "return ( total( (scale((digits(n)),k)) ) ) # right|3",
        "k = k; x = digits(n); return total(scale(x, k))|3",
        "z = double(n); return total(scale(digits(n), k))|3",
        "x = digits(n); x = scale(x, k); x = double(x); return x|2",
        "x = digits(n); x = scale(x, 2); return total(x)|1",
        "x = digits(n); x = scale(x, n); x = total(x); return x|1",
        "x = digits(n); x = scale(x, k); y = total(x); return x|2",
        "return digits(n)|1",
        "return digits(k)|0",
        "n = k; return digits(n)|0",
        "return n|0",
        "x = double(n); x = digits(x); x = scale(x, k); return total(x)|0",
        "x = digits(n); x = scale(x, k); x = total(x); x = double(x); x = mix(x, k); return x|3"
      })
  void aStepCountsIfItsExpressionWithoutVariablesIsOneOfTheReference(String body, int steps) {
    assertThat(ofChain("def solve(n, k)", body)).isCloseTo(steps / 3.0, within(1e-12));
  }

  @Test
  void parametersAreKnownByTheirPlace() {
    assertThat(ofChain("def solve(a, b)", "return total(scale(digits(a), b))")).isOne();
    assertThat(ofChain("def solve(k, n)", "return total(scale(digits(n), k))")).isZero();
    assertThat(ofChain("def solve(n)", "return digits(n)")).isZero();
    assertThat(ofChain("def answer(n, k)", "return digits(n)")).isZero();
  }

  /** Whatever collects guesses: a display, an operator, or an atom that takes two values. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "return (digits(n), scale(digits(n), k))",
        "return [digits(n), double(n)]",
        "return {1: digits(n)}",
        "return digits(n) + scale(digits(n), k)",
        "return mix(total(digits(n)), double(n))",
        "return mix(double(n), mix(double(k), digits(n)))",
        "return [mix(digits(n), double(k)) for v in [1]]",
        "x = double(n); y = digits(n); return scale(y, x)",
        "return [digits(n) for v in double(n)]"
      })
  void severalGuessesForOneStepCountForNothing(String body) {
    assertThat(ofChain("def solve(n, k)", body)).isZero();
  }

  /** Two guesses for the second step spoil it, but not the first. */
  @Test
  void guessesSpoilTheirOwnHeightAndThoseAboveIt() {
    assertThat(
            ofChain(
                "def solve(n, k)",
                "x = digits(n); y = scale(x, k); z = double(x); x = mix(y, z); return total(y)"))
        .isOne();
    assertThat(
            ofChain(
                "def solve(n, k)",
                "x = digits(n); y = scale(x, k); z = double(x); return mix(total(y), z)"))
        .isCloseTo(1.0 / 3, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x = digits(n); x += double(n); return x",
        "x = digits(n); while x: x = double(x); return x",
        "x = y = digits(n); return x",
        "x: list = digits(n); return x",
        "return (x := digits(n))",
        "return digits(n); return n",
        "x = digits(n)",
        "digits = double; return digits(n)",
        "double = digits; return double(n)",
        "x = digits; return x(n)",
        "import os; return digits(n)",
        "print(digits(n)); return digits(n)",
        "return digits(n).copy()",
        "return digits(n)[0]",
        "return digits(n=n)",
        "return digits(*n)",
        "return digits(lambda: n)",
        "return digits(n) if n else k",
        "return digits(v)",
        "return 'digits(n)'",
        "return '''digits(n)'''",
        "return f'{digits(n)}'",
        "return list(digits(v) for v in n)",
        "for digits in n: k = digits(k); return k",
        "\tx = digits(n); return x",
        "\u017f = digits(n); return \u017f",
        "return digits(n",
        "return digits(n))",
        "return 'digits(n)",
        "return \\"
      })
  void aProgramInAnotherLanguageHasNoStepsThatAreKnown(String body) {
    assertThat(ofChain("def solve(n, k)", body)).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "def",
        "def digits(n, k):\n    return n\n%s",
        "%s\n\ndef digits(n):\n    return n\n",
        "%s\nsolve = 1\n",
        "@double\n%s",
        "  %s",
        "def solve(n, k):\n    def f(n):\n        return n\n    return digits(n)\n",
        "def solve(n, n):\n    return digits(n)\n",
        "def solve(n, k=1):\n    return digits(n)\n",
        "def solve(n, k):\n        x = digits(n)\n    return x\n"
      })
  void nothingStandsBesideTheFunction(String program) {
    assertThat(share(CHAIN, program.replace("%s", CHAIN))).isZero();
    assertThat(share(program.replace("%s", CHAIN), CHAIN)).as("as the reference").isZero();
  }

  @Test
  void spaceCommentsAndASingleLineDoNotMatter() {
    String other =
        """
        # the digits, scaled

        def solve(n, k):  # two

          x = digits(
        n
            )
            # deeper
          return total(scale(x,

              k))
        """;
    assertThat(share(CHAIN, other)).isOne();
    assertThat(share(CHAIN, other.replace("\n", "\r\n"))).isOne();
    assertThat(share(CHAIN, "def solve(n, k): return total(scale(digits(n), k))")).isOne();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[mix(v, 4) for v in items]|x|1",
        "[mix(w, 4) for w in items]|x|1",
        "[mix(items, 4) for items in items]|x|1",
        "[mix(v, 4) for v in items]|[v for v in x if double(v) % 2 == 1]|2",
        "[mix(v, 4) for v in items]|[x for x in x if double(x) % 2 == 1]|2",
        "items|[v for v in [mix(v, 4) for v in x] if double(v) % 2 == 1]|2",
        "[mix(v, 4) for v in items]|[v for v in x if double(v) % 2 == 0]|1",
        "[mix(v, 4) for v in items]|[v for v in x if double(v)]|1",
        "[mix(v, 4) for v in items]|[double(v) for v in x if double(v) % 2 == 1]|1",
        "[mix(v, 4) for v in items]|[v for v in items if double(v) % 2 == 1]|0",
        "[mix(v, '4') for v in items]|x|0",
        "[mix(v, -4) for v in items]|x|0",
        "[mix(4, v) for v in items]|x|0",
        "[mix(v, 4) for v in [1, 2]]|x|0",
        "[mix(items, 4) for v in items]|x|0",
        "[mix(v, 4) for v in items if double(v)]|x|0",
        "[mix(v, 4) for v in items for w in items]|x|0",
        "[mix(v, 4) for v in items][0]|x|0"
      })
  void comprehensionsAreStepsWhateverTheirVariableIsCalled(String first, String last, int steps) {
    String program = "def solve(items):\n    x = %s\n    return %s\n".formatted(first, last);
    assertThat(share(MAP_FILTER, program)).isEqualTo(steps / 2.0);
  }

  /** Inside a comprehension the variable of the nearest one is meant. */
  @Test
  void anInnerVariableHidesAnOuterOne() {
    String reference =
        "def solve(items):\n    return [[mix(v, w) for w in digits(v)] for v in items]\n";
    String program =
        "def solve(items):\n    return [[mix(%s) for %s in digits(v)] for v in items]\n";
    assertThat(share(reference, program.formatted("v, u", "u"))).isOne();
    assertThat(share(reference, program.formatted("u, u", "u"))).isZero();
    assertThat(share(reference, program.formatted("v, v", "v"))).isZero();
    assertThat(share(reference, program.formatted("u, v", "v"))).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "y = 7|for v in x:|y = mix(y, v)|double(y)|3",
        "a = 7|for b in digits(n):|a = mix(a, b)|double(a)|3",
        "v = 7|for y in x:|v = mix(v, y)|v|2",
        "y = 7|for v in x:|y = mix(v, y)|double(y)|1",
        "y = 0|for v in x:|y = mix(y, v)|double(y)|1",
        "y = 7|for v in x:|y = mix(y, 1)|double(y)|1",
        "y = 7|for v in x:|y = mix(y, v)|mix(y, v)|0",
        "y = 7|for v in x:|z = mix(y, v)|x|0",
        "y = 7|for y in x:|y = mix(y, y)|y|0",
        "y = 7|for v in x:|y += mix(y, v)|y|0"
      })
  void aLoopThatFoldsIsAStep(String start, String head, String body, String result, int steps) {
    String program =
        "def solve(n):\n    x = digits(n)\n    %s\n    %s\n        %s\n    return %s\n"
            .formatted(start, head, body, result);
    assertThat(share(REDUCE, program)).isCloseTo(steps / 3.0, within(1e-12));
    String line = program.replace(head + "\n        ", head + " ");
    assertThat(share(REDUCE, line)).isCloseTo(steps / 3.0, within(1e-12));
  }

  /** The reference has six steps: that of the test and the choice itself are two of them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mix(x, 2) % 2 == 1|total(digits(x))|mix(x, 1)|x|6",
        "mix(x, 2) % 2 == 1|total(digits(double(n)))|mix(x, 1)|x|6",
        "mix(x, 2) % 2 == 0|total(digits(x))|mix(x, 1)|x|5",
        "mix(x, 2)|total(digits(x))|mix(x, 1)|x|5",
        "mix(x, 2) % 2 == 1|mix(x, 1)|total(digits(x))|x|5",
        "mix(x, 2) % 2 == 1|total(digits(x))|x|x|4",
        "mix(x, 2) % 2 == 1|n|n|x|0"
      })
  void aDecisionIsAStep(String test, String yes, String no, String result, int steps) {
    String program =
        """
        def solve(n):
            x = double(n)
            if %s:
                x = %s
            else:
                x = %s
            return %s
        """
            .formatted(test, yes, no, result);
    assertThat(share(CONDITIONAL, program)).isCloseTo(steps / 6.0, within(1e-12));
  }

  @Test
  void afterADecisionOnlyWhatBothBranchesAssignedIsKnown() {
    String program =
        "def solve(n):\n    if n:\n        x = double(n)\n    else:\n        y = n\n    return x\n";
    assertThat(share(program.replace("y = n", "x = n"), program)).isZero();
    String none = "def solve(n):\n    if n:\n        x = double(n)\n    return x\n";
    assertThat(share(program.replace("y = n", "x = n"), none)).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"'a'|\"a\"|1", "'a'|'b'|0", "1|1.0|0", "True|1|0", "[1, 2]|[1,2]|1", "-1|- 1|1"})
  void literalsAreTheSameIfTheirTextIs(String one, String other, int share) {
    String program = "def solve(n):\n    return mix(n, %s)\n";
    assertThat(share(program.formatted(one), program.formatted(other))).isEqualTo(share);
  }

  @Test
  void aReferenceOfEveryShapeHasAllOfItsOwnSteps() {
    for (String reference : List.of(CHAIN, MAP_FILTER, REDUCE, CONDITIONAL)) {
      assertThat(share(reference, reference)).as(reference).isOne();
    }
    assertThat(share("def solve(n):\n    return n\n", "def solve(n):\n    return n\n"))
        .as("no steps at all")
        .isZero();
  }

  /** Written out, the result would have 2 to the power of 400 calls. */
  @Test
  void aValueThatIsUsedTwiceIsNotWrittenOut() {
    String line = "    n = mix(n, n)\n";
    String reference = "def solve(n):\n" + line.repeat(400) + "    return n\n";
    assertThat(share(reference, reference)).isOne();
    String half = "def solve(n):\n" + line.repeat(200) + "    return n\n";
    assertThat(share(reference, half)).isEqualTo(0.5);
  }

  @Test
  void noDepthOfBracketsIsTooMuch() {
    int deep = 100_000;
    for (String open : List.of("(", "[", "digits(", "-")) {
      String program = "def solve(n, k):\n    return " + open.repeat(deep) + "n";
      assertThat(share(CHAIN, program)).as(open).isZero();
    }
    Graph longest = chain(List.of(five("double"), five("double"), five("double")));
    String written = new Renderer().call(longest);
    String nested = "def solve(n):\n    return " + "(".repeat(90) + "double(n)" + ")".repeat(90);
    assertThat(share(written, nested)).isCloseTo(1.0 / 3, within(1e-12));
  }
}
