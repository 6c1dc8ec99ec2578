package io.atomforge.model;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Iterator;

/**
 * What one batch says about the parameters. Sums, so that shards add up.
 *
 * @param values gradient of {@code loss} in the order of the layout, little-endian
 * @param type of the values; bf16 halves what travels
 * @param loss the weighted sum of the tokens' losses
 * @param statistics the weighted sums of the loss script's statistics, in its order
 */
public record Gradient(byte[] values, Precision type, double loss, double[] statistics)
    implements Serializable {

  /**
   * @param gradients of one length, one or more; each is let go before the next is asked for
   * @return their sum in fp32, added in order
   */
  public static Gradient sum(Iterable<Gradient> gradients) {
    Iterator<Gradient> left = gradients.iterator();
    Gradient next = left.next();
    if (!left.hasNext()) {
      return next;
    }
    float[] sum = new float[next.values.length / (next.type == Precision.FP32 ? 4 : 2)];
    double[] statistics = new double[next.statistics.length];
    double loss = 0;
    while (next != null) {
      next.addTo(sum);
      loss += next.loss;
      for (int i = 0; i < statistics.length; i++) {
        statistics[i] += next.statistics[i];
      }
      next = null;
      next = left.hasNext() ? left.next() : null;
    }
    byte[] bytes = new byte[Math.multiplyExact(4, sum.length)];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(sum);
    return new Gradient(bytes, Precision.FP32, loss, statistics);
  }

  /** Adds the values to a vector of the layout's size. */
  public void addTo(float[] sum) {
    ByteBuffer bytes = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
    if (type == Precision.FP32) {
      FloatBuffer floats = bytes.asFloatBuffer();
      float[] some = new float[4096]; // a loop over arrays alone is made of vector instructions
      for (int from = 0; from < sum.length; from += some.length) {
        int n = Math.min(some.length, sum.length - from);
        floats.get(some, 0, n);
        for (int i = 0; i < n; i++) {
          sum[from + i] += some[i];
        }
      }
    } else {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += Float.intBitsToFloat(bytes.getShort() << 16);
      }
    }
  }

  /** The same with values of that type, rounded to nearest. */
  public Gradient as(Precision wanted) {
    if (wanted == type || wanted == Precision.FP32) {
      return this;
    }
    ByteBuffer rounded = Safetensors.toBf16(ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN));
    return new Gradient(rounded.array(), Precision.BF16, loss, statistics);
  }
}
