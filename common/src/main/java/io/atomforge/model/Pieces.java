package io.atomforge.model;

import java.io.Serializable;
import java.util.List;

/**
 * Numbers on their way between machines: little-endian bytes, in pieces because a Java array holds
 * 2 GiB at most.
 *
 * @param bytes each but the last of {@link #VALUES} numbers
 * @param type of the numbers; bf16 halves what travels
 */
public record Pieces(List<byte[]> bytes, Precision type) implements Serializable {
  /** Numbers of a piece. */
  static final int VALUES = 1 << 22;

  public Pieces {
    bytes = List.copyOf(bytes);
  }

  /** Bytes of all pieces. */
  public long size() {
    return bytes.stream().mapToLong(piece -> piece.length).sum();
  }
}
