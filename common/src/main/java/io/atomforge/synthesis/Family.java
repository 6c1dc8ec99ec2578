package io.atomforge.synthesis;

/** Where a problem comes from (recipes 1.4). */
public enum Family {
  /** One atom alone; all hundred, so that every atom is known. */
  ATOM,
  /** Chains over the atoms of S_A: what is trained on. */
  COMPOSITE_A,
  /** Chains over the atoms of S_B, which are only ever trained on alone: the target domain. */
  COMPOSITE_B,
  /** Chains that mix both halves, or that are longer: the second unseen domain. */
  COMPOSITE_C;

  /** The name in tables: lower case. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
