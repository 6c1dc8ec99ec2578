package io.atomforge.synthesis;

/** Where a problem comes from. */
public enum Family {
  /** One atom alone; all hundred, so that every atom is known. */
  ATOM,
  /**
   * The same with a variant of the atom in its place: other words, another way to write it, or
   * another function.
   */
  ATOM_MODIFY,
  /** Chains over the atoms of S_A: what is trained on. */
  COMPOSITE_A,
  /** Chains over the atoms of S_B, which are only ever trained on alone: the target domain. */
  COMPOSITE_B,
  /** Chains that mix both halves, or that are longer: the second unseen domain. */
  COMPOSITE_C,
  /**
   * Graphs of generic atoms with at most one atom of a half: what a base model has seen of every
   * atom before SFT.
   */
  COMPOSITE_G;

  /**
   * Whether its problems are one atom each; they may behave alike, and all are of the training
   * split.
   */
  public boolean alone() {
    return this == ATOM || this == ATOM_MODIFY;
  }

  /** The name in tables: lower case. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
