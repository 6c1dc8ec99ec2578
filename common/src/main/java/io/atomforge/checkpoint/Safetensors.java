package io.atomforge.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One file in the safetensors format: 8 bytes of header length, a JSON header, then the tensors'
 * bytes. Values are fp32 here and F32, F16 or BF16 in the file. They pass in pieces of {@link
 * Parameters#WINDOW} values.
 */
public final class Safetensors {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_HEADER = 100_000_000;
  private static final List<String> TYPES = List.of("F32", "F16", "BF16");

  private final Path file;
  private final Map<String, Stored> stored = new HashMap<>();

  private record Stored(String type, List<Integer> shape, long start, long end) {}

  /**
   * A tensor to write.
   *
   * @param place where {@code from} holds its values
   */
  record Tensor(String name, ParameterLayout.Tensor place, Parameters from) {
    /** What it takes in a file. */
    long bytes(Precision stored) {
      return place.size() * stored.bytes();
    }
  }

  private Safetensors(Path file) {
    this.file = file;
  }

  /**
   * Reads the header.
   *
   * @throws IllegalArgumentException if the file is none of this format or shorter than it says
   */
  public static Safetensors open(Path file) throws IOException {
    Safetensors result = new Safetensors(file);
    if (!Files.isRegularFile(file)) {
      throw result.broken("is missing");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      long header = size < 8 ? -1 : result.read(channel, 0, little(8)).getLong();
      if (header < 2 || header > Math.min(MAX_HEADER, size - 8)) {
        throw result.broken("is no safetensors file");
      }
      byte[] text = result.read(channel, 8, little((int) header)).array();
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
    String type = json.path("dtype").asText();
    long bytes = width(type);
    for (JsonNode length : json.path("shape")) {
      shape.add(length.asInt());
      bytes *= length.asInt();
    }
    long start = base + json.path("data_offsets").path(0).asLong(-1);
    long end = base + json.path("data_offsets").path(1).asLong(-1);
    if (TYPES.contains(type) && (start < base || end - start != bytes || end > size)) {
      throw broken("is truncated or has wrong offsets at " + name);
    }
    return new Stored(type, List.copyOf(shape), start, end);
  }

  /** Shapes of all tensors by name. */
  Map<String, List<Integer>> shapes() {
    return stored.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().shape()));
  }

  /**
   * @throws IllegalArgumentException if a tensor is missing, of another shape or of another type
   */
  void require(String name, List<Integer> shape) {
    find(name, shape);
  }

  private Stored find(String name, List<Integer> shape) {
    Stored tensor = stored.get(name);
    if (tensor == null) {
      throw broken("has no tensor " + name);
    }
    if (!tensor.shape().equals(shape)) {
      throw broken(
          String.format("tensor %s has shape %s, expected %s", name, tensor.shape(), shape));
    }
    if (!TYPES.contains(tensor.type())) {
      throw broken("tensor " + name + " has unsupported type " + tensor.type());
    }
    return tensor;
  }

  /**
   * Gives a tensor's values, in their order, as fp32.
   *
   * @param target takes all that remains in each buffer before it returns
   * @throws IllegalArgumentException if it is missing, of another shape or of another type
   */
  public void read(String name, List<Integer> shape, Consumer<FloatBuffer> target)
      throws IOException {
    Stored tensor = find(name, shape);
    int width = width(tensor.type());
    long size = tensor.end() - tensor.start();
    ByteBuffer some = little((int) Math.min(size, (long) width * Parameters.WINDOW));
    FloatBuffer floats = FloatBuffer.allocate(some.capacity() / width);
    try (FileChannel channel = FileChannel.open(file)) {
      for (long at = tensor.start(); at < tensor.end(); at += some.limit()) {
        read(channel, at, some.clear().limit((int) Math.min(some.capacity(), tensor.end() - at)));
        toFloats(some, tensor.type(), floats.clear());
        target.accept(floats.flip());
      }
    }
  }

  private static void toFloats(ByteBuffer some, String type, FloatBuffer target) {
    if (type.equals("F32")) {
      target.put(some.asFloatBuffer());
    } else if (type.equals("BF16")) {
      while (some.hasRemaining()) {
        target.put(Float.intBitsToFloat(some.getShort() << 16));
      }
    } else {
      while (some.hasRemaining()) {
        target.put(halfToFloat(some.getShort()));
      }
    }
  }

  /** Writes tensors one behind the other and forces them to the disk. */
  static void write(Path file, List<Tensor> tensors, Precision stored) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (Tensor tensor : tensors) {
      ObjectNode node = header.putObject(tensor.name());
      node.put("dtype", stored == Precision.FP32 ? "F32" : "BF16");
      node.putPOJO("shape", tensor.place().shape());
      long end = offset + tensor.bytes(stored);
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
      ByteBuffer some = little(4 * Parameters.WINDOW);
      for (Tensor tensor : tensors) {
        long end = tensor.place().offset() + tensor.place().size();
        for (long at = tensor.place().offset(); at < end; at += some.limit() / 4) {
          some.clear().limit((int) Math.min(some.capacity(), 4 * (end - at)));
          tensor.from().read(at, some.asFloatBuffer());
          writeAll(channel, stored == Precision.FP32 ? some : Precision.toBf16(some));
        }
      }
      channel.force(true);
    }
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

  private static int width(String type) {
    return type.equals("F32") ? 4 : 2;
  }

  /** Fills the buffer from a place in the file. */
  private ByteBuffer read(FileChannel channel, long start, ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, start + target.position()) < 0) {
        throw broken("ends before its tensors");
      }
    }
    return target.flip();
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
