package io.atomforge.synthesis;

import io.atomforge.atoms.Atom;
import io.atomforge.random.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The atoms in two halves and a generic pool, stratified by topic.
 *
 * @param all in the order of their names
 * @param a S_A, which composites are trained on
 * @param b S_B, which are trained on but never composed with each other
 * @param generic S_G, which are composed with the atoms of both halves for the training of a base
 *     model
 */
public record Halves(List<Atom> all, List<Atom> a, List<Atom> b, List<Atom> generic) {
  public Halves {
    all = List.copyOf(all);
    a = List.copyOf(a);
    b = List.copyOf(b);
    generic = List.copyOf(generic);
  }

  /**
   * The order of the atoms of a half, by which graphs are drawn: by topic, and then by a hash of
   * the seed and the name.
   */
  public static Comparator<Atom> order(long seed) {
    return Comparator.comparing(Atom::topic)
        .thenComparingLong(atom -> Seeds.derive(seed, "half", atom.atomId()));
  }

  /**
   * @param atoms in any order; variants are in no half
   * @param genericPerTopic atoms of each topic that are generic, 0 or more; a topic keeps two atoms
   *     for the halves
   */
  public static Halves of(List<Atom> atoms, long seed, int genericPerTopic) {
    List<Atom> all =
        atoms.stream()
            .filter(atom -> atom.variant() == Atom.Variant.BASE)
            .sorted(Comparator.comparing(Atom::atomId))
            .toList();
    Map<String, List<Atom>> topics =
        all.stream().collect(Collectors.groupingBy(Atom::topic, TreeMap::new, Collectors.toList()));
    List<Atom> a = new ArrayList<>();
    List<Atom> b = new ArrayList<>();
    List<Atom> generic = new ArrayList<>();
    for (List<Atom> topic : topics.values()) {
      List<Atom> shuffled = new ArrayList<>(topic);
      shuffled.sort(order(seed));
      int halved = Math.max(shuffled.size() - genericPerTopic, Math.min(shuffled.size(), 2));
      int middle = (halved + 1) / 2;
      a.addAll(shuffled.subList(0, middle));
      b.addAll(shuffled.subList(middle, halved));
      generic.addAll(shuffled.subList(halved, shuffled.size()));
    }
    return new Halves(all, a, b, generic);
  }
}
