package io.atomforge.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * A flat fp32 vector in native memory, on the processor or a GPU: a model's parameters, or anything
 * shaped like them. Any number of threads may read it at once; a writer needs it alone.
 */
public final class Parameters implements AutoCloseable {
  /** Values moved at a time: what leaves or enters is never held twice. */
  static final int WINDOW = 1 << 20;

  private final ParameterLayout layout;
  private final NDManager manager;
  private final NDArray array;

  private Parameters(ParameterLayout layout, NDManager manager, NDArray array) {
    this.layout = layout;
    this.manager = manager;
    this.array = array;
  }

  /** All zeros. */
  public static Parameters zeros(ParameterLayout layout, Device device) {
    NDManager manager = Engine.getEngine("PyTorch").newBaseManager(device);
    NDArray array = manager.zeros(new Shape(layout.size()), DataType.FLOAT32);
    return new Parameters(layout, manager, array);
  }

  /**
   * @param values in the order of {@code layout}
   * @throws IllegalArgumentException if there are more or fewer values than the layout has
   */
  public static Parameters of(ParameterLayout layout, float[] values, Device device) {
    Parameters parameters = zeros(layout, device);
    parameters.copyFrom(values);
    return parameters;
  }

  /** The same from little-endian fp32. */
  public static Parameters of(ParameterLayout layout, byte[] values, Device device) {
    Parameters parameters = zeros(layout, device);
    parameters.copyFrom(values);
    return parameters;
  }

  /** The same values in memory of their own. */
  public Parameters copy(Device device) {
    Parameters copy = zeros(layout, device);
    FloatBuffer some = FloatBuffer.allocate((int) Math.min(WINDOW, layout.size()));
    for (long at = 0; at < layout.size(); at += some.limit()) {
      some.clear().limit((int) Math.min(some.capacity(), layout.size() - at));
      read(at, some);
      copy.write(at, some.flip());
    }
    return copy;
  }

  /**
   * The first of them, in the same memory, as the parameters of a layout that is a part of this.
   */
  public Parameters first(ParameterLayout part) {
    NDManager scope = manager.newSubManager();
    return new Parameters(part, scope, array.get(scope, part(0, part.size())));
  }

  public ParameterLayout layout() {
    return layout;
  }

  /** The tensor itself, for arguments of scripts; it is closed with this object. */
  public NDArray array() {
    return array;
  }

  /**
   * @throws IllegalArgumentException if there are more or fewer values than the layout has
   */
  public void copyFrom(float[] values) {
    requireSize(values.length);
    write(0, FloatBuffer.wrap(values));
  }

  /**
   * @param values little-endian fp32
   */
  public void copyFrom(byte[] values) {
    requireSize(values.length / 4.0);
    write(0, floats(values));
  }

  /**
   * Little-endian fp32.
   *
   * @throws io.atomforge.config.ConfigException if there are too many for an array
   */
  public byte[] toBytes() {
    byte[] bytes = new byte[4 * layout.arraySize()];
    read(0, floats(bytes));
    return bytes;
  }

  /** The same as numbers. */
  public float[] toFloats() {
    float[] floats = new float[layout.arraySize()];
    read(0, FloatBuffer.wrap(floats));
    return floats;
  }

  /** Copies as many values as the target has room for, from the {@code offset}-th on. */
  void read(long offset, FloatBuffer target) {
    long at = offset;
    while (target.hasRemaining()) {
      int n = Math.min(WINDOW, target.remaining());
      try (NDManager scope = manager.newSubManager()) {
        target.put(view(array.get(scope, part(at, n))));
      }
      at += n;
    }
  }

  /** Overwrites as many values as the source has, from the {@code offset}-th on. */
  void write(long offset, FloatBuffer source) {
    long at = offset;
    while (source.hasRemaining()) {
      int n = Math.min(WINDOW, source.remaining());
      FloatBuffer some = source.slice(source.position(), n);
      source.position(source.position() + n);
      try (NDManager scope = manager.newSubManager()) {
        if (array.getDevice().isGpu()) { // a view of it would be a copy
          NDArray there = scope.newSubManager(Device.cpu()).zeros(new Shape(n));
          view(there).put(some);
          array.set(part(at, n), there);
        } else {
          view(array.get(scope, part(at, n))).put(some);
        }
      }
      at += n;
    }
  }

  @Override
  public void close() {
    manager.close();
  }

  private static NDIndex part(long offset, long size) {
    return new NDIndex().addSliceDim(offset, offset + size);
  }

  private static FloatBuffer view(NDArray floats) {
    return floats.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  private static FloatBuffer floats(byte[] littleEndian) {
    return ByteBuffer.wrap(littleEndian).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  private void requireSize(double size) {
    if (size != layout.size()) {
      throw new IllegalArgumentException(
          String.format("Expected %d parameters, got %s", layout.size(), size));
    }
  }
}
