package io.atomforge.dataset;

import io.atomforge.random.Hashes;
import java.util.List;
import java.util.Locale;

/**
 * What a problem is for: 80 % training, 5 % validation, 15 % test. It depends on the ordered atoms
 * alone, so that problems that differ only in literals, wording or language stay in one split, and
 * what one warehouse trains on no other one asks, whatever their seeds.
 */
public enum Split {
  TRAIN,
  VALIDATION,
  TEST;

  /** 80 % and 85 % of the way from hash 00000000 to ffffffff. */
  private static final String TRAIN_END = "cccccccc";

  private static final String VALIDATION_END = "d9999999";

  /**
   * @param atomIds the atoms, one per step
   * @throws IllegalArgumentException if it is empty
   */
  public static Split of(List<String> atomIds) {
    if (atomIds.isEmpty()) {
      throw new IllegalArgumentException("A split needs the problem's atom_ids, got none");
    }
    String hash = Hashes.of(String.join(",", atomIds));
    return hash.compareTo(TRAIN_END) < 0
        ? TRAIN
        : hash.compareTo(VALIDATION_END) < 0 ? VALIDATION : TEST;
  }

  /**
   * The same in Spark's SQL, so that a table can demand it.
   *
   * @param atomIds column of arrays of text
   * @return an expression that gives the {@link #label}
   */
  public static String sql(String atomIds) {
    String hash = "sha2(array_join(" + atomIds + ", ','), 256)";
    return "CASE WHEN %1$s < '%2$s' THEN 'train' WHEN %1$s < '%3$s' THEN 'validation' ELSE 'test' END"
        .formatted(hash, TRAIN_END, VALIDATION_END);
  }

  /**
   * @return the name in tables and files: {@code train}, {@code validation} or {@code test}
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
