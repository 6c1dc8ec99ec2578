package io.atomforge.dataset;

import io.atomforge.random.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a problem is for: 80 % training, 5 % validation, 15 % test. */
public enum Split {
  TRAIN,
  VALIDATION,
  TEST;

  /**
   * Depends on the ordered atoms alone, so that problems that differ only in literals, wording or
   * language stay in one split.
   *
   * @param atomIds the chain, first applied first
   * @throws IllegalArgumentException if it is empty
   */
  public static Split of(long seed, List<String> atomIds) {
    if (atomIds.isEmpty()) {
      throw new IllegalArgumentException("A split needs the problem's atom_ids, got none");
    }
    List<Object> path = new ArrayList<>(atomIds);
    path.add(0, "split");
    double point = (Seeds.derive(seed, path.toArray()) >>> 11) * 0x1p-53;
    return point < 0.80 ? TRAIN : point < 0.85 ? VALIDATION : TEST;
  }

  /**
   * @return the name in tables and files: {@code train}, {@code validation} or {@code test}
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
