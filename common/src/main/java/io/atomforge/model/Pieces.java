package io.atomforge.model;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
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

  /**
   * All values.
   *
   * @param most numbers of a piece
   */
  static Pieces of(Parameters values, Precision type, int most) {
    long size = values.layout().size();
    List<byte[]> pieces = new ArrayList<>();
    ByteBuffer some = little(4 * (int) Math.min(Parameters.WINDOW, size));
    for (long from = 0; from < size; from += most) {
      int length = (int) Math.min(most, size - from);
      ByteBuffer piece = little(length * type.bytes());
      for (int at = 0; at < length; at += some.limit() / 4) {
        some.clear().limit(4 * Math.min(some.capacity() / 4, length - at));
        values.read(from + at, some.asFloatBuffer());
        piece.put(
            type == Precision.FP32 ? some : Precision.toBf16(some.duplicate().order(some.order())));
      }
      pieces.add(piece.array());
    }
    return new Pieces(pieces, type);
  }

  /** Replaces the values of the target, or adds to them. */
  void into(Parameters target, boolean add) {
    target.requireSize((double) size() / type.bytes());
    float[] some = new float[(int) Math.min(Parameters.WINDOW, target.layout().size())];
    float[] own = new float[add ? some.length : 0];
    long at = 0;
    for (byte[] piece : bytes) {
      ByteBuffer left = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
      while (left.hasRemaining()) {
        int n = Math.min(some.length, left.remaining() / type.bytes());
        if (type == Precision.FP32) {
          left.asFloatBuffer().get(some, 0, n);
          left.position(left.position() + 4 * n);
        } else {
          for (int i = 0; i < n; i++) {
            some[i] = Float.intBitsToFloat(left.getShort() << 16);
          }
        }
        if (add) {
          target.read(at, FloatBuffer.wrap(own, 0, n));
          for (int i = 0; i < n; i++) {
            some[i] += own[i];
          }
        }
        target.write(at, FloatBuffer.wrap(some, 0, n));
        at += n;
      }
    }
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes of all pieces. */
  public long size() {
    return bytes.stream().mapToLong(piece -> piece.length).sum();
  }
}
