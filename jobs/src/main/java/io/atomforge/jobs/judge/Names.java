package io.atomforge.jobs.judge;

import io.atomforge.random.Seeds;
import java.util.Arrays;

/** Names that were seen, by a hash of 64 bits each, so that many of them need little memory. */
final class Names {
  private long[] slots = new long[1024];
  private int count;

  /** Whether the name is new. */
  boolean add(String name) {
    long hash = Seeds.derive(0, name);
    hash = hash == 0 ? 1 : hash; // 0 is an empty slot
    if (2 * count >= slots.length) {
      long[] before = slots;
      slots = new long[2 * before.length];
      Arrays.stream(before).filter(h -> h != 0).forEach(h -> slots[slot(h)] = h);
    }
    int slot = slot(hash);
    boolean added = slots[slot] == 0;
    slots[slot] = hash;
    count += added ? 1 : 0;
    return added;
  }

  /** Where the hash stands or would stand. */
  private int slot(long hash) {
    int slot = (int) (hash & (slots.length - 1));
    while (slots[slot] != 0 && slots[slot] != hash) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }
}
