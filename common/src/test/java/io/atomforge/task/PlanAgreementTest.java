package io.atomforge.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.atoms.Atom;
import io.atomforge.synthesis.AtomLibrary;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanAgreementTest {
  private static final AtomLibrary LIBRARY =
      new AtomLibrary(Stream.of("double", "add", "sort").map(PlanAgreementTest::atom).toList());

  private static Atom atom(String name) {
    String code = "def " + name + "(n):\n    return n";
    return new Atom(name, "", name, Atom.Variant.BASE, List.of(), null, "", "", code, List.of());
  }

  @Test
  void ofTheCountVectorsOfTheSpecificationTheCosineIsOneHalf() {
    assertThat(PlanAgreement.cosine(Map.of("a", 1, "b", 1), Map.of("a", 1, "c", 1)))
        .isCloseTo(0.5, within(1e-12));
    assertThat(PlanAgreement.cosine(Map.of("a", 2, "b", 1), Map.of("a", 1, "b", 2)))
        .isCloseTo(0.8, within(1e-12));
    assertThat(PlanAgreement.cosine(Map.of(), Map.of())).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "'1. double, 2. add', 'return add(double(x), 1)', 1",
    "'add, then double', 'return add(double(x), 1)', 1",
    "'double', 'return sort(x)', 0",
    "'double and sort', 'return add(double(x), 1)', 0.5",
    "'first do it', 'return add(x, 1)', 0",
    "'add', 'return x', 0",
    "'add', 'def add(n): return n', 0",
    "'add', 'return \"add(\" # add(x)', 0",
    "'add', 'return \"a\\\"\" + add (x) # add(', 1",
    "'add add', 'return add(add(x)) + add(x)', 1",
    "'double', 'f = double', 0",
    "'doubled', 'return double(x)', 0"
  })
  void aPlanAgreesWithWhatIsCalled(String plan, String program, double agreement) {
    assertThat(PlanAgreement.of(LIBRARY, plan, program)).isCloseTo(agreement, within(1e-12));
  }

  @Test
  void aTextOfSeveralLinesCallsNothing() {
    String program = "\"\"\"add(\n'double(\"\"\"\nreturn sort(x)";
    assertThat(LIBRARY.calls(program)).isEqualTo(Map.of("sort", 1));
  }
}
