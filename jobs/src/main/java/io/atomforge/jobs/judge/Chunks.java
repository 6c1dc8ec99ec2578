package io.atomforge.jobs.judge;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.ToLongFunction;

/** Items of an iterator in lists that together fit into memory. */
final class Chunks<T> implements Iterator<List<T>> {
  private static final int ITEMS = 20_000;
  private static final long CHARACTERS = 32L << 20;

  private final Iterator<T> items;
  private final ToLongFunction<T> size;

  /**
   * @param size characters of an item
   */
  Chunks(Iterator<T> items, ToLongFunction<T> size) {
    this.items = items;
    this.size = size;
  }

  @Override
  public boolean hasNext() {
    return items.hasNext();
  }

  /** At least one item. */
  @Override
  public List<T> next() {
    List<T> chunk = new ArrayList<>();
    long characters = 0;
    do {
      T item = items.next();
      chunk.add(item);
      characters += size.applyAsLong(item);
    } while (items.hasNext() && chunk.size() < ITEMS && characters < CHARACTERS);
    return chunk;
  }
}
