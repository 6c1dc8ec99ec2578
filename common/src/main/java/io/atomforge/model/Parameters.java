package io.atomforge.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A flat fp32 vector in native memory, on the processor or a GPU: a model's parameters, or anything
 * shaped like them. Any number of threads may read it at once; a writer needs it alone.
 */
public final class Parameters implements AutoCloseable {
  private final ParameterLayout layout;
  private final NDManager manager;
  private final NDArray array;
  private final NDArray staging;

  private Parameters(ParameterLayout layout, Device device) {
    this.layout = layout;
    manager = Engine.getEngine("PyTorch").newBaseManager(device);
    array = manager.zeros(new Shape(layout.size()), DataType.FLOAT32);
    staging = device.isGpu() ? manager.newSubManager(Device.cpu()).zeros(array.getShape()) : array;
  }

  /** All zeros. */
  public static Parameters zeros(ParameterLayout layout, Device device) {
    return new Parameters(layout, device);
  }

  /**
   * @param values in the order of {@code layout}
   * @throws IllegalArgumentException if there are more or fewer values than the layout has
   */
  public static Parameters of(ParameterLayout layout, float[] values, Device device) {
    Parameters parameters = new Parameters(layout, device);
    parameters.copyFrom(values);
    return parameters;
  }

  /** The same from little-endian fp32. */
  public static Parameters of(ParameterLayout layout, byte[] values, Device device) {
    Parameters parameters = new Parameters(layout, device);
    parameters.copyFrom(values);
    return parameters;
  }

  public ParameterLayout layout() {
    return layout;
  }

  /** The tensor itself, for arguments of scripts; it is closed with this object. */
  public NDArray array() {
    return array;
  }

  public void copyFrom(float[] values) {
    requireSize(values.length);
    view().asFloatBuffer().put(values);
    upload();
  }

  /**
   * @param values little-endian fp32
   */
  public void copyFrom(byte[] values) {
    copyFrom(ByteBuffer.wrap(values));
  }

  /**
   * @param values little-endian fp32; all that remains in the buffer
   */
  public void copyFrom(ByteBuffer values) {
    requireSize(values.remaining() / 4.0);
    view().put(values.duplicate());
    upload();
  }

  /** Little-endian fp32. */
  public byte[] toBytes() {
    byte[] bytes = new byte[Math.toIntExact(4L * layout.size())];
    array.toByteBuffer(true).get(bytes);
    return bytes;
  }

  public float[] toFloats() {
    float[] floats = new float[layout.size()];
    array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer().get(floats);
    return floats;
  }

  @Override
  public void close() {
    manager.close();
  }

  private ByteBuffer view() {
    return staging.toByteBuffer(true).order(ByteOrder.nativeOrder());
  }

  private void upload() {
    if (staging != array) {
      staging.copyTo(array);
    }
  }

  private void requireSize(double size) {
    if (size != layout.size()) {
      throw new IllegalArgumentException(
          String.format("Expected %d parameters, got %s", layout.size(), size));
    }
  }
}
