package io.atomforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What programs return beside the plain types, in calls and in tests alike. */
class ResultTypesTest {
  private static final String IMPORTS =
      "import collections, decimal, enum, fractions, types\n"
          + "from collections import *\n"
          + "from decimal import Decimal\n"
          + "from fractions import Fraction\n"
          + "class E(enum.IntEnum):\n"
          + "    A = 1\n"
          + "    B = 2\n"
          + "class S(str, enum.Enum):\n"
          + "    X = 'x'\n"
          + "class F(enum.IntFlag):\n"
          + "    P = 1\n"
          + "    Q = 2\n"
          + "P = namedtuple('P', 'x y')\n";
  private static Sandbox sandbox;

  @BeforeAll
  static void open() {
    sandbox =
        new Sandbox(
            new SandboxSettings("python3", 1, IsolationLevel.PROCESS, 0, Limits.DEFAULT),
            IsolationLevel.FULL);
  }

  @AfterAll
  static void close() {
    sandbox.close();
  }

  private static Verdict call(String code, String entryPoint, String args, String expected) {
    Tests.Calls calls =
        new Tests.Calls(entryPoint, List.of(new Tests.Calls.Case(new Call(args), expected)));
    return sandbox.judge(code, calls, JudgeOptions.DEFAULT);
  }

  private static String returning(String expression) {
    return IMPORTS + "def f():\n    d = {}\n    return " + expression;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Counter('aab') | {\"a\":2,\"b\":1} | {'a': 2, 'b': 1}",
        "OrderedDict([('b', 1), ('a', [E.A])]) | {\"a\":[1],\"b\":1} | {'a': [1], 'b': 1}",
        "defaultdict(list, {1: [2]}) | {\"$dict\":[[1,[2]]]} | {1: [2]}",
        "ChainMap({'a': 1}).maps[0] | {\"a\":1} | {'a': 1}",
        "P(1, (2, P(3, 4))) | {\"$tuple\":[1,{\"$tuple\":[2,{\"$tuple\":[3,4]}]}]} | (1, (2, (3,"
            + " 4)))",
        "E.A | 1 | 1",
        "[E.A, E.B, F(3)] | [1,2,3] | [1, 2, 3]",
        "{E.A: S.X} | {\"$dict\":[[1,\"x\"]]} | {1: 'x'}",
        "S.X | \"x\" | 'x'",
        "{E.A, 2} | {\"$set\":[1,2]} | {1, 2}",
        "type('L', (list,), {})([1, 2]) | [1,2] | [1, 2]",
        "type('B', (bytes,), {})(b'a') | {\"$bytes\":\"61\"} | b'a'",
        "bytearray(b'ab') | {\"$bytes\":\"6162\"} | b'ab'",
        "memoryview(b'ab')[1:] | {\"$bytes\":\"62\"} | b'b'",
        "{'a': 1}.keys() | {\"$set\":[\"a\"]} | {'a'}",
        "OrderedDict(a=1).keys() | {\"$set\":[\"a\"]} | {'a'}",
        "Counter('a').items() | {\"$set\":[{\"$tuple\":[\"a\",1]}]} | {('a', 1)}",
        "Decimal('0.50') | 0.5 | 0.5",
        "Decimal('1e3') | 1000 | 1000",
        "[Decimal('0.5'), Decimal('-0')] | [0.5,0] | [0.5, 0]",
        "Decimal('Infinity') | {\"$float\":\"inf\"} | float('inf')",
        "type('D', (Decimal,), {})('2.25') | {\"$decimal\":\"2.250\"} | 2.25",
        "{Decimal('0.5'): 1} | {\"$dict\":[[0.5,1]]} | {0.5: 1}",
        "Fraction(2, 4) | 0.5 | 0.5",
        "Fraction(6, 3) | 2 | 2",
        "[Fraction(1, 3)] | [{\"$fraction\":[2,6]}] | [__import__('fractions').Fraction(1, 3)]",
        "type('G', (Fraction,), {})(1, 4) | 0.25 | 0.25",
        "{Fraction(1, 2), 3} | {\"$set\":[0.5,3]} | {0.5, 3}",
      })
  void whatEqualsAPlainValueInPythonIsItInCallsAndTests(
      String returned, String expectedJson, String expected) {
    Verdict calls = call(returning(returned), "f", "[]", expectedJson);
    Verdict test =
        sandbox.judge(
            returning(returned),
            new Tests.Script("assert f() == " + expected, "f"),
            JudgeOptions.DEFAULT);

    assertThat(calls.outcome()).as(calls.toString()).isEqualTo(Outcome.PASSED);
    assertThat(test.outcome()).as(test.toString()).isEqualTo(Outcome.PASSED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Decimal('0.1') | 0.1",
        "Decimal('NaN') | {\"$float\":\"nan\"}",
        "Decimal('sNaN') | {\"$decimal\":\"sNaN\"}",
        "Fraction(1, 3) | 0.3333333333333333",
        "Fraction(1, 2) | {\"$decimal\":\"0.5\"}",
        "Decimal('1') | true",
        "Fraction(1, 2) | \"1/2\"",
        "P(1, 2) | [1,2]",
        "bytearray(b'a') | \"a\"",
        "Counter('aab') | {\"a\":2}",
        "E.A | 2",
        "{'a': 1}.keys() | [\"a\"]",
      })
  void theyEqualNothingMore(String returned, String expectedJson) {
    assertThat(call(returning(returned), "f", "[]", expectedJson).outcome())
        .isEqualTo(Outcome.WRONG_ANSWER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Decimal('1e999999')",
        "Decimal('1e-999999')",
        "Decimal('7' * 6000)",
        "Fraction(1, 3 ** 20000)",
        "[1, [Decimal('-9e5001')]]"
      })
  void whatIsTooLargeToBeReadIsSaidToBe(String returned) {
    Verdict verdict = call(returning(returned), "f", "[]", "1");

    assertThat(verdict.outcome()).isEqualTo(Outcome.RUNTIME_ERROR);
    assertThat(verdict.detail()).contains("more than").doesNotContain("PROTOCOL");
  }

  /** Subclasses and classes that say of themselves what no value is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "class L(int):\n"
            + "  __eq__ = lambda s, o: True\n"
            + "  __pos__ = __int__ = __index__ = lambda s: 9\n"
            + "  __hash__ = lambda s: 9\n"
            + "f = lambda: L(0)",
        "class L(list):\n  __iter__ = lambda s: iter([9])\n  __len__ = lambda s: 1\n"
            + "  __eq__ = lambda s, o: True\n  __getitem__ = lambda s, i: 9\n  copy = lambda s: 9\n"
            + "f = lambda: L()",
        "class L(dict):\n  keys = items = __iter__ = lambda s: iter([9])\n  copy = lambda s: 9\n"
            + "  __getitem__ = lambda s, i: 9\n  __eq__ = lambda s, o: True\nf = lambda: L()",
        "class L(str):\n  __str__ = __repr__ = lambda s: '9'\n  __eq__ = lambda s, o: True\n"
            + "  __hash__ = lambda s: 9\nf = lambda: L('0')",
        "class L(float):\n  __float__ = __pos__ = lambda s: 9.0\n  __eq__ = lambda s, o: True\n"
            + "f = lambda: L(0)",
        "class L(set):\n"
            + "  __iter__ = lambda s: iter([9])\n"
            + "  __eq__ = lambda s, o: True\n"
            + "f = lambda: L()",
        "import decimal\nclass L(decimal.Decimal):\n  __str__ = lambda s: '9'\n"
            + "  __eq__ = lambda s, o: True\nf = lambda: L(0)",
        "import fractions\n"
            + "class L(fractions.Fraction):\n"
            + "  numerator = denominator = 9\n"
            + "  _numerator = property(lambda s: 9)\n"
            + "  __eq__ = lambda s, o: True\n"
            + "f = lambda: L(0, 1)",
        "class L(bytearray):\n  __bytes__ = lambda s: b'9'\n  __getitem__ = lambda s, i: b'9'\n"
            + "  __eq__ = lambda s, o: True\nf = lambda: L(b'0')",
        "class L:\n  __class__ = int\n  __eq__ = lambda s, o: True\n  __hash__ = lambda s: 9\n"
            + "  __int__ = __index__ = lambda s: 9\nf = L",
        "import fractions, decimal\nclass L:\n  __eq__ = lambda s, o: True\n"
            + "fractions.Fraction.register(L)\nL._numerator = L._denominator = 9\nf = L",
        "import collections.abc\n"
            + "class L(collections.abc.Mapping):\n"
            + "  __getitem__ = lambda s, i: 9\n"
            + "  __iter__ = lambda s: iter([9])\n"
            + "  __len__ = lambda s: 1\n"
            + "  __eq__ = lambda s, o: True\n"
            + "f = lambda: L().keys()",
        "class M(type):\n  __subclasscheck__ = __instancecheck__ = lambda s, o: True\n"
            + "  mro = lambda c: [c, int, object]\n  __eq__ = lambda s, o: True\n"
            + "  __hash__ = lambda s: hash(int)\nclass L(int, metaclass=M): pass\nf = lambda: L(0)",
        "import fractions\nfractions.Fraction.__eq__ = lambda s, o: True\n"
            + "fractions.Fraction.numerator = 9\nf = lambda: fractions.Fraction(0)",
        "import fractions\nx = fractions.Fraction(0)\nx._numerator = type('I', (int,),"
            + " {'__eq__': lambda s, o: True})(0)\nf = lambda: x",
      })
  void whatLiesAboutItselfIsWhatItIsMadeOfOrNoValue(String code) {
    for (String expected :
        List.of(
            "9",
            "9.0",
            "[9]",
            "{\"$dict\":[[9,9]]}",
            "\"9\"",
            "{\"$set\":[9]}",
            "true",
            "null",
            "{\"$bytes\":\"39\"}")) {
      Verdict verdict = call(code, "f", "[]", expected);
      assertThat(verdict.outcome())
          .as(verdict.toString())
          .isIn(Outcome.WRONG_ANSWER, Outcome.RUNTIME_ERROR);
    }
    for (String test : List.of("assert f() == 9", "assert f() == [9]", "assert f() == {9: 9}")) {
      assertThat(sandbox.judge(code, new Tests.Script(test, "f"), JudgeOptions.DEFAULT).outcome())
          .isIn(Outcome.WRONG_ANSWER, Outcome.RUNTIME_ERROR);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Solution().f | class Solution:\\n  def f(self, x): return x + 1",
        "Solution.f | class Solution:\\n  @staticmethod\\n  def f(x): return x + 1",
        "make().go | class A:\\n  def go(self, x): return x + 1\\nmake = A",
        "a.b.c | import types\\n"
            + "a = types.SimpleNamespace(b=types.SimpleNamespace(c=lambda x: x + 1))",
        "Solution().f | class Solution:\\n"
            + "  n = 0\\n"
            + "  def f(self, x):\\n"
            + "    self.n += 1\\n"
            + "    return x + self.n",
        "sum | def sum(x): return x + 1",
        "list | class list:\\n  def __new__(cls, x): return x + 1",
        "string | def string(x): return x + 1",
        "len | len = lambda x: x + 1",
        "type | def type(x): return x + 1",
        "repr | repr = str = dict = set = lambda x: x + 1",
        "isinstance | def isinstance(x): return x + 1",
      })
  void entryPointsAreFoundByTheirPathAndMayHaveAnyName(String entryPoint, String code) {
    Tests.Calls calls =
        new Tests.Calls(
            entryPoint,
            List.of(
                new Tests.Calls.Case(new Call("[1]"), "2"),
                new Tests.Calls.Case(new Call("[2]"), "3")));
    Verdict verdict = sandbox.judge(code.replace("\\n", "\n"), calls, JudgeOptions.DEFAULT);

    assertThat(verdict.outcome()).as(verdict.toString()).isEqualTo(Outcome.PASSED);
  }

  @Test
  void anEntryPointThatIsNotThereOrIsNoPathIsNamed() {
    assertThat(call("class Solution: pass", "Solution().f", "[]", "1").detail())
        .contains("has no attribute 'f'");
    assertThat(call("", "f", "[]", "1").detail()).contains("NO_FUNCTION: f is not defined");
    assertThat(call("class Solution:\n  def f(self): return 1", "f", "[]", "1").detail())
        .contains("but Solution().f is: give that as entry_point");
    for (String wrong : List.of("", "f(", "f()()", "1f", "a b", "f.", "__import__('os').f")) {
      assertThatThrownBy(() -> call("", wrong, "[]", "1"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("entry_point");
    }
  }
}
