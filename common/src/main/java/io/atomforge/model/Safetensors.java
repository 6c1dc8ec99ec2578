package io.atomforge.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One file in the safetensors format: 8 bytes of header length, a JSON header, then the tensors'
 * bytes. Values are fp32 here and F32, F16 or BF16 in the file.
 */
final class Safetensors {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_HEADER = 100_000_000;

  private final Path file;
  private final Map<String, Stored> stored = new HashMap<>();

  private record Stored(String type, List<Integer> shape, long start, long end) {}

  /**
   * A tensor to write.
   *
   * @param values little-endian fp32, all that remains in the buffer
   */
  record Tensor(String name, List<Integer> shape, ByteBuffer values) {}

  private Safetensors(Path file) {
    this.file = file;
  }

  /**
   * Reads the header.
   *
   * @throws IllegalArgumentException if the file is none of this format or shorter than it says
   */
  static Safetensors open(Path file) throws IOException {
    Safetensors result = new Safetensors(file);
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      long header = size < 8 ? -1 : result.map(channel, 0, 8).getLong();
      if (header < 2 || header > Math.min(MAX_HEADER, size - 8)) {
        throw result.broken("is no safetensors file");
      }
      byte[] text = new byte[(int) header];
      result.map(channel, 8, header).get(text);
      JsonNode json = JSON.readTree(text);
      for (String name : (Iterable<String>) json::fieldNames) {
        if (!name.equals("__metadata__")) {
          result.stored.put(name, result.parse(name, json.get(name), 8 + header, size));
        }
      }
    } catch (JsonProcessingException e) {
      throw result.broken("has a header that is no JSON");
    }
    return result;
  }

  private Stored parse(String name, JsonNode json, long base, long size) {
    List<Integer> shape = new ArrayList<>();
    long bytes = json.path("dtype").asText().equals("F32") ? 4 : 2;
    for (JsonNode length : json.path("shape")) {
      shape.add(length.asInt());
      bytes *= length.asInt();
    }
    long start = base + json.path("data_offsets").path(0).asLong(-1);
    long end = base + json.path("data_offsets").path(1).asLong(-1);
    String type = json.path("dtype").asText();
    if (List.of("F32", "F16", "BF16").contains(type)
        && (start < base || end - start != bytes || end > size)) {
      throw broken("is truncated or has wrong offsets at " + name);
    }
    return new Stored(type, List.copyOf(shape), start, end);
  }

  boolean contains(String name) {
    return stored.containsKey(name);
  }

  /**
   * Copies a tensor, as fp32, to where the target stands.
   *
   * @throws IllegalArgumentException if it is missing, of another shape or of another type
   */
  void read(String name, List<Integer> shape, FloatBuffer target) throws IOException {
    Stored tensor = stored.get(name);
    if (tensor == null) {
      throw broken("has no tensor " + name);
    }
    if (!tensor.shape().equals(shape)) {
      throw broken(
          String.format("tensor %s has shape %s, expected %s", name, tensor.shape(), shape));
    }
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer bytes = map(channel, tensor.start(), tensor.end() - tensor.start());
      switch (tensor.type()) {
        case "F32" -> target.put(bytes.asFloatBuffer());
        case "BF16" -> {
          while (bytes.hasRemaining()) {
            target.put(Float.intBitsToFloat(bytes.getShort() << 16));
          }
        }
        case "F16" -> {
          while (bytes.hasRemaining()) {
            target.put(halfToFloat(bytes.getShort()));
          }
        }
        default -> throw broken("tensor " + name + " has unsupported type " + tensor.type());
      }
    }
  }

  /** Writes tensors one behind the other and forces them to the disk. */
  static void write(Path file, List<Tensor> tensors, Precision stored) throws IOException {
    int width = stored == Precision.FP32 ? 4 : 2;
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (Tensor tensor : tensors) {
      ObjectNode node = header.putObject(tensor.name());
      node.put("dtype", stored == Precision.FP32 ? "F32" : "BF16");
      node.putPOJO("shape", tensor.shape());
      long end = offset + tensor.values().remaining() / 4L * width;
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] text = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8;
    ByteBuffer head = little(8 + padded);
    head.putLong(padded).put(text);
    while (head.hasRemaining()) {
      head.put((byte) ' ');
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      writeAll(channel, head.flip());
      for (Tensor tensor : tensors) {
        ByteBuffer values = tensor.values().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        writeAll(channel, stored == Precision.FP32 ? values : toBf16(values));
      }
      channel.force(true);
    }
  }

  /** Rounds to nearest, ties to even; a NaN stays one. */
  static ByteBuffer toBf16(ByteBuffer values) {
    ByteBuffer result = little(values.remaining() / 2);
    while (values.hasRemaining()) {
      int bits = values.getInt();
      boolean nan = (bits & 0x7fffffff) > 0x7f800000;
      int rounded = nan ? bits | 0x400000 : bits + 0x7fff + ((bits >>> 16) & 1);
      result.putShort((short) (rounded >>> 16));
    }
    return result.flip();
  }

  private static float halfToFloat(short half) {
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Float.intBitsToFloat((exponent + 112) << 23 | fraction << 13);
        };
    return half < 0 ? -magnitude : magnitude;
  }

  private ByteBuffer map(FileChannel channel, long start, long length) throws IOException {
    return channel.map(FileChannel.MapMode.READ_ONLY, start, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private IllegalArgumentException broken(String what) {
    return new IllegalArgumentException(file + " " + what);
  }
}
