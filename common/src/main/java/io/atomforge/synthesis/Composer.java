package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Atom.Variant;
import io.atomforge.atoms.InputGenerator;
import io.atomforge.random.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Draws candidates: the chain and the words of index i of a family are a pure function of (seed,
 * family, i). The atoms fall into two halves S_A and S_B, stratified by topic (recipes 1.4).
 */
public final class Composer {
  private static final int SHORTEST = 2;
  private static final int USUAL = 3;
  private static final int LONGEST = 5;
  private static final List<Variant> KINDS =
      List.of(Variant.SURFACE, Variant.IDIOM, Variant.SEMANTIC);

  private final long seed;
  private final List<Atom> atoms;
  private final Map<String, Atom> variants;
  private final List<Atom> halfA;
  private final List<Atom> halfB;
  private final ChainSpace spaceA;
  private final ChainSpace spaceB;
  private final ChainSpace spaceAll;

  /**
   * @param atoms the base atoms, and their variants if {@link Family#ATOM_MODIFY} is drawn from; in
   *     any order
   * @throws IllegalArgumentException if a half has no chain of two atoms
   */
  public Composer(List<Atom> atoms, long seed) {
    this.seed = seed;
    this.atoms =
        atoms.stream()
            .filter(a -> a.variant() == Variant.BASE)
            .sorted(Comparator.comparing(Atom::atomId))
            .toList();
    this.variants =
        atoms.stream()
            .filter(a -> a.variant() != Variant.BASE)
            .collect(Collectors.toMap(Atom::atomId, a -> a));
    Map<String, List<Atom>> topics =
        this.atoms.stream()
            .collect(Collectors.groupingBy(Atom::topic, TreeMap::new, Collectors.toList()));
    List<Atom> a = new ArrayList<>();
    List<Atom> b = new ArrayList<>();
    for (List<Atom> topic : topics.values()) {
      List<Atom> shuffled = new ArrayList<>(topic);
      shuffled.sort(Comparator.comparingLong(atom -> Seeds.derive(seed, "half", atom.atomId())));
      int middle = (shuffled.size() + 1) / 2;
      a.addAll(shuffled.subList(0, middle));
      b.addAll(shuffled.subList(middle, shuffled.size()));
    }
    halfA = List.copyOf(a);
    halfB = List.copyOf(b);
    spaceA = new ChainSpace(halfA);
    spaceB = new ChainSpace(halfB);
    spaceAll = new ChainSpace(this.atoms);
    if (spaceA.count(SHORTEST).signum() == 0 || spaceB.count(SHORTEST).signum() == 0) {
      throw new IllegalArgumentException(
          "The atoms do not chain: a half of them has no two that fit together");
    }
  }

  /** The atoms of S_A, which composites are trained on. */
  public List<Atom> halfA() {
    return halfA;
  }

  /** The atoms of S_B, which are trained on alone only. */
  public List<Atom> halfB() {
    return halfB;
  }

  /**
   * @param index 0 or more; for {@link Family#ATOM} index i is atom i modulo their number, for
   *     {@link Family#ATOM_MODIFY} the chain of atom i / 3 with a variant of each kind in turn
   */
  Chain chain(Family family, long index) {
    if (family == Family.ATOM_MODIFY) {
      Chain.Step step = chain(Family.ATOM, index / KINDS.size()).steps().get(0);
      Variant kind = KINDS.get((int) (index % KINDS.size()));
      return new Chain(List.of(new Chain.Step(variants.get(kind.of(step.atom())), step.sides())));
    }
    SplittableRandom random = Seeds.random(seed, "chain", family.label(), index);
    List<Atom> drawn =
        switch (family) {
          case ATOM, ATOM_MODIFY -> List.of(atoms.get((int) (index % atoms.size())));
          case COMPOSITE_A -> draw(spaceA, SHORTEST, USUAL, random);
          case COMPOSITE_B -> draw(spaceB, SHORTEST, USUAL, random);
          case COMPOSITE_C -> mixedOrLong(random);
        };
    List<Chain.Step> steps = new ArrayList<>();
    for (Atom atom : drawn) {
      List<JsonNode> sides = new ArrayList<>();
      for (Atom.Parameter side : atom.params().subList(1, atom.params().size())) {
        sides.add(
            random.nextBoolean()
                ? MissingNode.getInstance()
                : InputGenerator.draw(side.generate(), random));
      }
      steps.add(new Chain.Step(atom, sides));
    }
    return new Chain(steps);
  }

  private static List<Atom> draw(
      ChainSpace space, int shortest, int longest, SplittableRandom random) {
    return space.draw(shortest + random.nextInt(longest - shortest + 1), random);
  }

  private List<Atom> mixedOrLong(SplittableRandom random) {
    if (random.nextBoolean()) {
      return draw(spaceAll, USUAL + 1, LONGEST, random);
    }
    while (true) {
      List<Atom> drawn = draw(spaceAll, SHORTEST, USUAL, random);
      if (drawn.stream().anyMatch(halfA::contains) && drawn.stream().anyMatch(halfB::contains)) {
        return drawn;
      }
    }
  }

  /**
   * The chain of an index with the words for it; the renderings of an atom take the templates in
   * turn.
   */
  public Candidate candidate(Family family, long index) {
    if (family == Family.ATOM_MODIFY) {
      Candidate base = candidate(Family.ATOM, index / KINDS.size());
      return new Candidate(family, index, chain(family, index), base.english(), base.chinese());
    }
    SplittableRandom random = Seeds.random(seed, "template", family.label(), index);
    return new Candidate(
        family,
        index,
        chain(family, index),
        family == Family.ATOM
            ? (int) (index / atoms.size() % Renderer.englishTemplates())
            : random.nextInt(Renderer.englishTemplates()),
        random.nextInt(Renderer.chineseTemplates()));
  }

  /**
   * @return how many chains of each length 2 to 5 each half and all atoms have, for the report
   */
  public Map<String, String> counts() {
    Map<String, String> counts = new TreeMap<>();
    for (int length = SHORTEST; length <= LONGEST; length++) {
      counts.put("S_A length " + length, spaceA.count(length).toString());
      counts.put("S_B length " + length, spaceB.count(length).toString());
      counts.put("all length " + length, spaceAll.count(length).toString());
    }
    return counts;
  }
}
