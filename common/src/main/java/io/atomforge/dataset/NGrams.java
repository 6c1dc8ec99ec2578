package io.atomforge.dataset;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs of n words that occur in texts of others. Words are letters, digits and underscores in lower
 * case; each Chinese character is a word; all else does not count.
 */
public final class NGrams implements java.io.Serializable {
  private static final long serialVersionUID = 1L;
  private static final Pattern WORD = Pattern.compile("\\p{IsHan}|[\\p{L}\\p{N}_&&[^\\p{IsHan}]]+");

  private final int n;
  private final Map<String, String> owners = new HashMap<>();

  /**
   * @param n words in a run, 1 or more
   */
  public NGrams(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("n must be 1 or more, got " + n);
    }
    this.n = n;
  }

  /**
   * A text of fewer than n words is one run.
   *
   * @param owner whose text it is, for {@link #owner}
   */
  public void add(String owner, String text) {
    runs(text).forEach(run -> owners.putIfAbsent(run, owner));
  }

  /**
   * @return the first run of {@code text} that another text has, and that text's owner
   */
  public Optional<String> owner(String text) {
    return runs(text).stream()
        .filter(owners::containsKey)
        .findFirst()
        .map(run -> owners.get(run) + ": \"" + run + "\"");
  }

  private Collection<String> runs(String text) {
    List<String> words = new ArrayList<>();
    for (Matcher m = WORD.matcher(text.toLowerCase(Locale.ROOT)); m.find(); ) {
      words.add(m.group());
    }
    List<String> runs = new ArrayList<>();
    for (int i = 0; i == 0 || i + n <= words.size(); i++) {
      runs.add(String.join(" ", words.subList(i, Math.min(words.size(), i + n))));
    }
    runs.remove("");
    return runs;
  }
}
