package io.atomforge.tables;

import io.atomforge.dataset.Sequence;

/**
 * One training example of one data set; see table {@code sequences}.
 *
 * @param tokens shape (T,), shared, not copied, as in {@link Sequence}
 * @param lossMask shape (T,)
 */
public record SequenceRow(
    String dataset,
    String sequenceId,
    String problemId,
    String mixture,
    int[] tokens,
    int[] lossMask,
    double weight) {
  public static SequenceRow of(String dataset, Sequence s) {
    return new SequenceRow(
        dataset, s.sequenceId(), s.problemId(), s.mixture(), s.tokens(), s.lossMask(), s.weight());
  }

  /** The example as the trainer sees it. */
  public Sequence sequence() {
    return new Sequence(sequenceId, problemId, mixture, tokens, lossMask, weight);
  }
}
