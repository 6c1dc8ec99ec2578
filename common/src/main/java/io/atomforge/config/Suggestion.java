package io.atomforge.config;

import java.util.Collection;
import java.util.Comparator;

/** Which known name somebody may have meant. */
public final class Suggestion {
  private Suggestion() {}

  /**
   * @return what a message about an unknown name ends with: the nearest known one, or all
   */
  public static String of(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(k -> distance(name, k)))
        .map(
            best ->
                distance(name, best) <= Math.max(2, name.length() / 2)
                    ? "; did you mean " + best + "?"
                    : "; known keys: " + String.join(", ", known))
        .orElse("");
  }

  /** Levenshtein's: insertions, deletions and changes of one letter. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(cost, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
