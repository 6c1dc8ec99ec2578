package io.atomforge.jobs.tracking;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * A file of scalars that TensorBoard reads: records with checksums (TFRecord), each a protocol
 * buffer of type {@code tensorflow.Event}. Not thread-safe.
 */
final class EventFile implements Closeable {
  private static final int DOUBLE = 1;
  private static final int VARINT = 0;
  private static final int BYTES = 2;
  private static final int FLOAT = 5;

  private final OutputStream out;

  /**
   * Begins a file with the version record.
   *
   * @param out closed with this object; its file's name must contain {@code tfevents}
   * @param wallSeconds since 1970
   */
  EventFile(OutputStream out, double wallSeconds) throws IOException {
    this.out = out;
    byte[] version = "brain.Event:2".getBytes(StandardCharsets.US_ASCII);
    record(message(version.length).put(wall(wallSeconds)).put(bytes(3, version)));
  }

  /** Appends one number and hands it to the operating system. */
  void scalar(String tag, long step, double value, double wallSeconds) throws IOException {
    byte[] name = tag.getBytes(StandardCharsets.UTF_8);
    ByteBuffer scalar = message(name.length).put(bytes(1, name));
    scalar.put((byte) (2 << 3 | FLOAT)).putFloat((float) value);
    ByteBuffer event = message(name.length).put(wall(wallSeconds));
    if (step != 0) {
      event.put((byte) (2 << 3 | VARINT));
      varint(event, step);
    }
    record(event.put(bytes(5, bytes(1, array(scalar)).array())));
    out.flush();
  }

  private static ByteBuffer wall(double seconds) {
    return ByteBuffer.allocate(9)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) (1 << 3 | DOUBLE))
        .putDouble(seconds)
        .flip();
  }

  /** A length-delimited field. */
  private static ByteBuffer bytes(int field, byte[] content) {
    ByteBuffer result = ByteBuffer.allocate(content.length + 6).put((byte) (field << 3 | BYTES));
    varint(result, content.length);
    return ByteBuffer.wrap(array(result.put(content)));
  }

  private static void varint(ByteBuffer target, long value) {
    long left = value;
    for (; (left & ~0x7fL) != 0; left >>>= 7) {
      target.put((byte) (left & 0x7f | 0x80));
    }
    target.put((byte) left);
  }

  private void record(ByteBuffer message) throws IOException {
    byte[] data = array(message);
    byte[] length = new byte[8];
    little(length).putLong(data.length);
    out.write(length);
    out.write(checksum(length));
    out.write(data);
    out.write(checksum(data));
  }

  /** CRC-32C, rotated and shifted so that checksums of checksums stay useful. */
  private static byte[] checksum(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    byte[] result = new byte[4];
    little(result).putInt(Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8);
    return result;
  }

  /** Room for a message around a text of so many bytes. */
  private static ByteBuffer message(int length) {
    return ByteBuffer.allocate(length + 64).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] array(ByteBuffer written) {
    byte[] result = new byte[written.position()];
    written.flip().get(result);
    return result;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
