package io.atomforge.generation;

/** Follows completions while they are decoded; called on the thread that decodes. */
public interface Decoding {
  /**
   * Whether a completion ends here, beside the end token and the greatest length.
   *
   * @param row place of the completion in the request
   * @param tokens what it has so far, shape (T,)
   */
  default boolean ends(int row, int[] tokens) {
    return false;
  }

  /** A completion has ended; others may go on. */
  void finished(int row, Completion completion);
}
