package io.atomforge.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.Limits;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
  private static Atom atom(String name, String in, String out, String body) {
    return ToyAtoms.atom(name, out, body, "v: " + in);
  }

  private static final List<Atom> ATOMS =
      List.of(
          atom("double", "int", "int", "return 2 * v"),
          atom("plus_one", "int", "int", "return v + 1"),
          atom("same", "int", "int", "return v"),
          atom("absolute", "int", "int", "return abs(v)"),
          atom("zero", "int", "int", "return 0"),
          atom("nothing", "int", "int", "return None"),
          atom("inverse", "int", "int", "return 60 // (v - v)"),
          atom("endless", "int", "int", "while True: pass"),
          atom("unsteady", "int", "str", "return str({'a', 'b', 'c', 'd', 'e', str(v)})"),
          atom("wide", "int", "str", "return 'x' * (5000 + v)"));

  private static Sandbox sandbox(int hashSeed) {
    return Sandbox.shared(
        new SandboxSettings(
            "python3", 2, IsolationLevel.PROCESS, hashSeed, new Limits(0.5, 256, 1024)));
  }

  private static Gate.Result judge(String... names) {
    List<Atom> steps =
        Arrays.stream(names)
            .map(n -> ATOMS.stream().filter(a -> a.name().equals(n)).findFirst().orElseThrow())
            .toList();
    return judge(new Candidate(Family.COMPOSITE_A, 7, ToyAtoms.chain(steps), 0, 0));
  }

  private static Gate.Result judge(Candidate candidate) {
    Gate gate = new Gate(sandbox(0), sandbox(1), new AtomLibrary(ATOMS), ids -> "test", 4);
    return gate.judge(List.of(candidate)).get(0);
  }

  /**
   * The variant's own code and the wiring over the base agree, or the gate would refuse a surface
   * or an idiom; a semantic variant is wired by its own name.
   */
  @Test
  void aVariantOfAnAtomIsATrainingProblem() {
    List<Atom> atoms = AtomCatalog.load("").atoms().subList(0, 40);
    Composer composer = new Composer(atoms, 17, Grammar.CHAINS);
    Gate gate = new Gate(sandbox(0), sandbox(1), new AtomLibrary(atoms), ids -> "test", 2);
    for (long i = 0; i < 10; i++) {
      List<Candidate> four = new ArrayList<>(List.of(composer.candidate(Family.ATOM, i)));
      for (long kind = 0; kind < 3; kind++) {
        four.add(composer.candidate(Family.ATOM_MODIFY, 3 * i + kind));
      }
      List<Problem> p = gate.judge(four).stream().map(r -> r.problem().get(0)).toList();
      assertThat(p).extracting(Problem::split).containsOnly("train");
      assertThat(p)
          .extracting(Problem::family)
          .containsExactly("atom", "atom_modify", "atom_modify", "atom_modify");
      assertThat(p.get(1).referenceCall()).isEqualTo(p.get(0).referenceCall());
      assertThat(p.get(2).referenceCall()).isEqualTo(p.get(0).referenceCall());
      assertThat(p.get(3).referenceCall()).isNotEqualTo(p.get(0).referenceCall());
      assertThat(p.stream().map(Problem::referenceInline).distinct()).hasSize(4);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "double > inverse, V1_RUNTIME_ERROR",
    "double > endless, V1_TIMEOUT",
    "double > nothing, V2_NONE",
    "double > zero, V3_DULL",
    "double > unsteady, V4_UNSTABLE",
    "double > wide, V5_TOO_LARGE",
    "double > same, V6_REDUNDANT",
    "absolute > absolute, V6_REDUNDANT",
    "same, V6_REDUNDANT"
  })
  void anUnsoundChainIsRefusedAtItsStage(String chain, String stage) {
    Gate.Result result = judge(chain.split(" > "));
    assertThat(result.problem()).isEmpty();
    assertThat(result.rejection())
        .singleElement()
        .satisfies(r -> assertThat(r.stage()).isEqualTo(stage));
    assertThat(result.rejection().get(0).candidate()).isEqualTo("composite_a/7: " + chain);
  }

  @Test
  void aSoundChainBecomesAProblemWithTwelveTests() {
    Problem problem = judge("double", "plus_one").problem().get(0);
    assertThat(problem.tests()).hasSize(Gate.INPUTS);
    assertThat(problem.tests().stream().filter(TestCase::visible)).hasSize(4);
    for (TestCase test : problem.tests()) {
      int v = Integer.parseInt(test.argsJson().replaceAll("[\\[\\]]", ""));
      assertThat(test.expectedJson()).isEqualTo(String.valueOf(2 * v + 1));
    }
    assertThat(problem.split()).isEqualTo("test");
    assertThat(problem.depth()).isEqualTo(2);
  }

  @Test
  void chainsThatBehaveAlikeHaveOneFingerprint() {
    String doubled = judge("double", "plus_one").problem().get(0).fingerprint();
    assertThat(judge("double", "same", "plus_one").problem()).isEmpty();
    assertThat(judge("plus_one", "double").problem().get(0).fingerprint()).isNotEqualTo(doubled);
    assertThat(judge("absolute", "double").problem().get(0).fingerprint())
        .isEqualTo(judge("double", "absolute").problem().get(0).fingerprint());
  }
}
