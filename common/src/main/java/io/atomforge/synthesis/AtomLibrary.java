package io.atomforge.synthesis;

import io.atomforge.atoms.Atom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The atoms that wiring may call: turns it into a complete program by putting the ones it names
 * before it.
 */
public final class AtomLibrary {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");

  private final Map<String, Atom> atoms = new HashMap<>();
  private final List<Atom> bases = new ArrayList<>();
  private final Renderer renderer = new Renderer();

  /**
   * @param atoms base and semantic ones; other variants share the base's name and are not callable
   */
  public AtomLibrary(Iterable<Atom> atoms) {
    for (Atom atom : atoms) {
      if (atom.variant() == Atom.Variant.BASE || atom.variant() == Atom.Variant.SEMANTIC) {
        this.atoms.put(atom.name(), atom);
      }
      if (atom.variant() == Atom.Variant.BASE) {
        bases.add(atom);
      }
    }
  }

  /** The base atoms, in the order given. */
  List<Atom> bases() {
    return List.copyOf(bases);
  }

  /** Every atom that {@code wiring} names, by name. */
  List<Atom> named(String wiring) {
    Map<String, Atom> named = new TreeMap<>();
    for (Matcher m = NAME.matcher(wiring); m.find(); ) {
      Atom atom = atoms.get(m.group());
      if (atom != null) {
        named.put(m.group(), atom);
      }
    }
    return List.copyOf(named.values());
  }

  /**
   * @param wiring source that may call atoms
   * @return the same source after the code of every atom that it names
   */
  public String program(String wiring) {
    List<Atom> named = named(wiring);
    return named.isEmpty() ? wiring : renderer.definitions(named) + "\n\n\n" + wiring;
  }
}
