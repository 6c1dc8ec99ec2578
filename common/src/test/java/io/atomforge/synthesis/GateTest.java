package io.atomforge.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.graph.Graph;
import io.atomforge.graph.ToyAtoms;
import io.atomforge.graph.Variants;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.Limits;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
  private static Atom atom(String name, String in, String out, String body) {
    return ToyAtoms.atom(name, out, body, "v: " + in);
  }

  /** An atom that replaces no other in a mutant. */
  private static Atom special(String name, String body) {
    Atom a = atom(name, "int", "int", body);
    return new Atom(
        a.atomId(),
        a.topic(),
        a.name(),
        Atom.Variant.SEMANTIC,
        a.params(),
        a.returns(),
        a.promptEn(),
        a.promptZh(),
        a.code(),
        a.examples());
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
          special("endless", "while True: pass"),
          atom("unsteady", "int", "str", "return str({'a', 'b', 'c', 'd', 'e', str(v)})"),
          atom("wide", "int", "str", "return 'x' * (5000 + v)"),
          special("huge", "return 'x' * (1 << 34)"),
          special("leaves", "import os\n    os._exit(0)"),
          atom("stranger", "int", "int", "return object()"),
          atom("large", "int", "int", "return 10 ** 2000 + v"),
          atom("keeps", "int", "int", "keeps.n = getattr(keeps, 'n', 0) + v\n    return keeps.n"),
          atom(
              "leaks",
              "int",
              "int",
              "import math\n    math.n = getattr(math, 'n', 0) + 1\n    return v + math.n"));

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
    Composer composer = new Composer(atoms, Halves.of(atoms, 17, 0), 17, Grammar.CHAINS);
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
    "double > leaks, V4_UNSTABLE",
    "double > keeps, V4_UNSTABLE",
    "double > huge, V1_MEMORY_LIMIT",
    "double > stranger, V1_RUNTIME_ERROR",
    "double > leaves, V1_RUNTIME_ERROR",
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

  /**
   * Some of these loop, leave, use up memory or keep a state; the rest must not notice. Only what
   * an atom changes in a module of Python's is seen by others, and refused.
   */
  @Test
  void aResultDoesNotDependOnTheCandidatesBeside() {
    List<Candidate> candidates = new ArrayList<>();
    for (Atom first : ATOMS) {
      if (!first.name().equals("leaks")) {
        for (String then : List.of("double", "plus_one")) {
          Atom second = ATOMS.stream().filter(a -> a.name().equals(then)).findFirst().orElseThrow();
          Graph graph = ToyAtoms.chain(List.of(second, first));
          candidates.add(new Candidate(Family.COMPOSITE_A, candidates.size(), graph, 0, 0));
        }
      }
    }
    List<Gate.Result> alone = gate(1).judge(candidates);
    assertThat(gate(7).judge(candidates)).isEqualTo(alone);
    assertThat(gate(64).judge(candidates)).isEqualTo(alone);
    assertThat(alone.stream().flatMap(r -> r.rejection().stream()).map(Rejection::stage))
        .contains(
            "V1_TIMEOUT", "V1_MEMORY_LIMIT", "V1_RUNTIME_ERROR", "V4_UNSTABLE", "V5_TOO_LARGE");
    assertThat(alone.stream().filter(r -> !r.problem().isEmpty())).hasSizeGreaterThan(4);
  }

  private static Gate gate(int together) {
    return new Gate(sandbox(0), sandbox(1), new AtomLibrary(ATOMS), ids -> "test", 4, together);
  }

  /** The table of steps has its own idea of every form, and the wiring has the renderer's. */
  @Test
  void theTableOfStepsGivesWhatTheWiringGives() {
    List<Atom> atoms =
        AtomCatalog.load("").atoms().stream()
            .filter(a -> a.variant() == Atom.Variant.BASE)
            .toList();
    Grammar grammar =
        new Grammar(
            new Grammar.Shapes(0, 1, 1, 1, 1, 1, 1),
            new Grammar.Depths(
                List.of(0.0, 1.0), List.of(0.0, 1.0), List.of(0.0, 0.0, 0.0, 1.0), List.of(1.0)));
    Composer composer = new Composer(atoms, Halves.of(atoms, 5, 0), 5, grammar);
    List<Trial> trials = new ArrayList<>();
    for (long i = 0; i < 60; i++) {
      Candidate candidate = composer.candidate(Family.COMPOSITE_C, i);
      Variants.Variant itself = new Variants.Variant(candidate.graph(), true, false);
      trials.add(new Trial(candidate, Trial.of(candidate, atoms).inputs(), List.of(itself)));
    }
    Renderer renderer = new Renderer();
    List<List<CallResult>> results =
        new SharedProgram(sandbox(0), 64).run(trials.stream().map(t -> t.part(renderer)).toList());
    for (int i = 0; i < trials.size(); i++) {
      Trial.Observed observed = trials.get(i).observed(results.get(i));
      assertThat(observed.outputs()).hasSizeGreaterThanOrEqualTo(Gate.INPUTS);
      assertThat(observed.differs().get(0))
          .as(trials.get(i).candidate().key())
          .isEqualTo(new BitSet());
    }
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
