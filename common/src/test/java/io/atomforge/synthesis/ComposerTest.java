package io.atomforge.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ComposerTest {
  private static final List<Atom> BASES =
      AtomCatalog.load("").atoms().stream().filter(a -> a.variant() == Atom.Variant.BASE).toList();
  private final Composer composer = new Composer(BASES, 17);

  @Test
  void theHalvesAreEqualInEveryTopicAndShareNoAtom() {
    assertThat(composer.halfA()).hasSize(50).doesNotContainAnyElementsOf(composer.halfB());
    assertThat(
            composer.halfA().stream()
                .collect(Collectors.groupingBy(Atom::topic, Collectors.counting()))
                .values())
        .containsOnly(5L);
  }

  @Test
  void familiesDrawFromTheirOwnAtomsAndLengths() {
    for (long i = 0; i < 300; i++) {
      Chain a = composer.chain(Family.COMPOSITE_A, i);
      Chain b = composer.chain(Family.COMPOSITE_B, i);
      Chain c = composer.chain(Family.COMPOSITE_C, i);
      assertThat(composer.halfA()).containsAll(a.atoms());
      assertThat(composer.halfB()).containsAll(b.atoms());
      assertThat(a.steps().size()).isBetween(2, 3);
      boolean mixed =
          c.atoms().stream().anyMatch(composer.halfA()::contains)
              && c.atoms().stream().anyMatch(composer.halfB()::contains);
      assertThat(mixed || c.steps().size() >= 4).isTrue();
      assertThat(a.fits() && b.fits() && c.fits()).isTrue();
    }
  }

  @Test
  void aCandidateDependsOnSeedFamilyAndIndexAlone() {
    List<Atom> shuffled = new ArrayList<>(BASES);
    Collections.reverse(shuffled);
    Composer other = new Composer(shuffled, 17);
    for (long i : new long[] {5, 0, 99, 3}) {
      assertThat(other.candidate(Family.COMPOSITE_C, i).key())
          .isEqualTo(composer.candidate(Family.COMPOSITE_C, i).key());
    }
    assertThat(
            LongStream.range(0, 50)
                .mapToObj(i -> new Composer(BASES, 18).chain(Family.COMPOSITE_A, i).key())
                .toList())
        .isNotEqualTo(
            LongStream.range(0, 50)
                .mapToObj(i -> composer.chain(Family.COMPOSITE_A, i).key())
                .toList());
  }

  @Test
  void aModifiedAtomIsTheSameProblemWithAVariantInItsPlace() {
    Composer all = new Composer(AtomCatalog.load("").atoms(), 17);
    for (long i = 0; i < 300; i++) {
      Candidate base = composer.candidate(Family.ATOM, i / 3);
      Candidate modified = all.candidate(Family.ATOM_MODIFY, i);
      Atom.Variant kind =
          List.of(Atom.Variant.SURFACE, Atom.Variant.IDIOM, Atom.Variant.SEMANTIC)
              .get((int) (i % 3));
      Atom atom = modified.chain().atoms().get(0);
      assertThat(atom.variant()).isEqualTo(kind);
      assertThat(atom.atomId()).startsWith(base.chain().atomIds().get(0) + "~");
      assertThat(modified.chain().steps().get(0).sides())
          .isEqualTo(base.chain().steps().get(0).sides());
      assertThat(modified.english()).isEqualTo(base.english());
      assertThat(Renderer.english(modified.chain(), 0).equals(Renderer.english(base.chain(), 0)))
          .isEqualTo(kind == Atom.Variant.IDIOM);
      assertThat(Renderer.inline(modified.chain())).isNotEqualTo(Renderer.inline(base.chain()));
    }
  }

  @Test
  void everyPromptNamesItsParametersAndFillsEveryPlace() {
    for (long i = 0; i < 300; i++) {
      Candidate candidate = composer.candidate(Family.COMPOSITE_C, i);
      for (int t = 0; t < Renderer.englishTemplates(); t++) {
        String english = Renderer.english(candidate.chain(), t);
        assertThat(english).doesNotContain("{").doesNotContain("%s").contains("solve(");
        candidate.chain().inputs().forEach(p -> assertThat(english).contains("`" + p.name() + "`"));
      }
      for (int t = 0; t < Renderer.chineseTemplates(); t++) {
        String chinese = Renderer.chinese(candidate.chain(), t);
        assertThat(chinese).doesNotContain("{").doesNotContain("%s").endsWith("。");
      }
    }
  }

  @Test
  void aChainIsRenderedAsWiringInBothStyles() {
    Chain chain =
        LongStream.range(0, 1000)
            .mapToObj(i -> composer.chain(Family.COMPOSITE_A, i))
            .filter(
                c ->
                    c.steps().size() == 2
                        && c.inputs().size() == 1
                        && c.steps().stream().allMatch(s -> s.sides().isEmpty()))
            .findFirst()
            .orElseThrow();
    String input = chain.inputs().get(0).name();
    String wiring =
        "def solve(%s):\n    x = %s(%s)\n    x = %s(x)\n    return x\n"
            .formatted(input, chain.atoms().get(0).name(), input, chain.atoms().get(1).name());
    assertThat(Renderer.call(chain)).isEqualTo(wiring);
    assertThat(Renderer.inline(chain))
        .endsWith(wiring)
        .contains("def " + chain.atoms().get(0).name() + "(");
  }

  @Test
  void partsAreTheShorterChainsThatStillFit() {
    for (long i = 0; i < 200; i++) {
      Chain chain = composer.chain(Family.COMPOSITE_C, i);
      for (Chain.Part part : chain.parts()) {
        assertThat(part.chain().fits()).isTrue();
        assertThat(part.chain().steps().size()).isLessThan(chain.steps().size());
        assertThat(part.inputs()).hasSize(part.chain().inputs().size()).startsWith(0);
        for (int p = 1; p < part.inputs().size(); p++) {
          String whole = chain.inputs().get(part.inputs().get(p)).parameter().toString();
          assertThat(part.chain().inputs().get(p).parameter().toString()).isEqualTo(whole);
        }
      }
    }
  }
}
