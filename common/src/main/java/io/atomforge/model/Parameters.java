package io.atomforge.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.atomforge.random.Seeds;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A flat fp32 vector in native memory, on the processor or a GPU: a model's parameters, or anything
 * shaped like them. Any number of threads may read it at once; a writer needs it alone.
 */
public final class Parameters implements AutoCloseable {
  /** Values moved at a time: what leaves or enters is never held twice. */
  public static final int WINDOW = 1 << 20;

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

  /** The same from another machine. */
  public static Parameters of(ParameterLayout layout, Pieces values, Device device) {
    Parameters parameters = zeros(layout, device);
    parameters.copyFrom(values);
    return parameters;
  }

  /**
   * Values to start training from: norms 1; biases 0; matrices normal with deviation 0.02, where
   * the two that write to the residual stream of each layer have 0.02 / sqrt(2 L) (Radford et al.
   * 2019, section 2.3). Equal for equal seeds; a tensor's values depend on its name, not on its
   * place.
   */
  public static Parameters initial(ParameterLayout layout, long seed, Device device) {
    Parameters parameters = zeros(layout, device);
    FloatBuffer some = FloatBuffer.allocate((int) Math.min(WINDOW, layout.size()));
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      double deviation = layout.deviation(tensor);
      float constant = tensor.name().endsWith(".bias") ? 0 : 1;
      SplittableRandom random = Seeds.random(seed, "parameters", tensor.name());
      for (long at = 0; at < tensor.size(); at += some.limit()) {
        some.clear().limit((int) Math.min(some.capacity(), tensor.size() - at));
        while (some.hasRemaining()) {
          some.put(tensor.isDecayed() ? (float) (deviation * random.nextGaussian()) : constant);
        }
        parameters.write(tensor.offset() + at, some.flip());
      }
    }
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

  /** Takes what {@link #pieces} gave. */
  public void copyFrom(Pieces values) {
    values.into(this, false);
  }

  /** All values, for another machine. */
  public Pieces pieces(Precision type) {
    return Pieces.of(this, type, Pieces.VALUES);
  }

  /** Rounds to nearest. */
  void round(Precision type) {
    if (type != Precision.FP32) {
      copyFrom(pieces(type));
    }
  }

  /** Adds what {@link #pieces} gave. */
  public void add(Pieces values) {
    values.into(this, true);
  }

  /** Adds as many other values. */
  public void add(Parameters other) {
    requireSize((double) other.layout.size());
    if (other.array.getDevice().equals(array.getDevice())) {
      array.addi(other.array);
    } else {
      add(other.pieces(Precision.FP32));
    }
  }

  /** A new value from the old one, the first, and those of others at the same place. */
  public interface Change {
    float of(float[] values);
  }

  /** Replaces each value. */
  public void change(List<Parameters> others, Change change) {
    others.forEach(other -> requireSize((double) other.layout.size()));
    float[][] some = new float[1 + others.size()][(int) Math.min(WINDOW, layout.size())];
    float[] values = new float[some.length];
    for (long at = 0; at < layout.size(); at += some[0].length) {
      int n = (int) Math.min(some[0].length, layout.size() - at);
      for (int k = 0; k < some.length; k++) {
        (k == 0 ? this : others.get(k - 1)).read(at, FloatBuffer.wrap(some[k], 0, n));
      }
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < some.length; k++) {
          values[k] = some[k][i];
        }
        some[0][i] = change.of(values);
      }
      write(at, FloatBuffer.wrap(some[0], 0, n));
    }
  }

  /** The root of the sum of squares. */
  public double norm() {
    float[] some = new float[(int) Math.min(WINDOW, layout.size())];
    double squares = 0;
    for (long at = 0; at < layout.size(); at += some.length) {
      int n = (int) Math.min(some.length, layout.size() - at);
      read(at, FloatBuffer.wrap(some, 0, n));
      for (int i = 0; i < n; i++) {
        squares += (double) some[i] * some[i];
      }
    }
    return Math.sqrt(squares);
  }

  /** Sets all to zero. */
  public void clear() {
    array.set(part(0, layout.size()), 0);
  }

  /**
   * All values.
   *
   * @throws io.atomforge.config.ConfigException if there are too many for an array
   */
  public float[] toFloats() {
    float[] floats = new float[layout.arraySize()];
    read(0, FloatBuffer.wrap(floats));
    return floats;
  }

  /** Copies as many values as the target has room for, from the {@code offset}-th on. */
  public void read(long offset, FloatBuffer target) {
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
  public void write(long offset, FloatBuffer source) {
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

  void requireSize(double size) {
    if (size != layout.size()) {
      throw new IllegalArgumentException(
          String.format("Expected %d parameters, got %s", layout.size(), size));
    }
  }
}
