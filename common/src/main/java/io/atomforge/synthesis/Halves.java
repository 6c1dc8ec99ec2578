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
 * The atoms in two halves, stratified by topic.
 *
 * @param all in the order of their names
 * @param a S_A, which composites are trained on
 * @param b S_B, which are trained on but never composed
 */
public record Halves(List<Atom> all, List<Atom> a, List<Atom> b) {
  public Halves {
    all = List.copyOf(all);
    a = List.copyOf(a);
    b = List.copyOf(b);
  }

  /**
   * @param atoms the base atoms; their order does not matter
   */
  public static Halves of(List<Atom> atoms, long seed) {
    List<Atom> all = atoms.stream().sorted(Comparator.comparing(Atom::atomId)).toList();
    Map<String, List<Atom>> topics =
        all.stream().collect(Collectors.groupingBy(Atom::topic, TreeMap::new, Collectors.toList()));
    List<Atom> a = new ArrayList<>();
    List<Atom> b = new ArrayList<>();
    for (List<Atom> topic : topics.values()) {
      List<Atom> shuffled = new ArrayList<>(topic);
      shuffled.sort(Comparator.comparingLong(atom -> Seeds.derive(seed, "half", atom.atomId())));
      int middle = (shuffled.size() + 1) / 2;
      a.addAll(shuffled.subList(0, middle));
      b.addAll(shuffled.subList(middle, shuffled.size()));
    }
    return new Halves(all, a, b);
  }
}
