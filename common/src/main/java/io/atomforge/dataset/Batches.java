package io.atomforge.dataset;

import java.util.ArrayList;
import java.util.List;

/**
 * Deals sequences out in batches of one size, epoch after epoch. Each epoch is a new random order
 * that only seed, epoch and ids decide; a batch that reaches the end of one takes the rest from the
 * start of the next, so every batch is full and every sequence comes once an epoch.
 *
 * <p>The {@link Cursor} is the whole state: a run that stores it continues exactly. Not
 * thread-safe.
 */
public final class Batches {
  /**
   * Where the next batch starts.
   *
   * @param epoch 0 or more
   * @param position in the epoch's order, 0 or more
   */
  public record Cursor(int epoch, int position) {
    /** The beginning of a run. */
    public static final Cursor START = new Cursor(0, 0);

    /**
     * @throws IllegalArgumentException if a component is negative
     */
    public Cursor {
      if (epoch < 0 || position < 0) {
        throw new IllegalArgumentException("No cursor is at epoch " + epoch + ", " + position);
      }
    }
  }

  /**
   * @param sequenceIds as many as the batch size
   * @param next where the batch after this one starts
   */
  public record Batch(List<String> sequenceIds, Cursor next) {
    public Batch {
      sequenceIds = List.copyOf(sequenceIds);
    }
  }

  private final List<String> sequenceIds;
  private final int batchSize;
  private final long seed;
  private int epoch = -1;
  private List<String> order = List.of();

  /**
   * @param sequenceIds distinct, in any order, at least one
   * @param batchSize sequences per batch, 1 or more; it may exceed their number
   * @throws IllegalArgumentException if there is nothing to deal or the size is below 1
   */
  public Batches(List<String> sequenceIds, int batchSize, long seed) {
    if (sequenceIds.isEmpty() || batchSize < 1) {
      throw new IllegalArgumentException(
          "Batches need a sequence and a batch size of 1 or more, got "
              + sequenceIds.size()
              + " sequences and size "
              + batchSize);
    }
    this.sequenceIds = List.copyOf(sequenceIds);
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /**
   * @throws IllegalArgumentException if {@code cursor} lies past the end, being of another set, or
   *     ids repeat
   */
  public Batch at(Cursor cursor) {
    if (cursor.position() >= sequenceIds.size()) {
      throw new IllegalArgumentException(
          cursor
              + " is past the end of "
              + sequenceIds.size()
              + " sequences; is it another set's?");
    }
    List<String> batch = new ArrayList<>(batchSize);
    int atEpoch = cursor.epoch();
    int position = cursor.position();
    while (batch.size() < batchSize) {
      int end = Math.min(sequenceIds.size(), position + batchSize - batch.size());
      batch.addAll(order(atEpoch).subList(position, end));
      position = end;
      if (position == sequenceIds.size()) {
        position = 0;
        atEpoch++;
      }
    }
    return new Batch(batch, new Cursor(atEpoch, position));
  }

  /**
   * @return batches until every sequence came {@code epochs} times, the last one reaching past the
   *     end if it must
   */
  public long count(int epochs) {
    return ((long) epochs * sequenceIds.size() + batchSize - 1) / batchSize;
  }

  private List<String> order(int wanted) {
    if (wanted != epoch) {
      order = Mixture.order(sequenceIds, seed, "epoch", wanted);
      epoch = wanted;
    }
    return order;
  }
}
