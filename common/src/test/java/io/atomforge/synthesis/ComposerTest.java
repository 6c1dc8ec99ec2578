package io.atomforge.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.config.ConfigException;
import io.atomforge.graph.Form;
import io.atomforge.graph.Graph;
import io.atomforge.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ComposerTest {
  private static final List<Atom> BASES =
      AtomCatalog.load("").atoms().stream().filter(a -> a.variant() == Atom.Variant.BASE).toList();
  private static final Grammar GRAMMAR =
      new Grammar(
          new Grammar.Shapes(4, 2, 2, 2, 2, 1, 2),
          new Grammar.Depths(
              List.of(0.0, 1.0, 1.0),
              List.of(0.0, 1.0, 1.0),
              List.of(0.0, 1.0, 1.0, 1.0, 1.0, 1.0),
              List.of(0.0, 1.0, 1.0)));
  private static final Halves HALVES = Halves.of(BASES, 17, 0);
  private final Composer composer = new Composer(BASES, Halves.of(BASES, 17, 0), 17, GRAMMAR);

  @Test
  void theHalvesAreEqualInEveryTopicAndShareNoAtom() {
    assertThat(HALVES.a()).hasSize(50).doesNotContainAnyElementsOf(HALVES.b());
    assertThat(
            HALVES.a().stream()
                .collect(Collectors.groupingBy(Atom::topic, Collectors.counting()))
                .values())
        .containsOnly(5L);
  }

  @Test
  void familiesDrawFromTheirOwnAtomsAndLengths() {
    for (long i = 0; i < 300; i++) {
      Graph a = composer.graph(Family.COMPOSITE_A, i);
      Graph b = composer.graph(Family.COMPOSITE_B, i);
      Graph c = composer.graph(Family.COMPOSITE_C, i);
      assertThat(HALVES.a()).containsAll(a.atoms());
      assertThat(HALVES.b()).containsAll(b.atoms());
      assertThat(a.steps().size()).isBetween(2, 3);
      boolean mixed =
          c.atoms().stream().anyMatch(HALVES.a()::contains)
              && c.atoms().stream().anyMatch(HALVES.b()::contains);
      assertThat(mixed || c.steps().size() >= 4).isTrue();
      assertThat(a.fits() && b.fits() && c.fits()).isTrue();
    }
  }

  @Test
  void genericAtomsStandInNoHalfAndTheirGraphsHaveAtMostOneAtomOfAHalf() {
    Halves pools = Halves.of(BASES, 17, 2);
    assertThat(pools.generic()).hasSize(20);
    assertThat(pools.a()).hasSize(40).doesNotContainAnyElementsOf(pools.b());
    assertThat(pools.all()).hasSize(100).containsAll(pools.generic());
    Composer composer = new Composer(BASES, pools, 17, GRAMMAR);
    boolean withB = false;
    for (long i = 0; i < 300; i++) {
      Graph graph = composer.graph(Family.COMPOSITE_G, i);
      assertThat(graph.atoms().stream().filter(pools.generic()::contains).count())
          .isBetween(Math.max(1, graph.steps().size() - 1L), (long) graph.steps().size());
      withB |= graph.atoms().stream().anyMatch(pools.b()::contains);
      assertThat(pools.generic())
          .doesNotContainAnyElementsOf(composer.graph(Family.COMPOSITE_C, i).atoms());
    }
    assertThat(withB).isTrue();
  }

  @Test
  void withoutGenericAtomsTheFamilyOfGenericGraphsIsRefused() {
    assertThatThrownBy(() -> composer.candidate(Family.COMPOSITE_G, 0))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("generic_atoms_per_topic");
  }

  @Test
  void aCandidateDependsOnSeedFamilyAndIndexAlone() {
    List<Atom> shuffled = new ArrayList<>(BASES);
    Collections.reverse(shuffled);
    Composer other = new Composer(shuffled, Halves.of(shuffled, 17, 0), 17, GRAMMAR);
    for (long i : new long[] {5, 0, 99, 3}) {
      assertThat(other.candidate(Family.COMPOSITE_C, i).key())
          .isEqualTo(composer.candidate(Family.COMPOSITE_C, i).key());
    }
    Composer seeded = new Composer(BASES, Halves.of(BASES, 18, 0), 18, GRAMMAR);
    assertThat(
            LongStream.range(0, 50)
                .mapToObj(i -> seeded.graph(Family.COMPOSITE_A, i).key())
                .toList())
        .isNotEqualTo(
            LongStream.range(0, 50)
                .mapToObj(i -> composer.graph(Family.COMPOSITE_A, i).key())
                .toList());
  }

  @Test
  void aModifiedAtomIsTheSameProblemWithAVariantInItsPlace() {
    Composer all =
        new Composer(
            AtomCatalog.load("").atoms(),
            Halves.of(AtomCatalog.load("").atoms(), 17, 0),
            17,
            GRAMMAR);
    Prompts english = new Prompts(Wording.ENGLISH);
    Renderer renderer = new Renderer();
    List<Atom.Variant> kinds =
        List.of(Atom.Variant.SURFACE, Atom.Variant.IDIOM, Atom.Variant.SEMANTIC);
    for (long i = 0; i < 300; i++) {
      Candidate base = composer.candidate(Family.ATOM, i / 3);
      Candidate modified = all.candidate(Family.ATOM_MODIFY, i);
      Atom atom = modified.graph().atoms().get(0);
      assertThat(atom.variant()).isEqualTo(kinds.get((int) (i % 3)));
      assertThat(atom.atomId()).startsWith(base.graph().atomIds().get(0) + "~");
      assertThat(modified.graph().inputs()).isEqualTo(base.graph().inputs());
      assertThat(modified.graph().steps().get(0).args())
          .isEqualTo(base.graph().steps().get(0).args());
      assertThat(modified.english()).isEqualTo(base.english());
      assertThat(english.write(modified.graph(), 0).equals(english.write(base.graph(), 0)))
          .isEqualTo(atom.variant() == Atom.Variant.IDIOM);
      assertThat(renderer.inline(modified.graph())).isNotEqualTo(renderer.inline(base.graph()));
    }
  }

  @Test
  void everyPromptNamesItsParametersAndFillsEveryPlace() {
    Prompts english = new Prompts(Wording.ENGLISH);
    Prompts chinese = new Prompts(Wording.CHINESE);
    for (long i = 0; i < 300; i++) {
      Graph graph = composer.graph(Family.COMPOSITE_C, i);
      for (int t = 0; t < Wording.ENGLISH.templates(); t++) {
        String text = english.write(graph, t);
        assertThat(text).doesNotContain("{").doesNotContain("%s").contains("solve(").endsWith(".");
        graph.inputs().forEach(p -> assertThat(text).contains("`" + p.name() + "`"));
      }
      for (int t = 0; t < Wording.CHINESE.templates(); t++) {
        String text = chinese.write(graph, t);
        assertThat(text).doesNotContain("{").doesNotContain("%s").endsWith("。");
        graph.inputs().forEach(p -> assertThat(text).contains("`" + p.name() + "`"));
      }
    }
  }

  @Test
  void anotherWeightAloneChangesWhatIsDrawn() {
    Grammar maps = new Grammar(new Grammar.Shapes(0, 0, 0, 1, 0, 0, 0), Grammar.CHAINS.depths());
    Composer other = new Composer(BASES, Halves.of(BASES, 17, 0), 17, maps);
    for (long i = 0; i < 100; i++) {
      assertThat(other.graph(Family.COMPOSITE_B, i).steps())
          .filteredOn(s -> s.form() == Form.MAP)
          .hasSize(1);
      assertThat(
              new Composer(BASES, Halves.of(BASES, 17, 0), 17, Grammar.CHAINS)
                  .graph(Family.COMPOSITE_B, i % 5)
                  .steps())
          .allMatch(s -> s.form() == Form.APPLY);
    }
  }

  @Test
  void aGrammarWithoutGraphsIsRefused() {
    List<Double> one = List.of(1.0);
    Grammar conditionals =
        new Grammar(
            new Grammar.Shapes(0, 0, 0, 0, 0, 0, 1), new Grammar.Depths(one, one, one, one));
    assertThatThrownBy(
            () ->
                new Composer(BASES, Halves.of(BASES, 17, 0), 17, conditionals)
                    .candidate(Family.COMPOSITE_A, 0))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("composite_a");
    assertThatThrownBy(() -> new Grammar.Shapes(0, 0, 0, 0, 0, 0, 0))
        .hasMessageContaining("shapes must have a positive weight");
    assertThatThrownBy(() -> new Grammar.Shapes(1, -1, 0, 0, 0, 0, 0))
        .hasMessageContaining("got -1.0");
    assertThatThrownBy(
            () -> new Grammar.Depths(java.util.Collections.nCopies(9, 1.0), one, one, one))
        .hasMessageContaining("depths.composite_a");
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void everyGraphOfTheShippedAtomsFitsThroughout(Shape shape) {
    Grammar grammar = grammar(shape, 5);
    Composer shaped = new Composer(BASES, Halves.of(BASES, 3, 0), 3, grammar);
    Set<String> hashes = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      Graph graph = shaped.graph(Family.COMPOSITE_A, i);
      assertThat(graph.fits()).as(graph.key()).isTrue();
      hashes.add(graph.hash());
    }
    assertThat(hashes).hasSizeGreaterThan(190);
  }

  private static Grammar grammar(Shape shape, int depth) {
    double[] w = new double[Shape.values().length];
    w[shape.ordinal()] = 1;
    List<Double> depths = new ArrayList<>(Collections.nCopies(depth - 1, 0.0));
    depths.add(1.0);
    return new Grammar(
        new Grammar.Shapes(w[0], w[1], w[2], w[3], w[4], w[5], w[6]),
        new Grammar.Depths(depths, depths, depths, depths));
  }
}
