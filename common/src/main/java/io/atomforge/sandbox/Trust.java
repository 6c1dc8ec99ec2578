package io.atomforge.sandbox;

import java.util.Locale;

/** How far the program could have had a hand in its own verdict, most trusted first. */
public enum Trust {
  /** The program's values were compared in the JVM, which it cannot see. */
  VALUES,
  /** A test ran in a process of its own, which the program never entered. */
  SCRIPT,
  /**
   * A test and the program shared a process, because the test does with the program's objects what
   * only works there. A program can be equal to anything and can look for the test.
   */
  SHARED;

  /** As files and tables have it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The trust of a {@link #word}. */
  public static Trust of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Whether this can be trusted at least as far as {@code other}. */
  public boolean isAtLeast(Trust other) {
    return compareTo(other) <= 0;
  }
}
