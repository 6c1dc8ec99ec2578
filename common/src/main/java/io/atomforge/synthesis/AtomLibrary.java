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
 * before it. Threads may share one.
 */
public final class AtomLibrary {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");

  /** Comments and texts of Python, in which nothing is called. */
  private static final Pattern SILENT =
      Pattern.compile(
          "(?s)(\"\"\"|''').*?\\1|\"[^\"\\\\\n]*+(?:\\\\.[^\"\\\\\n]*+)*+\""
              + "|'[^'\\\\\n]*+(?:\\\\.[^'\\\\\n]*+)*+'|#[^\n]*");

  private static final Pattern CALL =
      Pattern.compile("(?<!\\bdef )\\b([A-Za-z_][A-Za-z_0-9]*)\\s*\\(");

  private final Map<String, Atom> atoms = new HashMap<>();
  private final List<Atom> bases = new ArrayList<>();

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
  public List<Atom> bases() {
    return List.copyOf(bases);
  }

  /** Whether programs may call an atom of this name. */
  public boolean has(String name) {
    return atoms.containsKey(name);
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
   * How often a text mentions each atom.
   *
   * @return by name, only those that it mentions
   */
  public Map<String, Integer> mentions(String text) {
    return count(NAME.matcher(text), 0);
  }

  /**
   * In how many places a program calls each atom, whether these places are reached or not.
   *
   * @return by name, only those that it calls
   */
  public Map<String, Integer> calls(String program) {
    return count(CALL.matcher(withoutSilent(program)), 1);
  }

  /** A program with a space in the place of each comment and each text. */
  public static String withoutSilent(String program) {
    return SILENT.matcher(program).replaceAll(" ");
  }

  private Map<String, Integer> count(Matcher names, int group) {
    Map<String, Integer> counts = new TreeMap<>();
    while (names.find()) {
      if (atoms.containsKey(names.group(group))) {
        counts.merge(names.group(group), 1, Integer::sum);
      }
    }
    return counts;
  }

  /**
   * @param wiring source that may call atoms
   * @return the same source after the code of every atom that it names
   */
  public String program(String wiring) {
    List<Atom> named = named(wiring);
    return named.isEmpty() ? wiring : new Renderer().definitions(named) + "\n\n\n" + wiring;
  }
}
