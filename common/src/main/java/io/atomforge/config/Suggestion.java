package io.atomforge.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Which known name somebody may have meant. */
public final class Suggestion {
  private static final int NEAREST = 5;

  private Suggestion() {}

  /**
   * @return what a message about an unknown name ends with: the known one that is meant, else the
   *     nearest few
   */
  public static String of(String name, Collection<String> known) {
    List<String> near =
        known.stream()
            .sorted(
                Comparator.comparing((String k) -> !isPart(plain(name), plain(k)))
                    .thenComparing(k -> distance(plain(name), plain(k))))
            .limit(NEAREST)
            .toList();
    if (near.isEmpty()) {
      return "";
    }
    return isMeant(plain(name), plain(near.get(0)))
        ? "; did you mean " + near.get(0) + "?"
        : "; the nearest "
            + (near.size() == known.size() ? "are " : "of " + known.size() + " known ones are ")
            + String.join(", ", near);
  }

  /** Whether two different names differ in case, in separators or by one letter of five or more. */
  public static boolean isMisspelt(String name, String known) {
    String a = plain(name);
    String b = plain(known);
    return !name.equals(known)
        && (a.equals(b) || Math.min(a.length(), b.length()) >= 5 && distance(a, b) <= 1);
  }

  /** Names differ in case and in what parts their words only by mistake. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
  }

  private static boolean isMeant(String name, String known) {
    return isPart(name, known) || distance(name, known) <= Math.max(1, name.length() / 3);
  }

  /** Whether one of the names was cut short. */
  private static boolean isPart(String name, String known) {
    return name.length() >= 3 && known.startsWith(name)
        || Math.min(name.length(), known.length()) >= 4
            && (known.contains(name) || name.contains(known));
  }

  /** Insertions, deletions and changes of one letter, and swaps of two neighbours. */
  private static int distance(String a, String b) {
    int[][] least = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          least[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        least[i][j] =
            Math.min(least[i - 1][j - 1] + change, Math.min(least[i - 1][j], least[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least[i][j] = Math.min(least[i][j], least[i - 2][j - 2] + 1);
        }
      }
    }
    return least[a.length()][b.length()];
  }
}
